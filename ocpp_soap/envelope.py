"""What strangers send: bytes that should be an envelope of SOAP 1.2, read without trusting any of it.

No document type, so no entity of its own; nothing is fetched; libxml2's own limits hold for depth (256) and for what
expands. Comments and processing instructions are passed over.
"""

from dataclasses import dataclass
from typing import Final

from lxml import etree

from ocpp_soap.faults import Code, SoapFault, protocol_error
from ocpp_soap.header import Header
from ocpp_soap.namespaces import ANONYMOUS, ENVELOPE, ENVELOPE_11, WSA, WSA_OLD

IDENTITY = "chargeBoxIdentity"
ADDRESSING: Final = frozenset({"Action", "To", "From", "ReplyTo", "FaultTo", "MessageID", "RelatesTo"})
MUST_UNDERSTAND = f"{{{ENVELOPE}}}mustUnderstand"
NOWHERE = ("", ANONYMOUS, f"{WSA}/none", f"{WSA_OLD}/role/anonymous")


@dataclass(frozen=True, slots=True)
class Envelope:
    header: Header
    body: etree._Element
    """The one element in the body."""


def parse(data: bytes, namespace: str) -> Envelope:
    """`namespace` is that of the service. Raises SoapFault."""
    root = _root(data)
    if root.tag == f"{{{ENVELOPE_11}}}Envelope":
        raise SoapFault(Code.VERSION_MISMATCH, None, "this is SOAP 1.1; OCPP is spoken in SOAP 1.2")
    if root.tag != f"{{{ENVELOPE}}}Envelope":
        raise SoapFault(Code.VERSION_MISMATCH, None, f"the root must be {{{ENVELOPE}}}Envelope; this is {root.tag}")
    headers, bodies = root.findall(f"{{{ENVELOPE}}}Header"), root.findall(f"{{{ENVELOPE}}}Body")
    if len(bodies) != 1 or len(headers) > 1:
        raise protocol_error("an envelope has one Body, and before it one Header at most")
    if len(bodies[0]) != 1:
        raise protocol_error(f"the Body must hold one element, the message; this one holds {len(bodies[0])}")
    header = _header(headers[0], namespace) if headers else Header()
    return Envelope(header, bodies[0][0])


def _root(data: bytes) -> etree._Element:
    # A parser is made for each document: it keeps the errors of the last one, and greenlets switch.
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise protocol_error(f"the document is not well-formed XML: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise protocol_error("a SOAP message has no document type (SOAP 1.2 part 1, 5)")
    return root


def _header(header: etree._Element, namespace: str) -> Header:
    found: dict[str, etree._Element] = {}
    for block in header:
        name = _known(block, namespace)
        if name is None:
            if block.get(MUST_UNDERSTAND) in ("true", "1"):
                raise SoapFault(Code.MUST_UNDERSTAND, None, f"the header {block.tag} is not understood here")
        elif name in found:
            raise protocol_error(f"the header {name} stands there twice")
        else:
            found[name] = block
    sender = found.get("From")
    address = None if sender is None else next((each for each in sender if _local(each) == "Address"), None)
    from_address = _text(address)
    return Header(
        _text(found.get(IDENTITY)),
        _text(found.get("MessageID")),
        None if from_address is None or from_address in NOWHERE else from_address,
    )


def _known(block: etree._Element, namespace: str) -> str | None:
    """The name of a header that is understood here."""
    space, _, name = str(block.tag).removeprefix("{").rpartition("}")
    if space == namespace and name == IDENTITY:
        return name
    if space in (WSA, WSA_OLD) and name in ADDRESSING:
        return name
    return None


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: etree._Element | None) -> str | None:
    text = "" if element is None else (element.text or "").strip()
    return text or None
