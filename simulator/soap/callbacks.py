"""Where stations are called: one HTTP server for all of a process, with a path for each."""

import asyncio
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote, unquote, urlsplit

from simulator.soap import http

LOOPBACK = "127.0.0.1"
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared, not listened at
TEXT = "text/plain; charset=utf-8"


class Reply:
    """The answer to one request; it is written at once, for the station may be gone in the next moment."""

    def __init__(self, writer: StreamWriter) -> None:
        self._writer = writer

    async def send(self, status: int, content_type: str, body: bytes, *, last: bool = False) -> None:
        """`last`: the connection is closed afterwards."""
        headers = {"Content-Type": content_type, **({"Connection": "close"} if last else {})}
        self._writer.write(http.message(f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", headers, body))
        with suppress(ConnectionError):
            await self._writer.drain()


class Listener(Protocol):
    async def hear(self, data: bytes, reply: Reply) -> None:
        """Take one request; return when it was answered."""


class Callbacks:
    """Listens while at least one of its stations is online."""

    def __init__(self, host: str = LOOPBACK, port: int = 0) -> None:
        """Port 0 is any that is free; it stays the same from then on."""
        self._host = host
        self._port = port
        self._stations: dict[str, Listener | None] = {}
        """All that ever were online; without a listener while they are not."""
        self._connections: dict[StreamWriter, str | None] = {}
        """All that are open, and the station that was called last."""
        self._server: asyncio.Server | None = None
        self._opening = asyncio.Lock()

    def address(self, charge_box_id: str, own_host: str) -> str:
        """Under which a station can be called; `own_host` is its machine's where it listens on all."""
        host = own_host if self._host in EVERYWHERE else self._host
        return f"http://{f'[{host}]' if ':' in host else host}:{self._port}/{quote(charge_box_id, safe='')}"

    async def enter(self, charge_box_id: str, listener: Listener) -> None:
        """From now on the station can be called. Raises OSError where the port is taken."""
        async with self._opening:
            if self._server is None:
                self._server = await asyncio.start_server(self._talk, self._host, self._port)
                self._port = self._server.sockets[0].getsockname()[1]
        self._stations[charge_box_id] = listener

    def leave(self, charge_box_id: str, listener: Listener) -> None:
        """The station is gone: who calls it or waits for its answer finds the connection closed."""
        if self._stations.get(charge_box_id) is not listener:
            return
        self._stations[charge_box_id] = None
        is_last = not any(self._stations.values())
        for writer, called in self._connections.items():
            if is_last or called == charge_box_id:
                writer.transport.abort()
        if is_last and self._server is not None:
            self._server.close()
            self._server = None

    async def _talk(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._connections[writer] = None
        try:
            while (head := await http.read_head(reader)) is not None:
                if not await self._serve(head, reader, writer):
                    break
        except http.HttpError as wrong:
            await Reply(writer).send(wrong.status, TEXT, f"{wrong}\n".encode(), last=True)
        except ConnectionError:
            # The other side is gone; it will not read an answer.
            pass
        finally:
            del self._connections[writer]
            writer.close()

    async def _serve(self, head: http.Head, reader: StreamReader, writer: StreamWriter) -> bool:
        """Whether the connection goes on."""
        charge_box_id = _charge_box_id(head)
        if charge_box_id not in self._stations:
            raise http.HttpError(HTTPStatus.NOT_FOUND, "No station of that name is simulated here.")
        if (listener := self._stations[charge_box_id]) is None:
            return False
        self._connections[writer] = charge_box_id
        _check(head)
        if head.headers.get("expect", "").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await http.read_body(reader, head)
        return await _heard(listener, body, reader, writer) and head.keeps_alive


async def _heard(listener: Listener, body: bytes, reader: StreamReader, writer: StreamWriter) -> bool:
    """Whether it was answered before the caller gave up."""
    hearing = asyncio.create_task(listener.hear(body, Reply(writer)))
    # Nobody says anything before the answer has come; what can be read is the end.
    gone = asyncio.create_task(reader.read())
    both = {hearing, gone}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        is_answered = hearing.done()
        for task in both:
            task.cancel()
        await asyncio.wait(both)
    if is_answered:
        hearing.result()
    return is_answered


def _charge_box_id(head: http.Head) -> str:
    """The whole path, of an absolute URI too (RFC 9112, 3.2.2)."""
    return unquote(urlsplit(head.first_line[1]).path.removeprefix("/"))


def _check(head: http.Head) -> None:
    method, _, version = head.first_line
    if not version.startswith("HTTP/1."):
        raise http.HttpError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.1 is spoken here.")
    if method != "POST":
        raise http.HttpError(HTTPStatus.METHOD_NOT_ALLOWED, "A message of SOAP comes with POST.")
    if "xml" not in head.headers.get("content-type", "").lower():
        raise http.HttpError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A message of SOAP is application/soap+xml.")
    if not {"content-length", "transfer-encoding"} & head.headers.keys():
        raise http.HttpError(HTTPStatus.LENGTH_REQUIRED, "How long is it?")
