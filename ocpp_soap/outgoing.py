"""The envelope of what is answered, before the answer is in it."""

from lxml import etree

from ocpp_soap.namespaces import ANONYMOUS, ENVELOPE, WSA


def envelope(namespace: str, action: str, relates_to: str | None) -> tuple[etree._Element, etree._Element]:
    """The root, and the Body for what is to be said in words of `namespace`. What an answer says of itself is told in
    WS-Addressing 1.0, 3.4; the caller's number stands as it was sent."""
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"env": ENVELOPE, "wsa": WSA, "ocpp": namespace})
    header = etree.SubElement(root, f"{{{ENVELOPE}}}Header")
    etree.SubElement(header, f"{{{WSA}}}Action").text = action
    etree.SubElement(header, f"{{{WSA}}}To").text = ANONYMOUS
    if relates_to is not None:
        etree.SubElement(header, f"{{{WSA}}}RelatesTo").text = relates_to
    return root, etree.SubElement(root, f"{{{ENVELOPE}}}Body")
