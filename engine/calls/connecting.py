"""The way to the address of a station, or of a service.

A station's address is its own word, so where it leads is judged before the first packet goes out: not the writing of
it, but each address that it resolves to, and that very address is then connected to. So a name that resolves otherwise
a moment later, or an odd writing of a forbidden address, leads nowhere (docs/decisions/where-a-station-is-called.md).
"""

import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from domain import endpoints
from domain.models import CommandReason
from engine.calls.errors import NotCalledError

CONNECT_SECONDS = 5.0
ALL_SECONDS = 10.0
"""A name may have several addresses, of which the first may lead nowhere."""

HTTPS = "https"
PORTS = {"http": 80, HTTPS: 443}


@dataclass(frozen=True, slots=True)
class Place:
    """An address, taken apart. What it says of a user is left out: nobody is sent a password that a stranger chose."""

    scheme: str
    host: str
    port: int
    path: str


class EndingSocket(socket.socket):
    """Is read until a moment and no longer, however little comes at a time."""

    ends_at = 0.0
    """By `monotonic`."""

    def recv_into(self, *arguments: Any, **options: Any) -> int:
        left = self.ends_at - monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(left)
        return super().recv_into(*arguments, **options)


class EndingTlsSocket(EndingSocket, ssl.SSLSocket):
    """The same within TLS."""


def place_of(url: str | None) -> Place:
    """Raises NotCalledError."""
    if url is None:
        raise NotCalledError(CommandReason.NO_ADDRESS)
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise NotCalledError(CommandReason.UNREACHABLE, f"this is no address: {url!r}") from None
    path = parts.path or "/"
    if not parts.hostname or not (url.isascii() and url.isprintable()) or " " in url:
        raise NotCalledError(CommandReason.UNREACHABLE, f"this is no address: {url!r}")
    return Place(parts.scheme, parts.hostname, port, f"{path}?{parts.query}" if parts.query else path)


def connect(
    place: Place, may_be_called: Callable[[str], bool] = endpoints.is_callable, authorities: Path | None = None
) -> EndingSocket:
    """A connection to one of the place's addresses that may be called; `authorities` vouch for its HTTPS.

    Raises NotCalledError.
    """
    try:
        found = _resolve(place)
    except OSError as error:
        raise _unreachable(place.host, error) from None
    callable_ones = [each for each in found if may_be_called(each[1][0])]
    if not callable_ones:
        forbidden = ", ".join(dict.fromkeys(sockaddr[0] for _, sockaddr in found))
        raise NotCalledError(CommandReason.FORBIDDEN_ADDRESS, forbidden)
    ends_at = monotonic() + ALL_SECONDS
    failed = NotCalledError(CommandReason.UNREACHABLE)
    for family, sockaddr in callable_ones:
        left = ends_at - monotonic()
        if left <= 0:
            break
        try:
            return _connected(place, family, sockaddr, min(left, CONNECT_SECONDS), authorities)
        except OSError as error:
            failed = _unreachable(f"{sockaddr[0]} port {place.port}", error)
    raise failed


def _resolve(place: Place) -> Sequence[tuple[int, tuple[Any, ...]]]:
    """Family and address of each. Raises OSError."""
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # A part of a name that is empty or too long for a name.
        raise OSError(str(error)) from None
    return [(family, sockaddr) for family, _, _, _, sockaddr in found if family in (socket.AF_INET, socket.AF_INET6)]


def _connected(
    place: Place, family: int, sockaddr: tuple[Any, ...], seconds: float, authorities: Path | None
) -> EndingSocket:
    plain = EndingSocket(family, socket.SOCK_STREAM)
    try:
        plain.settimeout(seconds)
        plain.connect(sockaddr)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if place.scheme != HTTPS:
            return plain
        safe = _tls(authorities).wrap_socket(plain, server_hostname=place.host)
    except BaseException:
        plain.close()
        raise
    assert isinstance(safe, EndingTlsSocket)  # noqa: S101 - as `_tls` has it
    return safe


@cache
def _tls(authorities: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authorities)
    context.sslsocket_class = EndingTlsSocket
    return context


def _unreachable(where: str, error: OSError) -> NotCalledError:
    match error:
        case ssl.SSLCertVerificationError():
            what = f"its certificate is not trusted: {error.verify_message}"
        case TimeoutError():
            what = f"no connection within {CONNECT_SECONDS:.0f} s"
        case _:
            what = error.strerror or str(error)
    return NotCalledError(CommandReason.UNREACHABLE, f"{where}: {what}")
