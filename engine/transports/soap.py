"""OCPP over SOAP: stations call the services below, one request for each message.

What a message is, is told by `ocpp_soap`, what becomes of it by `acting.py`. Here stands what is HTTP: who is let in,
how much is read, and with which status a fault goes out.
"""

from dataclasses import dataclass
from datetime import datetime

import gevent
import structlog
from flask import Blueprint, Response, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from domain import clock
from domain.log import bind
from engine.group_commit import NotStoredError
from engine.rpc import CallError, ErrorCode
from engine.runtime import get_runtime
from engine.soap_lines import Caller, SoapLine
from engine.transports.letting_in import REFUSALS, keys_in, unknown
from engine.versions import OVER_SOAP
from ocpp_soap.endpoint import CONTENT_TYPE, endpoint
from ocpp_soap.envelope import IDENTITY
from ocpp_soap.faults import Code, SoapFault, Subcode, protocol_error
from ocpp_soap.header import Header
from ocpp_soap.kinds import Version
from ocpp_soap.versions import VERSIONS
from ocpp_soap.wsdl import wsdl

LARGEST_MESSAGE_BYTES = 1024 * 1024
READ_SECONDS = 20.0
"""For how long a message may take to come in."""
XML_TYPES = frozenset({"", "application/soap+xml", "text/xml", "application/xml"})
"""What stations call SOAP 1.2; which of it a message really is, is told by its envelope."""

NOT_STORED = "the message could not be stored; please send it again"
FAILED = "something went wrong here; please send it again"

CODES = {
    ErrorCode.NOT_IMPLEMENTED: (Code.RECEIVER, Subcode.NOT_SUPPORTED),
    ErrorCode.NOT_SUPPORTED: (Code.RECEIVER, Subcode.NOT_SUPPORTED),
    ErrorCode.INTERNAL_ERROR: (Code.RECEIVER, Subcode.INTERNAL_ERROR),
    ErrorCode.GENERIC_ERROR: (Code.RECEIVER, Subcode.INTERNAL_ERROR),
    ErrorCode.SECURITY_ERROR: (Code.SENDER, Subcode.SECURITY_ERROR),
}
"""Every other code of OCPP-J says that the message is wrong."""

soap = Blueprint("soap", __name__)
log = structlog.get_logger()

SERVICE = "/<any({}):service>".format(",".join(VERSIONS))


@dataclass(slots=True)
class Exchange:
    """One message, as far as it is known."""

    received_at: datetime
    body: bytes = b""
    header: Header | None = None
    action: str | None = None
    line: SoapLine | None = None
    remark: str | None = None
    """How it was understood although it was not as the specification says, or why it is refused."""
    commands_wait: bool = False
    """Whether the station may be asked what waits for it, once this is answered."""


@soap.post(SERVICE, strict_slashes=False)
def serve(service: str) -> Response:
    """Answer one message. Whatever is in it, an envelope comes back."""
    version, exchange = VERSIONS[service], Exchange(clock.now())
    try:
        answer = _answer(version, exchange)
    except SoapFault as fault:
        return _refuse(version, exchange, fault)
    except NotStoredError:
        return _refuse(version, exchange, SoapFault(Code.RECEIVER, Subcode.INTERNAL_ERROR, NOT_STORED, 503))
    except Exception:
        log.exception("a message failed")
        return _refuse(version, exchange, SoapFault(Code.RECEIVER, Subcode.INTERNAL_ERROR, FAILED))
    _note(exchange, answer, is_refused=False)
    response = Response(answer, content_type=CONTENT_TYPE)
    if exchange.line is not None and exchange.commands_wait:
        response.call_on_close(exchange.line.wake)
    return response


def _answer(version: Version, exchange: Exchange) -> bytes:
    exchange.body = _body()
    way = endpoint(version.central_system)
    try:
        call = way.read(exchange.body)
    except SoapFault as fault:
        if fault.header is not None:  # It is known whose message this is.
            exchange.header = fault.header
            exchange.line = _line_of(fault.header, version)
        raise
    exchange.header, exchange.action = call.header, call.operation.name
    exchange.line = _line_of(call.header, version)
    try:
        acted = exchange.line.acting.act(call.operation.name, call.payload, exchange.received_at)
    except CallError as error:
        code, subcode = CODES.get(error.code, (Code.SENDER, Subcode.PROTOCOL_ERROR))
        raise SoapFault(code, subcode, error.description) from None
    exchange.remark = acted.remark
    exchange.commands_wait = acted.commands_wait
    return way.answer(call, acted.answer)


def _body() -> bytes:
    content_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if content_type not in XML_TYPES:
        raise protocol_error(f"a message has the content type application/soap+xml; this one {content_type}", 415)
    # Of what comes in chunks no more is read than this, and nothing is said.
    request.max_content_length = LARGEST_MESSAGE_BYTES + 1
    try:
        with gevent.Timeout(READ_SECONDS, protocol_error("the message did not come in whole in time", 408)):
            body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise _too_large() from None
    except (ClientDisconnected, ParseException, OSError):
        raise protocol_error("the message ended too early") from None
    if len(body) > LARGEST_MESSAGE_BYTES:
        raise _too_large()
    return body


def _too_large() -> SoapFault:
    return protocol_error(f"a message has at most {LARGEST_MESSAGE_BYTES} bytes", 413)


def _line_of(header: Header, version: Version) -> SoapLine:
    """The header says who calls, and HTTP whether it is true."""
    charge_box_id = header.identity
    bind(station=charge_box_id, message_id=header.message_id)
    if charge_box_id is None:
        raise SoapFault(Code.SENDER, Subcode.IDENTITY_MISMATCH, f"the header {IDENTITY} is missing or empty")
    keys = keys_in(request, charge_box_id)
    caller = Caller(charge_box_id, OVER_SOAP[version.protocol], request.remote_addr, keys, header.from_address)
    line = get_runtime().soap_lines.line_of(caller)
    if isinstance(line, SoapLine):
        return line
    log.info("a station was refused", reason=line or "unknown", address=request.remote_addr)
    if line is None:
        raise SoapFault(Code.SENDER, Subcode.SECURITY_ERROR, unknown(charge_box_id))
    status, reason, headers = REFUSALS[line]
    raise SoapFault(Code.SENDER, Subcode.SECURITY_ERROR, reason, status, headers)


def _refuse(version: Version, exchange: Exchange, fault: SoapFault) -> Response:
    exchange.header, exchange.remark = exchange.header or fault.header, fault.reason
    answer = endpoint(version.central_system).refusal(fault, exchange.header)
    _note(exchange, answer, is_refused=True)
    return Response(answer, fault.status, fault.headers, content_type=CONTENT_TYPE)


def _note(exchange: Exchange, answer: bytes, *, is_refused: bool) -> None:
    """Into the message log, where it is known whose message this is."""
    if exchange.line is None or exchange.header is None:
        log.info("a message was refused", reason=exchange.remark, address=request.remote_addr)
        return
    get_runtime().message_log.spoke(
        exchange.line.connection.station_id,
        exchange.received_at,
        exchange.action,
        exchange.header.message_id,
        exchange.body,
        exchange.remark,
        answer,
        is_refused=is_refused,
    )


@soap.get(SERVICE, strict_slashes=False)
def describe(service: str) -> Response:
    """The WSDL, with the address under which it was asked for; and a word for those who look with a browser."""
    if any(name.lower() == "wsdl" for name in request.args):
        document = wsdl(VERSIONS[service].central_system, request.base_url)
        return Response(document, content_type="text/xml; charset=utf-8", headers={"Cache-Control": "no-store"})
    text = "Here stations send their messages with POST. What they may send is told at this address with ?wsdl.\n"
    return Response(text, 405, {"Allow": "POST, GET, OPTIONS"}, content_type="text/plain; charset=utf-8")
