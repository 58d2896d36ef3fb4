"""One WebSocket, read by the greenlet that serves it.

simple-websocket reads each socket in a thread of its own, a second greenlet for every station and two more switches for
every frame, and lets a partly sent frame go unnoticed. So it makes the handshake, and from there this class drives the
protocol underneath it (wsproto).
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from socket import SHUT_RDWR

import gevent
import structlog
from gevent.lock import RLock
from simple_websocket import Server
from wsproto.connection import ConnectionState
from wsproto.events import CloseConnection, Event, Message, Ping, TextMessage
from wsproto.utilities import LocalProtocolError

from domain import clock
from engine.transports.unreadable import payload

RECEIVE_BYTES = 16_384
LARGEST_MESSAGE_BYTES = 1024 * 1024
CLOSE_SECONDS = 2.0
"""For how long the other side may take to agree to the end."""
MESSAGE_TOO_BIG = 1009
TOO_BIG = f"a message has at most {LARGEST_MESSAGE_BYTES} bytes"

log = structlog.get_logger()


class NoThread:
    """Stands where simple-websocket would start a thread to read."""

    def __init__(self, target: Callable[[], None]) -> None:
        self.name = target.__name__

    def start(self) -> None:
        """Whoever serves the line reads it."""


class Line:
    def __init__(self, server: Server) -> None:
        self._socket = server.sock
        self._protocol = server.ws
        self._writing = RLock()
        self._closing = False
        self.heard_at = clock.now()
        self.broken: tuple[str | bytes, str] | None = None
        """What came that is no message and ended the line, as far as it can be read; and why."""

    def messages(self) -> Iterator[str | bytes]:
        """Whole messages, until the line ends. One that is too large ends it (RFC 6455, 7.4.1)."""
        parts: list[str | bytes] = []
        size = 0
        while data := self._receive():
            self.heard_at = clock.now()
            self._protocol.receive_data(data)
            for event in self._protocol.events():
                if isinstance(event, Message):
                    parts.append(event.data)
                    size += _bytes_in(event.data)
                    if size > LARGEST_MESSAGE_BYTES and not self._closing:
                        self.broken = _joined(parts), TOO_BIG
                        self.close(MESSAGE_TOO_BIG, TOO_BIG)
                    if self._closing:
                        parts.clear()
                    elif event.message_finished:
                        message = parts[0] if len(parts) == 1 else _joined(parts)
                        parts.clear()
                        size = 0
                        yield message
                elif isinstance(event, Ping):
                    self._write(event.response())
                elif isinstance(event, CloseConnection):
                    # Also how wsproto reports a frame that breaks the protocol, with the code that it deserves.
                    if self._protocol.state is ConnectionState.OPEN:
                        self.broken = payload(data), str(event.reason)
                    self._write(event.response())
                    self._closing = True
                    return

    def send(self, text: str) -> None:
        self._write(TextMessage(text))

    def ping(self) -> None:
        """Soon: whoever looks after many lines must not wait for one whose other side takes nothing any more."""
        gevent.spawn(self._write, Ping())

    def close(self, code: int, reason: str) -> None:
        """Ask the other side to end, without waiting for it; soon it ends anyway."""
        if self._closing:
            return
        self._closing = True
        gevent.spawn(self._say, CloseConnection(code, reason))
        gevent.spawn_later(CLOSE_SECONDS, self.abort)

    def found_dead(self) -> None:
        """Whoever looks after it heard nothing for too long."""
        log.info("a line is dead", silent_since=self.heard_at)
        self.abort()

    def abort(self) -> None:
        """End at once, without a word."""
        with suppress(OSError):
            self._socket.shutdown(SHUT_RDWR)

    def _receive(self) -> bytes:
        try:
            received: bytes = self._socket.recv(RECEIVE_BYTES)
        except OSError:
            return b""
        return received

    def _write(self, event: Event) -> None:
        """After the goodbye nothing follows."""
        with self._writing:
            if not self._closing:
                self._say(event)

    def _say(self, event: Event) -> None:
        """Frames of several greenlets must not mix."""
        with self._writing:
            try:
                data = self._protocol.send(event)
                sent = self._socket.send(data)
                if sent < len(data):
                    self._socket.sendall(data[sent:])
            except LocalProtocolError:
                # While this waited for its turn, both sides said goodbye.
                return
            except OSError:
                self.abort()


def _bytes_in(data: str | bytes) -> int:
    return len(data) if isinstance(data, bytes) or data.isascii() else len(data.encode())


def _joined(parts: list[str | bytes]) -> str | bytes:
    first = parts[0]
    return "".join(parts) if isinstance(first, str) else b"".join(parts)  # type: ignore[arg-type]
