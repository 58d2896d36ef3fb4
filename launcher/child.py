"""One program of the installation: its process, its words, and when to start it again."""

import logging
import os
import subprocess
import time
from collections import deque
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

import click

from launcher.processes import Program, signal_group, start

LOG_BYTES = 10_000_000
LOG_FILES_KEPT = 3
LAST_WORDS = 15
LONGEST_PAUSE_SECONDS = 30
STEADY_SECONDS = 60
"""A program that ran for so long is not failing at its start: the next pause is the shortest again."""


class Child:
    def __init__(self, program: Program, logs: Path, inherited: Sequence[int], echo: bool) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self._inherited = inherited
        self._echo = echo
        self._log_path = logs / f"{program.name}.log"
        self._log = RotatingFileHandler(
            self._log_path, maxBytes=LOG_BYTES, backupCount=LOG_FILES_KEPT, encoding="utf-8", errors="replace"
        )
        self._unfinished_line = b""
        self._last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self._started_at = 0.0
        self._failures = 0
        self._due_at: float | None = None

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def start(self, capture_stdout: bool = False) -> int:
        """Start the process; returns the descriptor to `carry` from when it is readable."""
        words, stderr = os.pipe()
        os.set_blocking(words, False)
        try:
            stdout = subprocess.PIPE if capture_stdout else stderr
            self.process = start(self.program, stdout, stderr, self._inherited)
        finally:
            os.close(stderr)
        self._started_at = time.monotonic()
        self._due_at = None
        return words

    def carry(self, words: int) -> bool:
        """Write what the process says to its log; False when it will say no more."""
        data = os.read(words, 65536)
        *lines, self._unfinished_line = (self._unfinished_line + data).split(b"\n")
        if not data and self._unfinished_line:
            lines, self._unfinished_line = [self._unfinished_line], b""
        for line in lines:
            self._write(line.decode(errors="replace"))
        return bool(data)

    def _write(self, line: str) -> None:
        self._log.emit(logging.makeLogRecord({"msg": "%s", "args": (line,)}))
        self._last_words.append(line)
        if self._echo:
            click.echo(f"{self.name:8} | {line}", err=True)

    def last_words(self) -> str:
        return "\n".join(self._last_words)

    def is_due(self) -> bool:
        """Whether it has ended and the pause before its next start is over."""
        if not self.has_ended:
            return False
        if self._due_at is None:
            self._plan_restart()
        return self._due_at is not None and time.monotonic() >= self._due_at

    def _plan_restart(self) -> None:
        steady = time.monotonic() - self._started_at > STEADY_SECONDS
        self._failures = 1 if steady else self._failures + 1
        pause_seconds = min(2 ** (self._failures - 1), LONGEST_PAUSE_SECONDS)
        self._due_at = time.monotonic() + pause_seconds
        click.echo(f"{self.name} ended; it starts again in {pause_seconds} s ({self._log_path}).", err=True)

    def ask_to_stop(self) -> None:
        if self.process is not None and not self.has_ended:
            self.process.send_signal(self.program.stop_signal)

    def kill(self) -> None:
        """End it and those that it started itself, at once."""
        if self.process is not None:
            signal_group(self.process, self.program.kill_signal)
            self.process.wait()
