"""Files to and from the address that the central system gives: FTP, FTPS, HTTP, HTTPS. All of it waits for the network.

Credentials stand in the address. Certificates are not checked: stations seldom can, and a simulated one has no roots.
"""

import base64
import ftplib
import http.client
import io
import socket
import ssl
from collections.abc import Callable
from posixpath import basename, dirname
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit
from urllib.request import Request, urlopen

TIMEOUT_SECONDS = 30
FTP_PORT = 21
FTPS_PORT = 990


class TransferError(Exception):
    """A file could not be sent or fetched; the text says why."""


class _EncryptedFromTheStart(ftplib.FTP_TLS):
    """What `ftps://` means to most: TLS before the first word, which Python's own does not know."""

    def connect(self, *args: Any, **options: Any) -> str:  # type: ignore[override]
        self.sock = socket.create_connection((args[0], args[1]), TIMEOUT_SECONDS)
        self.af = self.sock.family
        self.host, self.port = args[0], args[1]
        self.sock = self.context.wrap_socket(self.sock, server_hostname=args[0])
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        return self.welcome


def upload(location: str, name: str, data: bytes) -> None:
    """Leave a file in the folder that `location` is. Raises TransferError."""
    _transfer(
        location, lambda ftp, path: _store(ftp, path, name, data), lambda url, headers: _put(url, headers, name, data)
    )


def download(location: str) -> bytes:
    """Fetch a whole file; one that is shorter than announced is an error. Raises TransferError."""
    fetched: list[bytes] = []
    _transfer(
        location,
        lambda ftp, path: fetched.append(_retrieve(ftp, path)),
        lambda url, headers: fetched.append(_get(url, headers)),
    )
    return fetched[0]


def _transfer(
    location: str,
    by_ftp: Callable[[ftplib.FTP, str], None],
    by_http: Callable[[str, dict[str, str]], None],
) -> None:
    try:
        url = urlsplit(location)
        if url.scheme in ("ftp", "ftps"):
            with _ftp(url) as ftp:
                by_ftp(ftp, unquote(url.path).lstrip("/"))
        elif url.scheme in ("http", "https"):
            by_http(*_without_credentials(url))
        else:
            raise TransferError(f"{url.scheme or 'this'} is no way to transfer files")
    except (*ftplib.all_errors, http.client.HTTPException, ValueError) as error:
        raise TransferError(str(error)) from error


def _ftp(url: SplitResult) -> ftplib.FTP:
    host, user, password = url.hostname or "", unquote(url.username or ""), unquote(url.password or "")
    if url.scheme == "ftp":
        ftp = ftplib.FTP(timeout=TIMEOUT_SECONDS)  # noqa: S321 - what the address asks for
        ftp.connect(host, url.port or FTP_PORT)
        ftp.login(user, password)
        return ftp
    encrypted = _ftps(host, url.port or FTPS_PORT)
    encrypted.login(user, password)
    encrypted.prot_p()
    return encrypted


def _ftps(host: str, port: int) -> ftplib.FTP_TLS:
    """Encrypted from the start; a server that greets in the clear first is asked for TLS then."""
    try:
        implicit = _EncryptedFromTheStart(context=_context(), timeout=TIMEOUT_SECONDS)
        implicit.connect(host, port)
        return implicit
    except ssl.SSLError:
        explicit = ftplib.FTP_TLS(context=_context(), timeout=TIMEOUT_SECONDS)  # noqa: S321 - as above
        explicit.connect(host, port)
        return explicit


def _context() -> ssl.SSLContext:
    return ssl._create_unverified_context()  # noqa: S323 - see above


def _store(ftp: ftplib.FTP, folder: str, name: str, data: bytes) -> None:
    if folder:
        ftp.cwd(folder)
    ftp.storbinary(f"STOR {name}", io.BytesIO(data))


def _retrieve(ftp: ftplib.FTP, path: str) -> bytes:
    if dirname(path):
        ftp.cwd(dirname(path))
    ftp.voidcmd("TYPE I")
    announced = ftp.size(basename(path))
    got = io.BytesIO()
    ftp.retrbinary(f"RETR {basename(path)}", got.write)
    return _whole(got.getvalue(), announced)


def _put(url: str, headers: dict[str, str], name: str, data: bytes) -> None:
    whole = headers | {"Content-Type": "application/octet-stream"}
    request = Request(f"{url.rstrip('/')}/{name}", data, whole, method="PUT")  # noqa: S310 - the scheme is known
    with urlopen(request, timeout=TIMEOUT_SECONDS, context=_context()):  # noqa: S310 - as above
        pass


def _get(url: str, headers: dict[str, str]) -> bytes:
    with urlopen(Request(url, headers=headers), timeout=TIMEOUT_SECONDS, context=_context()) as answer:  # noqa: S310
        announced = answer.headers.get("Content-Length")
        return _whole(answer.read(), int(announced) if announced else None)


def _whole(data: bytes, announced: int | None) -> bytes:
    if announced is not None and len(data) != announced:
        raise TransferError(f"{len(data)} of {announced} bytes arrived")
    return data


def _without_credentials(url: SplitResult) -> tuple[str, dict[str, str]]:
    """The address, and the header that signs in there."""
    if url.username is None:
        return url.geturl(), {}
    pair = f"{unquote(url.username)}:{unquote(url.password or '')}".encode()
    bare = urlunsplit(url._replace(netloc=url.netloc.rpartition("@")[2]))
    return bare, {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
