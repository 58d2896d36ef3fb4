"""The directory that holds all state of one installation, and the locks that keep it to one supervisor."""

import fcntl
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.errors import LaunchError

PATIENCE_SECONDS = 20
"""How long an earlier start may take to end after its supervisor was killed."""


def make_data_dir(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "logs").mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise LaunchError(f"DATA_DIR {directory} cannot be used: {error.strerror}.") from None


def make_private_directory(directory: Path, owner_id: int | None = None) -> None:
    """A directory that its owner alone (by default we) may enter. It may stand in /tmp, where others write too."""
    directory.mkdir(exist_ok=True, mode=0o700)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), owner_id):
        raise LaunchError(f"{directory} belongs to another user: remove it, or set another DATA_DIR.")
    if owner_id is not None:
        os.chown(directory, owner_id, -1)


def is_in_use(directory: Path) -> bool:
    """Whether a supervisor runs on this directory now."""
    try:
        lock = _open(directory / "supervisor.lock")
    except FileNotFoundError:
        return False
    try:
        return not _take(lock)
    finally:
        os.close(lock)


@contextmanager
def locked(directory: Path) -> Iterator[int]:
    """Keep the directory to this supervisor; yields a descriptor for every child to inherit.

    Two locks: one is held by the supervisor alone; the other is shared with all its children, so it is free only when
    the last of them has ended. A start after `kill -9` thus waits for what the kernel is still ending, and knows then
    that no server works on these files.
    """
    supervisor = _open(directory / "supervisor.lock")
    children = _open(directory / "children.lock")
    try:
        if not _take(supervisor):
            raise LaunchError(f"Charge Portal already runs on {directory}: stop it first, or set another DATA_DIR.")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _take(children):
            if time.monotonic() > deadline:
                raise LaunchError(f"Processes of an earlier start still run on {directory}: end them first.")
            time.sleep(0.1)
        yield children
    finally:
        os.close(children)
        os.close(supervisor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError:
        raise LaunchError(f"DATA_DIR {path.parent} belongs to another user: set another DATA_DIR.") from None


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def ensure_secret_key(directory: Path) -> None:
    """Make the secret that signs cookies and tokens, once."""
    path = directory / "secret_key"
    if path.exists():
        return
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
