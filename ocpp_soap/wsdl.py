"""The description of a service, as generators of clients read it: spyne's own, with what it leaves out."""

from functools import cache

from lxml import etree
from spyne.interface.wsdl import Wsdl11

from ocpp_soap.envelope import IDENTITY
from ocpp_soap.kinds import Service
from ocpp_soap.namespaces import WSAW, WSDL, WSDL_SOAP12, XSD
from ocpp_soap.service import application

PLACE = "http://address.invalid/"
"""Where the address comes to stand under which the description was asked for."""
HEADER_PART = "ChargeBoxIdentity"
NAMES = {"w": WSDL, "s": WSDL_SOAP12, "x": XSD}


def wsdl(service: Service, address: str) -> bytes:
    """`address` is where the service is called."""
    document = etree.fromstring(_template(service))
    for place in document.iter(f"{{{WSDL_SOAP12}}}address"):
        place.set("location", address)
    return bytes(etree.tostring(document, xml_declaration=True, encoding="UTF-8"))


@cache
def _template(service: Service) -> bytes:
    written = Wsdl11(application(service).interface)
    written.build_interface_document(PLACE)
    document = etree.fromstring(written.get_interface_document())
    _tell_actions(document)
    _name_as_published(document, service)
    return bytes(etree.tostring(document))


def _tell_actions(document: etree._Element) -> None:
    """By these a client knows which operation a message is for; stations know them with the slash."""
    for operation in document.iterfind("w:binding/w:operation", NAMES):
        operation.find("s:operation", NAMES).set("soapAction", f"/{operation.get('name')}")
    for operation in document.iterfind("w:portType/w:operation", NAMES):
        action = f"/{operation.get('name')}"
        operation.find("w:input", NAMES).set(f"{{{WSAW}}}Action", action)
        operation.find("w:output", NAMES).set(f"{{{WSAW}}}Action", f"{action}Response")
    for transport in document.iterfind("w:binding/s:binding", NAMES):
        transport.addnext(etree.Element(f"{{{WSAW}}}UsingAddressing", nsmap={"wsaw": WSAW}))


def _name_as_published(document: etree._Element, service: Service) -> None:
    """What programs made from the published description know by name, and spyne calls otherwise."""
    for part in document.iterfind("w:message/w:part", NAMES):
        part.set("name", HEADER_PART if part.get("name") == IDENTITY else "parameters")
    for header in document.iterfind("w:binding/w:operation/w:input/s:header", NAMES):
        header.set("part", HEADER_PART)
    for operation in document.iterfind("w:portType/w:operation", NAMES):
        # It names parts, of which there is one alone.
        del operation.attrib["parameterOrder"]
    binding, port = document.find("w:binding", NAMES), document.find("w:service/w:port", NAMES)
    binding.set("name", f"{service.name}Soap")
    port.set("binding", f"tns:{service.name}Soap")
    port.set("name", f"{service.name}Soap12")
    schema = document.find("w:types/x:schema", NAMES)
    schema.remove(schema.find(f"x:complexType[@name='{IDENTITY}']", NAMES))
    schema.find(f"x:element[@name='{IDENTITY}']", NAMES).set("type", "xs:string")
    for element in schema.findall("x:element", NAMES):
        if element.get("name")[0].isupper():
            # spyne makes every type an element too.
            schema.remove(element)
    for each in service.operations:
        if not each.request.fields:
            name, tag = each.request.name, f"{each.element}Request"
            schema.find(f"x:complexType[@name='{tag}']", NAMES).set("name", name)
            schema.find(f"x:element[@name='{tag}']", NAMES).set("type", f"tns:{name}")
