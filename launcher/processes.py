"""Programs as child processes that never outlive the process that started them."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from signal import Signals
from typing import IO, Any

PR_SET_PDEATHSIG = 1

# Loaded here and not after the fork, where loading a library is not safe.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Program:
    """What to start and how to end it."""

    name: str
    command: Sequence[str]
    stop_signal: Signals = signal.SIGTERM
    """Asks it to end soon and in order; also sent by the kernel when its parent dies."""
    kill_signal: Signals = signal.SIGKILL
    """Ends it at once."""
    user: str | None = None
    """The system's user that it runs as, where that is another than ours."""
    directory: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


def end_with_parent(stop_signal: Signals, parent_id: int) -> None:
    """Ask the kernel to send this process `stop_signal` when its parent dies, however it dies (prctl(2); Linux)."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(stop_signal))
    if os.getppid() != parent_id:  # It died before we asked.
        os.kill(os.getpid(), stop_signal)


def start(
    program: Program, stdout: int | IO[bytes], stderr: int | IO[bytes], inherited: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start `program` as a child, with the file descriptors `inherited` open in it.

    It has a process group of its own, so that Ctrl-C reaches us alone and we decide who stops when. The caller has one
    thread, else `preexec_fn` is not safe.
    """
    return subprocess.Popen(
        program.command,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        cwd=program.directory,
        env={**os.environ, **program.environment},
        process_group=0,
        pass_fds=inherited,
        preexec_fn=partial(end_with_parent, program.stop_signal, os.getpid()),
        **identity(program.user),
    )


def identity(user: str | None) -> dict[str, Any]:
    """The arguments of `subprocess` that run a program as another user of the system, if one is named."""
    return {} if user is None else {"user": user, "group": user, "extra_groups": []}


def signal_group(process: subprocess.Popen[bytes], number: Signals) -> None:
    """Send a signal to a child and to those that it started itself."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return  # All of them have ended.
