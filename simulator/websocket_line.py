"""OCPP-J: one WebSocket between a station and the central system; it ends when the socket ends."""

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from simulator.behaviour import WRONG_FRAMES, Manner
from simulator.errors import LineLost, NoAnswer, NoLine
from simulator.line import Call, Line, call_in, credentials

if TYPE_CHECKING:
    from simulator.station import Station

SUBPROTOCOL = Subprotocol("ocpp1.6")
OPEN_TIMEOUT_SECONDS = 10
CLOSE_TIMEOUT_SECONDS = 0.5
LONGEST_REASON = 200


class WebSockets:
    """How a station speaks OCPP 1.6J."""

    unknown_keys: frozenset[str] = frozenset()
    manners = frozenset(WRONG_FRAMES)

    async def open(self, station: "Station") -> Line:
        """Raises NoLine with the reason."""
        try:
            connection = await _connect(station)
        except InvalidStatus as refusal:
            raise NoLine(_refused(station, refusal), refusal.response.status_code) from refusal
        except (OSError, TimeoutError, WebSocketException) as error:
            reason = str(error) or "no answer in time"
            raise NoLine(f"{station.charge_box_id} cannot connect to {station.url}: {reason}.") from error
        if connection.subprotocol != SUBPROTOCOL:
            await connection.close()
            raise NoLine(f"{station.url} does not speak {SUBPROTOCOL}.")
        return WebSocketLine(station, connection)


class WebSocketLine(Line):
    def __init__(self, station: "Station", connection: ClientConnection) -> None:
        super().__init__(station, connection)
        self._raw_answer: asyncio.Future[str | bytes] | None = None
        self._ended = asyncio.create_task(self._read())

    async def ask(self, request: Any) -> Any:
        try:
            return await super().ask(request)
        except ConnectionClosed as error:
            raise LineLost from error

    async def exchange(self, frame: str | bytes) -> str | bytes:
        """The answer is the next frame that is no call."""
        self._raw_answer = asyncio.get_running_loop().create_future()
        try:
            await self._connection.send(frame)
            waiting: set[asyncio.Future[Any]] = {self._raw_answer, self._ended}
            await asyncio.wait(waiting, timeout=self._response_timeout, return_when=asyncio.FIRST_COMPLETED)
            if self._raw_answer.done():
                return self._raw_answer.result()
        except ConnectionClosed as error:
            raise LineLost from error
        finally:
            self._raw_answer = None
        if self._ended.done():
            raise LineLost
        raise NoAnswer("a raw frame", self._response_timeout)

    async def close(self) -> None:
        await self._connection.close()
        await self._ended

    def kill(self) -> None:
        """Without a closing handshake."""
        self._connection.transport.abort()

    async def route_message(self, raw_msg: str | bytes) -> None:
        if self._raw_answer is not None and not self._raw_answer.done() and call_in(raw_msg) is None:
            self._raw_answer.set_result(raw_msg)
            return
        await super().route_message(raw_msg)

    async def _answer_wrongly(self, call: Call, manner: Manner) -> None:
        await self._connection.send(WRONG_FRAMES[manner].format(id=json.dumps(call.unique_id)))

    async def _answer_late(self, raw_msg: str | bytes, seconds: float) -> None:
        with suppress(ConnectionClosed):
            await super()._answer_late(raw_msg, seconds)

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            await self.start()


async def _connect(station: "Station") -> ClientConnection:
    return await connect(
        f"{station.url.rstrip('/')}/{quote(station.charge_box_id, safe='')}",
        subprotocols=[SUBPROTOCOL],
        additional_headers=credentials(station),
        # Stations seldom compress, and a compressor per line costs a thousand of them dearly.
        compression=None,
        proxy=None,
        ping_interval=60,
        open_timeout=OPEN_TIMEOUT_SECONDS,
        close_timeout=CLOSE_TIMEOUT_SECONDS,
    )


def _refused(station: "Station", refusal: InvalidStatus) -> str:
    response = refusal.response
    reason = (response.body or b"").decode(errors="replace").strip()
    status = f"{response.status_code} {response.reason_phrase}"
    if not reason or len(reason) > LONGEST_REASON or "\n" in reason:
        return f"{station.charge_box_id} was refused with {status}."
    return f"{station.charge_box_id} was refused with {status}: {reason.rstrip('.')}."
