"""One request and its answer over HTTP, in a thread of its own: whoever asked may stop waiting while it goes on.

No more is read than a message may have, nothing leads elsewhere, and nothing is kept: each has a connection of its own,
since stations close those that wait as they like.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead, RemoteDisconnected
from socket import SHUT_RDWR, socket
from threading import Event, Lock, Thread
from time import monotonic

import structlog

from domain import clock
from engine.calls.connecting import PORTS, EndingSocket, Place
from ocpp_soap.client import Request

LARGEST_ANSWER_BYTES = 1024 * 1024
TOO_LARGE = f"an answer has at most {LARGEST_ANSWER_BYTES} bytes"
ZIPPED = frozenset({"gzip", "x-gzip", "deflate"})
GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back."""

    status: int | None
    """Of HTTP; None if it was not even that."""
    body: bytes = b""
    wrong: str | None = None
    """Why nobody need look into it."""
    at: datetime = field(default_factory=clock.now)


@dataclass(frozen=True, slots=True)
class Broken:
    """The connection ended before the answer, or in the middle of it."""

    reason: str


Outcome = Heard | Broken


class Exchange:
    def __init__(self, line: EndingSocket, place: Place, request: Request, seconds: float) -> None:
        """Sends at once; the answer is read for so many seconds at the most."""
        self._line = line
        self._place = place
        self._request = request
        self._lock = Lock()
        self._outcome: Outcome | None = None
        self._late: Callable[[Outcome], None] | None = None
        self._over = Event()
        line.settimeout(seconds)
        line.ends_at = monotonic() + seconds
        Thread(target=self._run, name="exchange", daemon=True).start()

    def wait(self, seconds: float) -> Outcome | None:
        """None if there is none yet."""
        self._over.wait(seconds)
        return self._outcome

    def leave(self, late: Callable[[Outcome], None]) -> None:
        """Nobody waits any more: `late` is called when it is over, by its own thread, or at once."""
        with self._lock:
            self._late = late
            outcome = self._outcome
        if outcome is not None:
            late(outcome)

    def cut(self) -> None:
        """End it; what comes is not wanted."""
        try:
            # That of TLS would say goodbye first.
            socket.shutdown(self._line, SHUT_RDWR)
        except OSError:
            return  # It has ended by itself.

    def _run(self) -> None:
        try:
            outcome = self._exchange()
        except Exception:
            log.exception("an exchange failed")
            outcome = Broken("something went wrong here")
        with self._lock:
            self._outcome = outcome
            late = self._late
        self._over.set()
        if late is not None:
            late(outcome)

    def _exchange(self) -> Outcome:
        connection = HTTPConnection(self._place.host, self._place.port)
        connection.default_port = PORTS[self._place.scheme]
        connection.sock = self._line
        headers = {"Content-Type": self._request.content_type, "Connection": "close"}
        try:
            connection.request("POST", self._place.path, self._request.body, headers)
            return _read(connection.getresponse())
        except (RemoteDisconnected, IncompleteRead):
            return Broken("the station closed the connection")
        except HTTPException as error:
            return Heard(None, wrong=f"this is no HTTP: {error!r}")
        except (OSError, ValueError) as error:  # A socket that was closed meanwhile has no number.
            return Broken(str(error) or type(error).__name__)
        finally:
            connection.close()


def _read(response: HTTPResponse) -> Outcome:
    body = response.read(LARGEST_ANSWER_BYTES + 1)
    if len(body) > LARGEST_ANSWER_BYTES:
        return Heard(response.status, body, TOO_LARGE)
    if response.length:
        return Broken("the answer ended too early")
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ZIPPED:
        return _unzipped(response.status, body)
    if encoding not in ("", "identity"):
        return Heard(response.status, body, f"the answer is encoded in {encoding!r}, which was not asked for")
    return Heard(response.status, body)


def _unzipped(status: int, body: bytes) -> Heard:
    unzip = zlib.decompressobj(GZIP_OR_ZLIB)
    try:
        plain = unzip.decompress(body, LARGEST_ANSWER_BYTES + 1)
    except zlib.error as error:
        return Heard(status, wrong=f"the answer cannot be unpacked: {error}")
    if len(plain) > LARGEST_ANSWER_BYTES:
        return Heard(status, plain, TOO_LARGE)
    if not unzip.eof:
        return Heard(status, plain, "the answer cannot be unpacked: its end is missing")
    return Heard(status, plain)
