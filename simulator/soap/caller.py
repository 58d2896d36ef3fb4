"""The HTTP connection of one station to the central system: kept, and opened anew when it was closed meanwhile."""

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from simulator.soap import http

Streams = tuple[StreamReader, StreamWriter]

HTTPS_PORT, HTTP_PORT = 443, 80


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    reason: str
    body: bytes


class Caller:
    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        """`headers` go with each request."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url} is no address of HTTP")
        is_secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port or (HTTPS_PORT if is_secure else HTTP_PORT)
        self._ssl = ssl.create_default_context() if is_secure else None
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._headers = {"Host": parts.netloc.rpartition("@")[2], **headers}
        self.own_host = ""
        """The address under which the central system sees this end."""
        self._streams: Streams | None = None

    async def open(self) -> Streams:
        """Raises OSError."""
        self.drop()
        self._streams = await asyncio.open_connection(self._host, self._port, ssl=self._ssl)
        self.own_host = self._streams[1].get_extra_info("sockname")[0]
        return self._streams

    async def post(self, body: bytes, content_type: str) -> Answer:
        """Raises OSError where nobody answers, and HttpError for an answer that is none of HTTP."""
        request = http.message(f"POST {self._target} HTTP/1.1", {**self._headers, "Content-Type": content_type}, body)
        if self._streams is not None:
            # Whoever keeps a connection may find that the other side has just closed it (RFC 9112, 9.3.1).
            with suppress(ConnectionError):
                return await self._exchange(self._streams, request)
        return await self._exchange(await self.open(), request)

    def drop(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _exchange(self, streams: Streams, request: bytes) -> Answer:
        reader, writer = streams
        try:
            writer.write(request)
            await writer.drain()
            head = await self._head(reader)
            body = await http.read_body(reader, head, until_end=True)
        except BaseException:
            # What comes on this connection later answers a question that nobody asks any more.
            self.drop()
            raise
        if not head.keeps_alive or not _is_measured(head.headers):
            self.drop()
        _, status, reason = head.first_line
        return Answer(int(status), reason, body)

    async def _head(self, reader: StreamReader) -> http.Head:
        while True:
            head = await http.read_head(reader)
            if head is None:
                raise ConnectionResetError("the connection was closed without an answer")
            if not head.first_line[1].isdecimal():
                raise http.HttpError(HTTPStatus.BAD_GATEWAY, "The answer is none of HTTP.")
            if head.first_line[1] != str(int(HTTPStatus.CONTINUE)):
                return head


def _is_measured(headers: Mapping[str, Any]) -> bool:
    """Whether one knows where the body ended."""
    return "content-length" in headers or "transfer-encoding" in headers
