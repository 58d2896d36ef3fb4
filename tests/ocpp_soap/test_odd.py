"""Documents that look odd, or large, and say one thing all the same: that is read."""

import pytest

from ocpp_soap.endpoint import endpoint
from ocpp_soap.v15 import V15
from tests.ocpp_soap.envelopes import AUTHORIZE, BOOT, CS, IDENTITY, authorize, envelope
from tests.ocpp_soap.watching import watched

SERVICE = V15.central_system


def many(attribute: str) -> str:
    return " ".join(attribute.format(number) for number in range(10_000))


HARMLESS = {
    "UTF-16": (authorize("Tæg").encode("utf-16"), "Tæg"),
    "UTF-16 that says so": (
        envelope(AUTHORIZE.format("Tæg"), prolog='<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16-be"),
        "Tæg",
    ),
    "UTF-8 with a mark": (authorize("Tæg").encode("utf-8-sig"), "Tæg"),
    "Latin-1 that says so": (
        envelope(AUTHORIZE.format("Tæg"), prolog='<?xml version="1.0" encoding="ISO-8859-1"?>').encode("latin-1"),
        "Tæg",
    ),
    "XML 1.1": (envelope(AUTHORIZE.format("T"), prolog='<?xml version="1.1"?>').encode(), "T"),
    "a comment in a value": (authorize("AB<!-- C -->DE").encode(), "ABDE"),
    "a comment that looks like an end": (authorize("AB<!-- </cs:idTag> -->DE").encode(), "ABDE"),
    "CDATA": (authorize("A<![CDATA[B<&C]]>D").encode(), "AB<&CD"),
    "a document type in CDATA": (authorize("<![CDATA[<!DOCTYPE a>]]>").encode(), "<!DOCTYPE a>"),
    "an instruction in a value": (authorize("AB<?php echo 1 ?>DE").encode(), "ABDE"),
    "an instruction before all": (
        envelope(AUTHORIZE.format("T"), prolog='<?xml-stylesheet href="http://127.0.0.1:9/"?>').encode(),
        "T",
    ),
    "a character by its number": (authorize("&#x54;&#228;&amp;&lt;&quot;").encode(), 'Tä&<"'),
    "a character beyond sixteen bits": (authorize("\U0001f50c").encode(), "\U0001f50c"),
    "space around a value": (authorize("\r\n\t T \n").encode(), "T"),
    "a type of its own": (authorize("T").replace("<cs:idTag>", '<cs:idTag xsi:type="cs:Anything">').encode(), "T"),
    "an identifier": (authorize("T").replace("<cs:idTag>", '<cs:idTag xml:id="a" id="a" href="#a">').encode(), "T"),
    "an identifier twice": (
        envelope(AUTHORIZE.format("T"), IDENTITY.replace("ty>CB", 'ty xml:id="a">CB'))
        .replace("<cs:idTag>", '<cs:idTag xml:id="a">')
        .encode(),
        "T",
    ),
    "an inclusion": (
        envelope(
            AUTHORIZE.format("T"),
            IDENTITY + '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>',
        ).encode(),
        "T",
    ),
    "the default namespace": (
        envelope(f'<authorizeRequest xmlns="{CS}"><idTag>T</idTag></authorizeRequest>').encode(),
        "T",
    ),
    "no namespace within": (envelope("<cs:authorizeRequest><idTag>T</idTag></cs:authorizeRequest>").encode(), "T"),
    "an attribute of a megabyte": (
        authorize("T").replace("<cs:idTag>", f'<cs:idTag a="{"x" * 1_000_000}">').encode(),
        "T",
    ),
    "ten thousand attributes": (
        authorize("T").replace("<cs:idTag>", "<cs:idTag " + many("a{}=''") + ">").encode(),
        "T",
    ),
    "ten thousand namespaces": (
        authorize("T").replace("<cs:idTag>", "<cs:idTag " + many("xmlns:a{0}='u:{0}'") + ">").encode(),
        "T",
    ),
    "a text of a megabyte": (authorize("x" * 1_000_000).encode(), "x" * 1_000_000),
    "a text in a hundred thousand pieces": (authorize("x<!---->" * 120_000).encode(), "x" * 120_000),
    "a hundred thousand comments before all": (
        envelope(AUTHORIZE.format("T"), prolog="<!---->" * 120_000).encode(),
        "T",
    ),
}


@pytest.mark.parametrize(("document", "tag"), HARMLESS.values(), ids=HARMLESS)
def test_what_looks_odd_and_says_one_thing_is_read(document: bytes, tag: str, caplog: pytest.LogCaptureFixture) -> None:
    with watched(document, caplog):
        call = endpoint(SERVICE).read(document)

    assert call.payload == {"idTag": tag}
    assert call.header.identity == "CB1"


@pytest.mark.parametrize("said", ["true", "1"])
def test_nil_is_as_if_it_were_not_there(said: str) -> None:
    document = envelope(BOOT.format(f'<cs:iccid xsi:nil="{said}">8945</cs:iccid><cs:imsi xsi:nil="false">2</cs:imsi>'))

    assert endpoint(SERVICE).read(document.encode()).payload == {
        "chargePointVendor": "V",
        "chargePointModel": "M",
        "imsi": "2",
    }
