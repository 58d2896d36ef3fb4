"""Answers over SOAP that are none: what `behaviour.py` has for OCPP-J, and what only envelopes can get wrong."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from lxml import etree

from ocpp_soap.endpoint import CONTENT_TYPE
from ocpp_soap.namespaces import ENVELOPE, ENVELOPE_11, WSA
from simulator.behaviour import Manner

OTHER_NAMESPACE = "urn://Ocpp/Nobody/"


def wrong_answer(manner: Manner, right: bytes, namespace: str) -> tuple[int, str, bytes]:
    """The status of HTTP, the content type and the body; `right` is the envelope that would be one."""
    if manner in PAGES:
        return PAGES[manner]
    return HTTPStatus.OK, CONTENT_TYPE, SPOILERS[manner](right, namespace)


def _wrong_payload(answer: bytes, namespace: str) -> bytes:
    envelope = etree.fromstring(answer)
    message = envelope.find(f"{{{ENVELOPE}}}Body")[0]
    message[:] = []
    for name, said in (("status", "Perhaps"), ("listVersion", "three")):
        etree.SubElement(message, f"{{{namespace}}}{name}").text = said
    return bytes(etree.tostring(envelope))


def _wrong_id(answer: bytes, _: str) -> bytes:
    envelope = etree.fromstring(answer)
    for related in envelope.iter(f"{{{WSA}}}RelatesTo"):
        related.text = "nobody asked this"
    return bytes(etree.tostring(envelope))


SPOILERS: Mapping[Manner, Callable[[bytes, str], bytes]] = {
    Manner.WRONG_PAYLOAD: _wrong_payload,
    Manner.BROKEN: lambda answer, _: answer[: len(answer) // 2],
    Manner.WRONG_ID: _wrong_id,
    Manner.WRONG_NAMESPACE: lambda answer, namespace: answer.replace(namespace.encode(), OTHER_NAMESPACE.encode()),
    Manner.WRONG_SOAP: lambda answer, _: answer.replace(ENVELOPE.encode(), ENVELOPE_11.encode()),
}
PAGES: Mapping[Manner, tuple[int, str, bytes]] = {
    Manner.EMPTY: (HTTPStatus.OK, CONTENT_TYPE, b""),
    Manner.HTTP_404: (HTTPStatus.NOT_FOUND, "text/html", b"<html><body>Not Found</body></html>"),
    Manner.HTTP_500: (HTTPStatus.INTERNAL_SERVER_ERROR, "text/html", b"<html><body>Server Error</body></html>"),
}
WRONG = (*SPOILERS, *PAGES)
