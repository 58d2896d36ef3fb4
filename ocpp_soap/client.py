"""Calls to a service, without sockets.

zeep writes the request from our own description of the service; the answer is read as requests are, with the same
tolerance and the same distrust.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import zeep
from lxml import etree

from ocpp_soap.elements import Element
from ocpp_soap.envelope import IDENTITY, parse
from ocpp_soap.faults import protocol_error
from ocpp_soap.kinds import Operation, Record, Service
from ocpp_soap.namespaces import ANONYMOUS, ENVELOPE, WSA
from ocpp_soap.payloads import Payload, payload_of, told
from ocpp_soap.wsdl import PLACE, wsdl

LONGEST_REASON = 1000
NAMES = {"e": ENVELOPE}
CONTENT = "_value_1"


class RefusedError(Exception):
    """The other side answered with a fault."""

    def __init__(self, code: str, subcode: str | None, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.subcode = subcode
        """The most exact word that it gave."""
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it goes out."""

    body: bytes
    content_type: str
    message_id: str


@cache
def client(service: Service) -> zeep.Client:
    """One for each service and process; it is used to write only, and never loads anything from elsewhere."""
    return zeep.Client(io.BytesIO(wsdl(service, PLACE)))  # type: ignore[no-untyped-call]


def request(
    service: Service, operation: Operation, payload: Mapping[str, Any], identity: str, to: str, sender: str
) -> Request:
    """A call of the station `identity` at the address `to`; `sender` is the address of who calls. Raises ValueError
    for a payload that is no such message."""
    writer = client(service)
    values = told(operation.request, payload, _for_zeep)
    envelope = writer.create_message(writer.service, operation.name, **values)  # type: ignore[no-untyped-call]
    header = envelope.find("e:Header", NAMES)
    name = etree.SubElement(header, f"{{{service.namespace}}}{IDENTITY}", {f"{{{ENVELOPE}}}mustUnderstand": "true"})
    name.text = identity
    header.find(f"{{{WSA}}}To").text = to
    # Some stations answer with a fault where it is missing.
    etree.SubElement(etree.SubElement(header, f"{{{WSA}}}From"), f"{{{WSA}}}Address").text = sender
    etree.SubElement(etree.SubElement(header, f"{{{WSA}}}ReplyTo"), f"{{{WSA}}}Address").text = ANONYMOUS
    body = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
    content_type = f'application/soap+xml; charset=utf-8; action="/{operation.name}"'
    return Request(body, content_type, str(header.findtext(f"{{{WSA}}}MessageID")))


def _for_zeep(record: Record, values: dict[str, Any]) -> dict[str, Any]:
    """zeep has a name of its own for the text beside attributes."""
    return {CONTENT if record.fields[name].is_content else name: value for name, value in values.items()}


def answer(service: Service, operation: Operation, data: bytes) -> Payload:
    """What was answered. Raises RefusedError for a fault and SoapFault for what is no answer to this operation."""
    body = parse(data, service.namespace).body
    if body.name == "Fault" and body.namespace == ENVELOPE:
        raise _refused(body)
    expected = f"{operation.element}Response"
    if body.name != expected or body.namespace != service.namespace:
        raise protocol_error(f"the answer must be {expected} of {service.namespace}; this is {body}")
    return payload_of(operation.answer, body)


def _refused(fault: Element) -> RefusedError:
    codes = []
    code = fault.find(ENVELOPE, "Code")
    while code is not None:
        codes.append(_said(code, "Value").rpartition(":")[2])
        code = code.find(ENVELOPE, "Subcode")
    reason = fault.find(ENVELOPE, "Reason")
    text = _said(reason, "Text") if reason else ""
    return RefusedError(codes[0] if codes else "", codes[-1] if len(codes) > 1 else None, text[:LONGEST_REASON])


def _said(element: Element, name: str) -> str:
    inner = element.find(ENVELOPE, name)
    return inner.text.strip() if inner else ""
