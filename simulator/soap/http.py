"""HTTP/1.1 over asyncio's streams, as much of it as SOAP needs, for both ends (RFC 9112)."""

from asyncio import IncompleteReadError, LimitOverrunError, StreamReader
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

LONGEST_BODY = 1_000_000
END_OF_HEAD = b"\r\n\r\n"
DECIMAL, HEXADECIMAL = 10, 16
DIGITS = {DECIMAL: frozenset("0123456789"), HEXADECIMAL: frozenset("0123456789abcdefABCDEF")}


class HttpError(Exception):
    """What was sent is no HTTP, or too much of it; the status is what a server answers."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Head:
    """Of a request or of an answer."""

    first_line: tuple[str, str, str]
    headers: Mapping[str, str]
    """By their names in small letters."""

    @property
    def keeps_alive(self) -> bool:
        options = self.headers.get("connection", "").lower()
        is_old = "HTTP/1.0" in self.first_line
        return "keep-alive" in options if is_old else "close" not in options


async def read_head(reader: StreamReader) -> Head | None:
    """None where the other side has closed the connection before it said anything."""
    try:
        text = (await reader.readuntil(END_OF_HEAD)).decode("latin-1")
    except IncompleteReadError as error:
        if not error.partial.strip():
            return None
        raise HttpError(HTTPStatus.BAD_REQUEST, "The headers break off.") from None
    except LimitOverrunError:
        raise HttpError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too long.") from None
    first, *lines = text.strip("\r\n").split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2:
        raise HttpError(HTTPStatus.BAD_REQUEST, "The first line is none of HTTP.")
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip():
            raise HttpError(HTTPStatus.BAD_REQUEST, "A header has no name.")
        headers[name.lower()] = value.strip()
    return Head((words[0], words[1], words[2] if len(words) > 2 else ""), headers)


async def read_body(reader: StreamReader, head: Head, until_end: bool = False) -> bytes:
    """`until_end`: without a length, an answer goes on until the connection is closed."""
    try:
        if "chunked" in head.headers.get("transfer-encoding", "").lower():
            return await _read_chunks(reader)
        length = head.headers.get("content-length")
        if length is not None:
            return await reader.readexactly(_length(length, DECIMAL))
        return await _read_rest(reader) if until_end else b""
    except (IncompleteReadError, LimitOverrunError):
        raise HttpError(HTTPStatus.BAD_REQUEST, "The body breaks off.") from None


async def _read_chunks(reader: StreamReader) -> bytes:
    body = b""
    while size := await _chunk_size(reader):
        if len(body) + size > LONGEST_BODY:
            raise _too_long()
        body += await reader.readexactly(size)
        await reader.readuntil(b"\r\n")
    while (await reader.readuntil(b"\r\n")).strip():
        pass
    return body


async def _chunk_size(reader: StreamReader) -> int:
    line = (await reader.readuntil(b"\r\n")).decode("latin-1")
    return _length(line.partition(";")[0].strip(), HEXADECIMAL)


def _length(text: str, base: int) -> int:
    if not text or not set(text) <= DIGITS[base]:
        raise HttpError(HTTPStatus.BAD_REQUEST, "A length is no number.")
    if (length := int(text, base)) > LONGEST_BODY:
        raise _too_long()
    return length


async def _read_rest(reader: StreamReader) -> bytes:
    body = b""
    while part := await reader.read(LONGEST_BODY):
        body += part
        if len(body) > LONGEST_BODY:
            raise _too_long()
    return body


def _too_long() -> HttpError:
    return HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A message has at most {LONGEST_BODY} bytes.")


def message(first_line: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """A whole one as it is sent."""
    lines = [first_line, *(f"{name}: {value}" for name, value in headers.items()), f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode("latin-1") + END_OF_HEAD + body
