"""What a caller is told that cannot be served: faults of SOAP 1.2 with the words of OCPP (OCPP-S 1.6, 4.5).

The code says on whose side the fault is and decides the status of HTTP (SOAP 1.2 part 2, 7.5.2.2) unless HTTP itself
has the better word, such as 401; the subcode says what it is.
"""

from collections.abc import Mapping
from enum import StrEnum

from lxml import etree

from ocpp_soap.header import Header
from ocpp_soap.namespaces import ENVELOPE, FAULT_ACTION, XML
from ocpp_soap.outgoing import envelope

LONGEST_REASON = 500
STATUS = {"Sender": 400, "Receiver": 500, "MustUnderstand": 500, "VersionMismatch": 500}


class Code(StrEnum):
    """Whose fault it is (SOAP 1.2 part 1, 5.4.6)."""

    SENDER = "Sender"
    RECEIVER = "Receiver"
    MUST_UNDERSTAND = "MustUnderstand"
    VERSION_MISMATCH = "VersionMismatch"


class Subcode(StrEnum):
    """What OCPP says it is."""

    SECURITY_ERROR = "SecurityError"
    IDENTITY_MISMATCH = "IdentityMismatch"
    PROTOCOL_ERROR = "ProtocolError"
    NOT_SUPPORTED = "NotSupported"
    INTERNAL_ERROR = "InternalError"


class SoapFault(Exception):
    """A call is refused; the reason says what would be right."""

    def __init__(
        self,
        code: Code,
        subcode: Subcode | None,
        reason: str,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """`status` and `headers` are those of HTTP."""
        super().__init__(reason)
        self.code = code
        self.subcode = subcode
        self.reason = reason[:LONGEST_REASON]
        """It may quote what was sent."""
        self.status = status or STATUS[code]
        self.headers = headers or {}
        self.header: Header | None = None
        """Of the message that is refused, where it could be read."""


def protocol_error(reason: str, status: int | None = None) -> SoapFault:
    """What was sent is no message of OCPP."""
    return SoapFault(Code.SENDER, Subcode.PROTOCOL_ERROR, reason, status)


def document(fault: SoapFault, namespace: str, relates_to: str | None = None) -> bytes:
    """The envelope; `namespace` is that of the service, whose words the subcodes are."""
    root, inside = envelope(namespace, FAULT_ACTION, relates_to)
    if fault.code is Code.VERSION_MISMATCH:
        upgrade = etree.SubElement(root[0], f"{{{ENVELOPE}}}Upgrade")
        etree.SubElement(upgrade, f"{{{ENVELOPE}}}SupportedEnvelope", qname="env:Envelope")
    body = etree.SubElement(inside, f"{{{ENVELOPE}}}Fault")
    code = etree.SubElement(body, f"{{{ENVELOPE}}}Code")
    etree.SubElement(code, f"{{{ENVELOPE}}}Value").text = f"env:{fault.code}"
    if fault.subcode is not None:
        subcode = etree.SubElement(code, f"{{{ENVELOPE}}}Subcode")
        etree.SubElement(subcode, f"{{{ENVELOPE}}}Value").text = f"ocpp:{fault.subcode}"
    reason = etree.SubElement(body, f"{{{ENVELOPE}}}Reason")
    text = etree.SubElement(reason, f"{{{ENVELOPE}}}Text", {f"{{{XML}}}lang": "en"})
    text.text = "".join(letter if letter.isprintable() else "\ufffd" for letter in fault.reason)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
