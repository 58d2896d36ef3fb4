"""The one place where the supervisor waits: for what children print, for a child's end, for a request to stop.

A signal handler only leaves a note, which takes effect at the next wait. So no signal interrupts a step half way, and
no wait is longer than it must be.
"""

import selectors
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(BaseException):
    """Somebody asked us to end. No error, so nothing that handles errors may swallow it."""


class Waiting:
    """Use as a context: within it, signals end a wait instead of the process."""

    def __enter__(self) -> "Waiting":
        self._stop_requested = False
        self._selector = selectors.DefaultSelector()
        self._bell, self._ringer = socket.socketpair()
        self._bell.setblocking(False)
        self._ringer.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ, self._hear_bell)
        self._previous = {number: signal.signal(number, self._note) for number in (*STOP_SIGNALS, signal.SIGCHLD)}
        signal.set_wakeup_fd(self._ringer.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        signal.set_wakeup_fd(-1)
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._selector.close()
        self._bell.close()
        self._ringer.close()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if number in STOP_SIGNALS:
            self._stop_requested = True

    def _hear_bell(self) -> None:
        with suppress(BlockingIOError):
            self._bell.recv(4096)

    def listen(self, descriptor: int, on_readable: Callable[[], None]) -> None:
        self._selector.register(descriptor, selectors.EVENT_READ, on_readable)

    def forget(self, descriptor: int) -> None:
        self._selector.unregister(descriptor)

    def pause(self, seconds: float) -> None:
        """Let up to `seconds` pass; returns earlier when something happens."""
        for key, _ in self._selector.select(max(seconds, 0)):
            key.data()

    def wait(self, seconds: float) -> None:
        """Like `pause`, and raises StopRequested if somebody has asked for it."""
        self.pause(seconds)
        if self._stop_requested:
            raise StopRequested
