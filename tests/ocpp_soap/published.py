"""What a WSDL says, as lines that can be compared: whoever wrote it, however it names its types."""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from lxml.etree import _Element

from ocpp_soap.kinds import Service
from ocpp_soap.v12 import V12
from ocpp_soap.v15 import V15
from ocpp_soap.v16 import V16

HERE = Path(__file__).parent
FACTS = HERE / "facts"
PLACES = [parent / "shared" / "wsdl" for parent in HERE.parents]
FOLDER = next((place for place in PLACES if place.is_dir()), None)
"""The published descriptions. They are free to use and not ours to hand on, so they lie beside the checkout, if at all;
what they say is in FACTS."""

PUBLISHED: dict[Service, str] = {
    V12.central_system: "centralsystemservice_0.wsdl",
    V12.charge_point: "chargepointservice.wsdl",
    V15.central_system: "ocpp_centralsystemservice_1.5_final.wsdl",
    V15.charge_point: "ocpp_chargepointservice_1.5_final.wsdl",
    V16.central_system: "OCPP_CentralSystemService_1.6.wsdl",
    V16.charge_point: "OCPP_ChargePointService_1.6.wsdl",
}

NAMES = {
    "w": "http://schemas.xmlsoap.org/wsdl/",
    "s": "http://schemas.xmlsoap.org/wsdl/soap12/",
    "x": "http://www.w3.org/2001/XMLSchema",
    "a": "http://www.w3.org/2006/05/addressing/wsdl",
    "p": "http://schemas.xmlsoap.org/ws/2004/09/policy",
}
ACTION = "{http://www.w3.org/2006/05/addressing/wsdl}Action"


def name_of(service: Service) -> str:
    """Such as Cs-2012-06, which is what the namespaces differ in."""
    return service.namespace.removeprefix("urn://Ocpp/").strip("/").replace("/", "-")


def facts_of(data: bytes) -> list[str]:
    """Each message with its fields in their order, then how the service is called."""
    document = etree.fromstring(data)
    schema = document.find("w:types/x:schema", NAMES)
    lines = [f"{schema.get('targetNamespace')} {schema.get('elementFormDefault')}"]
    for element in sorted(schema.findall("x:element", NAMES), key=lambda each: each.get("name")):
        lines += _of_element(schema, element, "")
    return lines + sorted(_of_operations(document))


def _of_element(schema: _Element, element: _Element, indent: str) -> Iterator[str]:
    least, most = element.get("minOccurs", "1"), element.get("maxOccurs", "1").replace("unbounded", "*")
    inner = element.find("x:complexType", NAMES)
    if inner is None:
        inner = _declared(schema, "complexType", element.get("type"))
    occurs = "" if (least, most) == ("1", "1") else f" {least}..{most}"
    void = " or nil" if element.get("nillable") == "true" else ""
    head = f"{indent}{element.get('name')}{occurs}{void}"
    if inner is None:
        yield f"{head}: {_simple(schema, element.get('type'))}"
        return
    extension = inner.find("x:simpleContent/x:extension", NAMES)
    yield head if extension is None else f"{head}: {_simple(schema, extension.get('base'))}"
    for each in () if extension is None else extension.findall("x:attribute", NAMES):
        yield f"{indent}  @{each.get('name')} {each.get('use')}: {_simple(schema, each.get('type'))}"
    for each in inner.findall("x:sequence/x:element", NAMES):
        yield from _of_element(schema, each, f"{indent}  ")


def _simple(schema: _Element, name: str) -> str:
    """A type by what it allows, such as string maxLength=20."""
    declared = _declared(schema, "simpleType", name)
    if declared is None:
        assert schema.nsmap[name.partition(":")[0]] == NAMES["x"], name
        return name.partition(":")[2]
    restriction = declared.find("x:restriction", NAMES)
    words = [each.get("value") for each in restriction.findall("x:enumeration", NAMES)]
    facets = [
        f"{etree.QName(each).localname}={each.get('value')}" for each in restriction if each.tag not in ENUMERATED
    ]
    return " ".join([declared.get("name"), _simple(schema, restriction.get("base")), *facets, "|".join(words)]).strip()


ENUMERATED = (f"{{{NAMES['x']}}}enumeration", f"{{{NAMES['x']}}}annotation")


def _declared(schema: _Element, tag: str, name: str) -> _Element | None:
    prefix, _, local = name.partition(":")
    if schema.nsmap[prefix] != schema.get("targetNamespace"):
        return None
    return schema.find(f"x:{tag}[@name='{local}']", NAMES)


def _of_operations(document: _Element) -> Iterator[str]:
    binding = document.find("w:binding", NAMES)
    port = document.find("w:service/w:port", NAMES)
    transport = binding.find("s:binding", NAMES)
    addressing = document.find(".//a:UsingAddressing", NAMES) is not None
    yield f"= service {port.getparent().get('name')} port {port.get('name')} binding {binding.get('name')}"
    yield f"= over {transport.get('transport')} {transport.get('style', 'document')} with addressing {addressing}"
    elements = {
        (message.get("name"), part.get("name")): part.get("element").partition(":")[2]
        for message in document.findall("w:message", NAMES)
        for part in message
    }
    for bound in binding.findall("w:operation", NAMES):
        name = bound.get("name")
        offered = document.find(f"w:portType/w:operation[@name='{name}']", NAMES)
        asked, answered = offered.find("w:input", NAMES), offered.find("w:output", NAMES)
        header = bound.find("w:input/s:header", NAMES)
        in_header = f"{header.get('part')}={elements[header.get('message').partition(':')[2], header.get('part')]}"
        soap = bound.find("s:operation", NAMES)
        # 1.2 tells no action of answers; it is the one that all versions have.
        actions = asked.get(ACTION), answered.get(ACTION) or f"/{name}Response"
        assert {each.get("use") for each in bound.iter(f"{{{NAMES['s']}}}body", f"{{{NAMES['s']}}}header")} == {
            "literal"
        }
        yield (
            f"{name} {soap.get('style')} {soap.get('soapAction')}: {_body(elements, asked)} {actions[0]}"
            f" with {in_header} -> {_body(elements, answered)} {actions[1]}"
        )


def _body(elements: dict[tuple[str, str], str], side: _Element) -> str:
    name = side.get("message").partition(":")[2]
    [said] = [f"{part}={element}" for (message, part), element in elements.items() if message == name]
    return said
