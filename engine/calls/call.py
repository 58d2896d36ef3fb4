"""One command as a call: what is sent, where, and how its answer is to be read."""

from dataclasses import dataclass

import structlog
from zeep.exceptions import Error as ZeepError

from config import Settings, get_settings
from domain.endpoints import Callee
from domain.models import CommandReason
from domain.protocols import Protocol
from domain.reports import Order
from engine.calls.connecting import Place, place_of
from engine.calls.errors import NotCalledError
from engine.ocpp1.commands.question import Question
from engine.ocpp1.commands.translate import payload_of
from engine.rpc import CallError
from engine.versions import OVER_SOAP
from ocpp_soap.client import Request, request
from ocpp_soap.kinds import Operation, Service
from ocpp_soap.versions import VERSIONS

TYPES = {version.protocol: version for version in VERSIONS.values()}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Call:
    callee: Callee
    order: Order
    question: Question
    service: Service
    operation: Operation
    place: Place
    request: Request


def call_of(callee: Callee, order: Order) -> Call:
    """Raises NotCalledError."""
    place = place_of(callee.endpoint_url)
    version = OVER_SOAP[callee.protocol]
    try:
        question = version.question_for(order)
        payload = payload_of(question, order)
        service = TYPES[version.protocol].charge_point
        operation = service.operation(question.action)
        sender = _sender(callee.protocol, get_settings())
        written = request(service, operation, payload, callee.charge_box_id, str(callee.endpoint_url), sender)
    except (CallError, ZeepError) as error:
        log.warning("a command cannot be said", command_id=order.command_id, reason=str(error))
        raise NotCalledError(CommandReason.NOT_SENDABLE) from None
    return Call(callee, order, question, service, operation, place, written)


def _sender(protocol: Protocol, settings: Settings) -> str:
    """Where the station finds us."""
    match protocol:
        case Protocol.OCPP12:
            return settings.ocpp12_url
        case Protocol.OCPP16_SOAP:
            return settings.ocpp16_soap_url
        case _:
            return settings.ocpp15_url
