"""A station that speaks OCPP over SOAP: what it says goes out as a request, what it is asked comes in as one.

It stands between the package `ocpp`, which writes and reads frames of OCPP-J, and the envelopes of `ocpp_soap`.
"""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ocpp.exceptions import GenericError, InternalError, NotSupportedError, ProtocolError, SecurityError

from ocpp_soap import client
from ocpp_soap.endpoint import CONTENT_TYPE, SoapCall, endpoint
from ocpp_soap.faults import Code, SoapFault, Subcode
from ocpp_soap.kinds import Operation, Version
from ocpp_soap.versions import VERSIONS
from simulator.behaviour import Manner, refusal
from simulator.errors import LineLost, NoLine
from simulator.line import CALL, CALL_ERROR, CALL_RESULT, Call, Line, credentials
from simulator.soap import words
from simulator.soap.callbacks import Callbacks, Reply
from simulator.soap.caller import Answer, Caller
from simulator.soap.http import HttpError
from simulator.soap.wrong import WRONG, wrong_answer

if TYPE_CHECKING:
    from simulator.station import Station

BY_PROTOCOL: Mapping[str, Version] = {each.protocol: each for each in VERSIONS.values()}
NEWEST = "ocpp1.6-soap"
OPEN_TIMEOUT_SECONDS = 10

FAULTS = {
    Subcode.SECURITY_ERROR: SecurityError,
    Subcode.IDENTITY_MISMATCH: SecurityError,
    Subcode.PROTOCOL_ERROR: ProtocolError,
    Subcode.NOT_SUPPORTED: NotSupportedError,
    Subcode.INTERNAL_ERROR: InternalError,
}
"""What a station takes them for; a GenericError is any other."""
SUBCODES = {
    "NotImplemented": Subcode.NOT_SUPPORTED,
    "NotSupported": Subcode.NOT_SUPPORTED,
    "InternalError": Subcode.INTERNAL_ERROR,
    "GenericError": Subcode.INTERNAL_ERROR,
}
"""What is said in place of a CALLERROR; any other is about the form of what was asked."""


class Soap:
    """How a station speaks one version."""

    manners = frozenset(WRONG)

    def __init__(self, protocol: str, callbacks: Callbacks) -> None:
        self.version = BY_PROTOCOL[protocol]
        self.callbacks = callbacks
        self.is_newest = protocol == NEWEST
        older = frozenset() if self.is_newest else words.UNKNOWN_KEYS
        self.unknown_keys: frozenset[str] = words.KEYS_OF_LINES | older

    async def open(self, station: "Station") -> Line:
        """Raises NoLine with the reason."""
        try:
            caller = Caller(station.url, credentials(station))
            async with asyncio.timeout(OPEN_TIMEOUT_SECONDS):
                await caller.open()
            line = SoapLine(station, self, caller)
            await self.callbacks.enter(station.charge_box_id, line)
        except (OSError, ValueError) as error:
            reason = str(error) or "no answer in time"
            raise NoLine(f"{station.charge_box_id} cannot connect to {station.url}: {reason}.") from error
        return line


@dataclass(frozen=True)
class Asked:
    """A request that waits for its answer."""

    call: SoapCall
    reply: Reply
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class SoapLine(Line):
    """It stands while the central system can be reached."""

    def __init__(self, station: "Station", wire: Soap, caller: Caller) -> None:
        super().__init__(station, connection=self)
        self._wire = wire
        self._caller = caller
        self._own_host = caller.own_host
        self._endpoint = endpoint(wire.version.charge_point)
        self._asked: dict[str, Asked] = {}

    async def send(self, frame: str) -> None:
        """Where the package sends its frames to."""
        kind, unique_id, *rest = json.loads(frame)
        if kind == CALL:
            await self.route_message(json.dumps(await self._tell(unique_id, *rest)))
        elif unique_id in self._asked:
            await self._reply(unique_id, *self._envelope(kind, rest, self._asked[unique_id].call))

    async def exchange(self, frame: str | bytes) -> str | bytes:
        """The answer's body, whatever its status."""
        answer = await self._post(frame.encode() if isinstance(frame, str) else frame, CONTENT_TYPE)
        return answer.body

    async def hear(self, data: bytes, reply: Reply) -> None:
        """Take a request of the central system; return when it was answered."""
        try:
            call = self._endpoint.read(data)
            self._check_identity(call)
        except SoapFault as fault:
            await reply.send(fault.status, CONTENT_TYPE, self._endpoint.refusal(fault))
            return
        unique_id = uuid4().hex
        asked = self._asked[unique_id] = Asked(call, reply)
        try:
            await self.route_message(json.dumps([CALL, unique_id, call.operation.name, self._newer(call.payload)]))
            await asked.answered.wait()
        finally:
            self._asked.pop(unique_id, None)

    async def close(self) -> None:
        self.kill()

    def kill(self) -> None:
        self._caller.drop()
        self._wire.callbacks.leave(self.station.charge_box_id, self)
        if not self._ended.done():
            self._ended.set_result(None)

    async def _tell(self, unique_id: str, action: str, payload: dict[str, Any]) -> list[Any]:
        """The frame that answers a call. Raises NotSupportedError for what this version has no words for."""
        service = self._wire.version.central_system
        operation = _operation(service.operations, action)
        told = words.older(operation.request, payload)
        sender = self._wire.callbacks.address(self.station.charge_box_id, self._own_host)
        request = client.request(service, operation, told, self.station.charge_box_id, self.station.url, sender)
        answer = await self._post(request.body, request.content_type)
        try:
            heard = client.answer(service, operation, answer.body)
        except client.RefusedError as refused:
            return [CALL_ERROR, unique_id, _code(refused), refused.reason, {}]
        except SoapFault:
            reason = f"the answer {answer.status} {answer.reason} is no message of {self._wire.version.protocol}"
            return [CALL_ERROR, unique_id, GenericError.code, reason, {}]
        return [CALL_RESULT, unique_id, words.newer_answer(action, heard)]

    async def _post(self, body: bytes, content_type: str) -> Answer:
        """Raises TimeoutError, and LineLost where nobody answers."""
        try:
            async with asyncio.timeout(self._response_timeout):
                return await self._caller.post(body, content_type)
        except TimeoutError:
            raise
        except (OSError, HttpError) as error:
            self.kill()
            raise LineLost from error

    async def _reply(self, unique_id: str, status: int, content_type: str, body: bytes) -> None:
        asked = self._asked.pop(unique_id)
        await asked.reply.send(status, content_type, body)
        asked.answered.set()

    def _envelope(self, kind: int, said: list[Any], call: SoapCall) -> tuple[int, str, bytes]:
        """What a frame of OCPP-J answers."""
        if kind == CALL_RESULT:
            return HTTPStatus.OK, CONTENT_TYPE, self._endpoint.answer(call, self._older(call.operation, said[0]))
        fault = _fault(*said)
        return fault.status, CONTENT_TYPE, self._endpoint.refusal(fault, call.header)

    async def _answer_wrongly(self, call: Call, manner: Manner) -> None:
        refused = [refusal(call.action, call.payload)]
        _, _, right = self._envelope(CALL_RESULT, refused, self._asked[call.unique_id].call)
        wrong = wrong_answer(manner, right, self._endpoint.service.namespace)
        await self._reply(call.unique_id, *wrong)

    def _check_identity(self, call: SoapCall) -> None:
        if (meant := call.header.identity) not in (None, self.station.charge_box_id):
            reason = f"this is {self.station.charge_box_id}; {meant} is meant"
            raise SoapFault(Code.SENDER, Subcode.IDENTITY_MISMATCH, reason)

    def _newer(self, payload: dict[str, Any]) -> dict[str, Any]:
        return payload if self._wire.is_newest else words.newer_keys(words.newer(payload))

    def _older(self, operation: Operation, payload: dict[str, Any]) -> dict[str, Any]:
        return words.older(operation.answer, payload if self._wire.is_newest else words.older_keys(payload))


def _operation(operations: tuple[Operation, ...], action: str) -> Operation:
    for each in operations:
        if each.name == action:
            return each
    raise NotSupportedError(f"This version of OCPP has no {action}.")


def _code(refused: client.RefusedError) -> str:
    with suppress(ValueError):
        return str(FAULTS.get(Subcode(refused.subcode or ""), GenericError).code)
    return str(GenericError.code)


def _fault(code: str, description: str, details: Mapping[str, Any]) -> SoapFault:
    subcode = SUBCODES.get(code, Subcode.PROTOCOL_ERROR)
    side = Code.SENDER if subcode is Subcode.PROTOCOL_ERROR else Code.RECEIVER
    return SoapFault(side, subcode, details.get("cause") or description)
