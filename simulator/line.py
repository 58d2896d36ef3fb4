"""One WebSocket between a station and the central system; it ends when the socket ends."""

import asyncio
import base64
import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Never
from urllib.parse import quote

from ocpp.v16 import ChargePoint
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from simulator.behaviour import Manner, misbehaving_answer
from simulator.commands import Commands
from simulator.errors import LineLost, NoAnswer, NoLine

if TYPE_CHECKING:
    from simulator.station import Station

SUBPROTOCOL = Subprotocol("ocpp1.6")
OPEN_TIMEOUT_SECONDS = 10
CLOSE_TIMEOUT_SECONDS = 0.5
LONGEST_REASON = 200
CALL = 2

logger = logging.getLogger("simulator.line")


@dataclass(frozen=True)
class Call:
    """What the central system asks for."""

    unique_id: str
    action: str
    payload: dict[str, Any]


class Line(Commands, ChargePoint):
    def __init__(self, station: "Station", connection: ClientConnection) -> None:
        super().__init__(station.charge_box_id, connection, station.answer_timeout_seconds, logger)
        self.station = station
        self._raw_answer: asyncio.Future[str | bytes] | None = None
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, station: "Station") -> "Line":
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
        return cls(station, connection)

    async def ask(self, request: Any) -> Any:
        """Send a call and return its whole reply; a lost line ends the waiting at once."""
        self.station.logs.note(f"tells {type(request).__name__}")
        answer = asyncio.create_task(self.call(request, suppress=False))
        try:
            await asyncio.wait({answer, self._reading}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise LineLost
            return answer.result()
        except ConnectionClosed as error:
            raise LineLost from error
        except TimeoutError as error:
            raise NoAnswer(type(request).__name__, self._response_timeout) from error
        finally:
            answer.cancel()

    async def exchange(self, frame: str | bytes) -> str | bytes:
        """Send a frame as it is and return the next frame that is no call, as it is."""
        self._raw_answer = asyncio.get_running_loop().create_future()
        try:
            await self._connection.send(frame)
            waiting: set[asyncio.Future[Any]] = {self._raw_answer, self._reading}
            await asyncio.wait(waiting, timeout=self._response_timeout, return_when=asyncio.FIRST_COMPLETED)
            if self._raw_answer.done():
                return self._raw_answer.result()
        except ConnectionClosed as error:
            raise LineLost from error
        finally:
            self._raw_answer = None
        if self._reading.done():
            raise LineLost
        raise NoAnswer("a raw frame", self._response_timeout)

    @property
    def is_lost(self) -> bool:
        return self._reading.done()

    async def lost(self) -> Never:
        """Wait until the line is gone."""
        await asyncio.shield(self._reading)
        raise LineLost

    async def close(self) -> None:
        await self._connection.close()
        await self._reading

    def kill(self) -> None:
        """Cut the line without a closing handshake, as a pulled plug does."""
        self._connection.transport.abort()

    async def route_message(self, raw_msg: str | bytes) -> None:
        call = _call_in(raw_msg)
        if call is None and self._raw_answer is not None and not self._raw_answer.done():
            self._raw_answer.set_result(raw_msg)
            return
        if call is not None:
            self.station.logs.note(f"asked for {call.action}")
            if (told := self.station.behaviour.towards(call.action)) is not None:
                await self._misbehave(raw_msg, call, *told)
                return
        await super().route_message(raw_msg)

    async def _misbehave(self, raw_msg: str | bytes, call: Call, manner: Manner, seconds: float) -> None:
        if manner is Manner.LATE:
            self.station.begin(self._answer_late(raw_msg, seconds))
        elif manner is Manner.LEAVES:
            self.kill()
        elif (answer := misbehaving_answer(manner, call.action, call.unique_id, call.payload)) is not None:
            await self._connection.send(answer)

    async def _answer_late(self, raw_msg: str | bytes, seconds: float) -> None:
        await asyncio.sleep(seconds)
        with suppress(ConnectionClosed):
            await super().route_message(raw_msg)

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            await self.start()


async def _connect(station: "Station") -> ClientConnection:
    headers = {}
    if station.password is not None:
        # Security profile 1 of OCPP 1.6: the charge box id is the user name.
        secret = f"{station.charge_box_id}:{station.password}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(secret).decode()}"
    return await connect(
        f"{station.url.rstrip('/')}/{quote(station.charge_box_id, safe='')}",
        subprotocols=[SUBPROTOCOL],
        additional_headers=headers,
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


def _call_in(frame: str | bytes) -> Call | None:
    """None for an answer, and for what is neither."""
    try:
        message = json.loads(frame)
    except ValueError:
        return None
    is_call = isinstance(message, list) and len(message) == 4 and message[0] == CALL
    return Call(*message[1:]) if is_call else None
