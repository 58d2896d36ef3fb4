"""What strangers send: bytes that should be an envelope of SOAP 1.2."""

from dataclasses import dataclass
from typing import Final

from ocpp_soap.elements import Element, read
from ocpp_soap.faults import Code, SoapFault, protocol_error
from ocpp_soap.header import Header
from ocpp_soap.namespaces import ANONYMOUS, ENVELOPE, ENVELOPE_11, WSA, WSA_OLD

IDENTITY = "chargeBoxIdentity"
ADDRESSING: Final = frozenset({"Action", "To", "From", "ReplyTo", "FaultTo", "MessageID", "RelatesTo"})
MUST_UNDERSTAND = f"{ENVELOPE}}}mustUnderstand"
NOWHERE = ("", ANONYMOUS, f"{WSA}/none", f"{WSA_OLD}/role/anonymous")


@dataclass(frozen=True, slots=True)
class Envelope:
    header: Header
    body: Element
    """The one element in the body."""


def parse(data: bytes, namespace: str) -> Envelope:
    """`namespace` is that of the service. Raises SoapFault."""
    root = read(data)
    if root.name != "Envelope" or root.namespace != ENVELOPE:
        raise _other_version(root)
    headers, bodies = root.find_all(ENVELOPE, "Header"), root.find_all(ENVELOPE, "Body")
    if len(bodies) != 1 or len(headers) > 1:
        raise protocol_error("an envelope has one Body, and before it one Header at most")
    header = _header(headers[0], namespace) if headers else Header()
    messages = bodies[0].children
    if len(messages) != 1:
        fault = protocol_error(f"the Body must hold one element, the message; this one holds {len(messages)}")
        fault.header = header
        raise fault
    return Envelope(header, messages[0])


def _other_version(root: Element) -> SoapFault:
    if root.namespace == ENVELOPE_11:
        return SoapFault(Code.VERSION_MISMATCH, None, "this is SOAP 1.1; OCPP is spoken in SOAP 1.2")
    return SoapFault(Code.VERSION_MISMATCH, None, f"the root must be {{{ENVELOPE}}}Envelope; this is {root}")


def _header(header: Element, namespace: str) -> Header:
    found: dict[str, Element] = {}
    for block in header.children:
        if not _is_known(block, namespace):
            if block.name == IDENTITY:
                raise protocol_error(f"the header {IDENTITY} must be of {namespace}; this is {block}")
            if block.attributes.get(MUST_UNDERSTAND) in ("true", "1"):
                raise SoapFault(Code.MUST_UNDERSTAND, None, f"the header {block} is not understood here")
        elif block.name in found:
            raise protocol_error(f"the header {block.name} stands there twice")
        else:
            found[block.name] = block
    sender = found.get("From")
    address = None if sender is None else next((each for each in sender.children if each.name == "Address"), None)
    from_address = _text(address)
    return Header(
        _text(found.get(IDENTITY)),
        _text(found.get("MessageID")),
        None if from_address is None or from_address in NOWHERE else from_address,
    )


def _is_known(block: Element, namespace: str) -> bool:
    """Whether it is understood here."""
    if block.namespace == namespace:
        return block.name == IDENTITY
    return block.namespace in (WSA, WSA_OLD) and block.name in ADDRESSING


def _text(element: Element | None) -> str | None:
    if element is None:
        return None
    if element.children:
        raise protocol_error(f"{element.name} must be a text; there are elements in it")
    return element.text.strip() or None
