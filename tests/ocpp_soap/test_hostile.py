"""Documents from strangers that mean no good, or are none: each gets its fault and leaves nothing behind."""

import pytest

from ocpp_soap import client
from ocpp_soap.elements import DEEPEST, MOST_ELEMENTS
from ocpp_soap.endpoint import endpoint
from ocpp_soap.faults import Code, SoapFault, Subcode
from ocpp_soap.v15 import V15
from tests.ocpp_soap.envelopes import AUTHORIZE, CP, CS, HEARTBEAT, IDENTITY, authorize, envelope
from tests.ocpp_soap.watching import memory, watched

SERVICE = V15.central_system

LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
QUADRATIC = f'<!ENTITY a "{"x" * 100_000}">'
NO_DOCTYPE = "a SOAP message has no document type"
NOT_XML = "the document is not well-formed XML"


def doctype(inside: str) -> str:
    return f"<!DOCTYPE e:Envelope [{inside}]>"


def with_doctype(inside: str, tag: str = "T") -> bytes:
    return envelope(AUTHORIZE.format(tag), prolog=doctype(inside)).encode()


WRONG = {
    "a billion laughs": (with_doctype(LAUGHS, "&a9;"), NO_DOCTYPE),
    "a billion laughs in an attribute": (
        envelope(HEARTBEAT.replace("/>", ' a="&a9;"/>'), prolog=doctype(LAUGHS)).encode(),
        NO_DOCTYPE,
    ),
    "one long entity many times": (with_doctype(QUADRATIC, "&a;" * 100_000), NO_DOCTYPE),
    "entities that hold each other": (with_doctype('<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;"), NO_DOCTYPE),
    "a chain of entities": (
        with_doctype('<!ENTITY a0 "x">' + "".join(f'<!ENTITY a{i} "&a{i - 1};">' for i in range(1, 30_000)), "&a9999;"),
        NO_DOCTYPE,
    ),
    "a file as an entity": (with_doctype('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;"), NO_DOCTYPE),
    "an address as an entity": (with_doctype('<!ENTITY a SYSTEM "http://127.0.0.1:9/">', "&a;"), NO_DOCTYPE),
    "an entity of the document type": (
        with_doctype('<!ENTITY % a SYSTEM "http://127.0.0.1:9/a.dtd">%a;'),
        NO_DOCTYPE,
    ),
    "a document type elsewhere": (
        envelope(prolog='<!DOCTYPE e:Envelope SYSTEM "http://127.0.0.1:9/a.dtd">').encode(),
        NO_DOCTYPE,
    ),
    "a document type with nothing in it": (envelope(prolog="<!DOCTYPE a>").encode(), NO_DOCTYPE),
    "a document type behind a comment": (
        envelope(prolog='<?xml version="1.0"?>\n<!-- > --><?a ?>\n<!DOCTYPE a>').encode(),
        NO_DOCTYPE,
    ),
    "a document type in UTF-16": (envelope(prolog=doctype(LAUGHS)).encode("utf-16"), NO_DOCTYPE),
    "a document type in UTF-16 without a mark": (envelope(prolog=doctype(LAUGHS)).encode("utf-16-le"), NO_DOCTYPE),
    "a document type behind a mark": (envelope(prolog="<!DOCTYPE a>").encode("utf-8-sig"), NO_DOCTYPE),
    "a document type for a code page": (
        b'<?xml version="1.0" encoding="windows-1252"?>' + envelope(prolog="<!DOCTYPE a>").encode(),
        NO_DOCTYPE,
    ),
    "an entity that nobody declared": (authorize("&nobody;").encode(), "undefined entity"),
    "too deep": (authorize("<a>" * 100_000 + "</a>" * 100_000).encode(), f"at most {DEEPEST} elements within"),
    "too deep and never closed": (authorize("<a>" * 250_000).encode(), f"at most {DEEPEST} elements within"),
    "too many elements": (authorize("<a/>" * 250_000).encode(), f"at most {MOST_ELEMENTS} elements"),
    "cut off in its body": (envelope().encode()[:-30], NOT_XML),
    "cut off in a tag": (envelope().encode()[:200], NOT_XML),
    "cut off in a character": (authorize("æ").encode()[:-80], NOT_XML),
    "nothing": (b"", NOT_XML),
    "space": (b" \r\n ", NOT_XML),
    "JSON": (b'[2,"1","Heartbeat",{}]', NOT_XML),
    "two documents": (envelope().encode() * 2, NOT_XML),
    "text after the end": (envelope().encode() + b"x", NOT_XML),
    "a form": (b"a=1&b=2", NOT_XML),
    "a page": (b"<html><body><p>Hello</body></html>", NOT_XML),
    "a prefix that is not declared": (envelope("<x:heartbeatRequest/>").encode(), "unbound prefix"),
    "an attribute twice": (envelope('<cs:heartbeatRequest a="1" a="2"/>').encode(), "duplicate attribute"),
    "NUL": (authorize("T\0").encode(), NOT_XML),
    "a control character": (authorize("T\x07").encode(), NOT_XML),
    "a control character by its number": (authorize("&#7;").encode(), NOT_XML),
    "half a pair of surrogates by its number": (authorize("&#xD800;").encode(), NOT_XML),
    "bytes that are no UTF-8": (authorize("T").encode().replace(b">T<", b">\xff\xfe<"), NOT_XML),
    "an overlong slash": (authorize("T").encode().replace(b">T<", b">\xc0\xaf<"), NOT_XML),
    "Latin-1 that says UTF-8": (authorize("æ").encode("latin-1"), NOT_XML),
    "UTF-16 that ends in the middle": (envelope().encode("utf-16")[:-1], NOT_XML),
    "UTF-32": (envelope().encode("utf-32"), NOT_XML),
    "UTF-32 without a mark": (envelope().encode("utf-32-be"), NOT_XML),
    "UTF-7": (envelope(prolog='<?xml version="1.0" encoding="utf-7"?>').encode(), NOT_XML),
    "a code page of several bytes": (envelope(prolog='<?xml version="1.0" encoding="gbk"?>').encode(), NOT_XML),
    "EBCDIC": (envelope(prolog='<?xml version="1.0" encoding="cp037"?>').encode("cp037"), NOT_XML),
    "EBCDIC that begins in ASCII": (
        b'<?xml version="1.0" encoding="cp037"?>' + envelope(prolog=doctype(LAUGHS)).encode("cp037"),
        NOT_XML,
    ),
    "an encoding of nobody's": (envelope(prolog='<?xml version="1.0" encoding="nobody"?>').encode(), NOT_XML),
    "an encoding that is none": (envelope(prolog='<?xml version="1.0" encoding="zlib"?>').encode(), NOT_XML),
    "gzip": (b"\x1f\x8b\x08\x00" + b"\0" * 100, NOT_XML),
    "an empty body": (envelope("").encode(), "the Body must hold one element, the message; this one holds 0"),
    "a body of text": (envelope("heartbeat").encode(), "this one holds 0"),
    "two messages": (envelope(HEARTBEAT * 2).encode(), "this one holds 2"),
    "no body": (envelope().replace("e:Body", "e:Corpse").encode(), "an envelope has one Body"),
    "two bodies": (envelope(f"{HEARTBEAT}</e:Body><e:Body>{HEARTBEAT}").encode(), "an envelope has one Body"),
    "two headers": (envelope(header=f"{IDENTITY}</e:Header><e:Header>").encode(), "one Header at most"),
    "an identity twice": (envelope(header=IDENTITY * 2).encode(), "the header chargeBoxIdentity stands there twice"),
    "an action twice": (
        envelope(header="<a:Action>/Heartbeat</a:Action>" * 2).encode(),
        "the header Action stands there twice",
    ),
    "a number twice, in two versions of WS-Addressing": (
        envelope(
            header="<a:MessageID>1</a:MessageID><b:MessageID"
            ' xmlns:b="http://schemas.xmlsoap.org/ws/2004/08/addressing">2</b:MessageID>'
        ).encode(),
        "the header MessageID stands there twice",
    ),
    "an identity in the other service's words": (
        envelope(header=f'<x:chargeBoxIdentity xmlns:x="{CP}">CB1</x:chargeBoxIdentity>').encode(),
        f"the header chargeBoxIdentity must be of {CS}; this is {{{CP}}}chargeBoxIdentity",
    ),
    "elements in an identity": (
        envelope(header=IDENTITY.replace("CB1", "CB<b/>1")).encode(),
        "chargeBoxIdentity must be a text",
    ),
    "the namespace of the other service": (
        envelope(HEARTBEAT.replace("/>", f' xmlns:cs="{CP}"/>')).encode(),
        f"here it must be '{CS}'",
    ),
    "no namespace": (envelope("<heartbeatRequest/>").encode(), f"of the namespace ''; here it must be '{CS}'"),
    "elements in a value": (authorize("A<b/>B").encode(), "idTag must be a value"),
    "a value twice": (authorize("A</cs:idTag><cs:idTag>B").encode(), "idTag stands there twice"),
    "a value twice in two namespaces": (
        authorize('A</cs:idTag><idTag xmlns="urn:x">B</idTag><cs:idTag>').encode(),
        "twice",
    ),
    "a value elsewhere in the document": (authorize('<a href="#t"/>').encode(), "idTag must be a value"),
}


@pytest.mark.parametrize(("document", "reason"), WRONG.values(), ids=WRONG)
def test_what_is_no_message_gets_a_protocol_error(
    document: bytes, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    fault = refused(document, caplog)

    assert (fault.code, fault.subcode, fault.status) == (Code.SENDER, Subcode.PROTOCOL_ERROR, 400)
    assert reason in fault.reason


OTHERWISE = {
    "SOAP 1.1": (
        envelope(soap="http://schemas.xmlsoap.org/soap/envelope/"),
        (Code.VERSION_MISMATCH, None, 500),
        "this is SOAP 1.1; OCPP is spoken in SOAP 1.2",
    ),
    "SOAP of nobody's": (envelope(soap="urn:x"), (Code.VERSION_MISMATCH, None, 500), "this is {urn:x}Envelope"),
    "a root that is no envelope": ("<a/>", (Code.VERSION_MISMATCH, None, 500), "this is {}a"),
    "a header that must be understood": (
        envelope(header='<x:Security xmlns:x="urn:x" e:mustUnderstand="1"/>'),
        (Code.MUST_UNDERSTAND, None, 500),
        "the header {urn:x}Security is not understood here",
    ),
    "a message that there is not": (
        envelope("<cs:resetRequest/>"),
        (Code.RECEIVER, Subcode.NOT_SUPPORTED, 501),
        "CentralSystemService has no message 'resetRequest'",
    ),
    "an answer instead of a request": (
        envelope("<cs:heartbeatResponse/>"),
        (Code.RECEIVER, Subcode.NOT_SUPPORTED, 501),
        "CentralSystemService has no message 'heartbeatResponse'",
    ),
    "a name of a megabyte": (
        envelope(f"<cs:{'x' * 1_000_000}/>"),
        (Code.RECEIVER, Subcode.NOT_SUPPORTED, 501),
        "CentralSystemService has no message 'xxx",
    ),
}


@pytest.mark.parametrize(("document", "expected", "reason"), OTHERWISE.values(), ids=OTHERWISE)
def test_what_is_another_message_gets_the_fault_of_its_kind(
    document: str, expected: tuple[Code, Subcode | None, int], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    fault = refused(document.encode(), caplog)

    assert (fault.code, fault.subcode, fault.status) == expected
    assert reason in fault.reason


def test_nothing_is_kept_of_the_names_that_strangers_make_up() -> None:
    def document(number: int) -> bytes:
        return authorize("".join(f"<n{number}-{i:060d}/>" for i in range(10_000))).encode()

    def read(numbers: range) -> None:
        for number in numbers:
            with pytest.raises(SoapFault):
                endpoint(SERVICE).read(document(number))

    read(range(10))
    before = memory()
    read(range(10, 60))

    # Their names have 35 MB.
    assert memory() - before < 10 * 1024 * 1024


def refused(document: bytes, caplog: pytest.LogCaptureFixture) -> SoapFault:
    """The fault that a document meets; the envelope that tells it is one that clients understand."""
    here = endpoint(SERVICE)
    with watched(document, caplog), pytest.raises(SoapFault) as caught:
        here.read(document)

    fault = caught.value
    with pytest.raises(client.RefusedError) as told:
        client.answer(SERVICE, SERVICE.operation("Heartbeat"), here.refusal(fault))
    assert (told.value.code, told.value.subcode, told.value.reason) == (fault.code, fault.subcode, fault.reason)
    assert len(fault.reason) <= 500
    return fault
