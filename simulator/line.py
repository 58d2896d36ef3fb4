"""What lies between a station and the central system: calls go out, calls come in, and it may end.

How they are carried is told in `websocket_line.py` and in `soap/`. Both speak in the frames of OCPP-J, as the package
`ocpp` writes and reads them; SOAP turns them into envelopes at the last moment.
"""

import asyncio
import base64
import json
import logging
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Never

from ocpp.v16 import ChargePoint

from simulator.behaviour import ERROR_FRAME, Manner, refusal
from simulator.commands import Commands
from simulator.errors import LineLost, NoAnswer

if TYPE_CHECKING:
    from simulator.station import Station

CALL, CALL_RESULT, CALL_ERROR = 2, 3, 4

logger = logging.getLogger("simulator.line")


@dataclass(frozen=True)
class Call:
    """What the central system asks for."""

    unique_id: str
    action: str
    payload: dict[str, Any]


class Line(Commands, ChargePoint, ABC):
    def __init__(self, station: "Station", connection: Any) -> None:
        """`connection` can send a frame."""
        super().__init__(station.charge_box_id, connection, station.answer_timeout_seconds, logger)
        self.station = station
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def ask(self, request: Any) -> Any:
        """Send a call and return its whole reply; a lost line ends the waiting at once."""
        self.station.logs.note(f"tells {type(request).__name__}")
        answer = asyncio.create_task(self.call(request, suppress=False))
        try:
            await asyncio.wait({answer, self._ended}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise LineLost
            return answer.result()
        except TimeoutError as error:
            raise NoAnswer(type(request).__name__, self._response_timeout) from error
        finally:
            answer.cancel()

    @abstractmethod
    async def exchange(self, frame: str | bytes) -> str | bytes:
        """Send something as it is and return the answer as it is."""

    @property
    def is_lost(self) -> bool:
        return self._ended.done()

    async def lost(self) -> Never:
        """Wait until the line is gone."""
        await asyncio.shield(self._ended)
        raise LineLost

    @abstractmethod
    async def close(self) -> None: ...

    @abstractmethod
    def kill(self) -> None:
        """End it without a word to the other side, as a pulled plug does."""

    async def route_message(self, raw_msg: str | bytes) -> None:
        if (call := call_in(raw_msg)) is not None:
            self.station.logs.note(f"asked for {call.action}")
            if (told := self.station.behaviour.towards(call.action)) is not None:
                await self._misbehave(raw_msg, call, *told)
                return
        await super().route_message(raw_msg)

    async def _misbehave(self, raw_msg: str | bytes, call: Call, manner: Manner, seconds: float) -> None:
        match manner:
            case Manner.LATE:
                self.station.begin(self._answer_late(raw_msg, seconds))
            case Manner.LEAVES:
                self.kill()
            case Manner.REFUSES:
                answer = [CALL_RESULT, call.unique_id, refusal(call.action, call.payload)]
                await self._connection.send(json.dumps(answer))
            case Manner.ERROR:
                await self._connection.send(ERROR_FRAME.format(id=json.dumps(call.unique_id)))
            case Manner.SILENT:
                pass
            case _:
                await self._answer_wrongly(call, manner)

    @abstractmethod
    async def _answer_wrongly(self, call: Call, manner: Manner) -> None:
        """Send what is no answer."""

    async def _answer_late(self, raw_msg: str | bytes, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await super().route_message(raw_msg)


def call_in(frame: str | bytes) -> Call | None:
    """None for an answer, and for what is neither."""
    try:
        message = json.loads(frame)
    except ValueError:
        return None
    is_call = isinstance(message, list) and len(message) == 4 and message[0] == CALL
    return Call(*message[1:]) if is_call else None


def credentials(station: "Station") -> dict[str, str]:
    """The header of HTTP Basic: the charge box id is the user name (security profile 1 of OCPP 1.6)."""
    if station.password is None:
        return {}
    secret = f"{station.charge_box_id}:{station.password}".encode()
    return {"Authorization": f"Basic {base64.b64encode(secret).decode()}"}
