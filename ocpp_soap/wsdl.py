"""The description of a service, as generators of clients read it: spyne's own, with what it leaves out."""

from functools import cache

from lxml import etree
from spyne.interface.wsdl import Wsdl11

from ocpp_soap.kinds import Service
from ocpp_soap.namespaces import WSAW, WSDL, WSDL_SOAP12
from ocpp_soap.service import application

PLACE = "http://address.invalid/"
"""Where the address comes to stand under which the description was asked for."""


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
    # By these two a client knows which operation a message is for; stations know them with the slash.
    for operation in document.iter(f"{{{WSDL_SOAP12}}}operation"):
        operation.set("soapAction", f"/{operation.getparent().get('name')}")
    for operation in document.findall(f"{{{WSDL}}}portType/{{{WSDL}}}operation"):
        action = f"/{operation.get('name')}"
        operation.find(f"{{{WSDL}}}input").set(f"{{{WSAW}}}Action", action)
        operation.find(f"{{{WSDL}}}output").set(f"{{{WSAW}}}Action", f"{action}Response")
    return bytes(etree.tostring(document))
