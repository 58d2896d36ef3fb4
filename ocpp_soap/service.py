"""A service of a version as spyne's application: document/literal, bare, SOAP 1.2 with WS-Addressing."""

from functools import cache
from typing import Any

from spyne import Application, ServiceBase, Unicode, rpc
from spyne.model.complex import ComplexModel, ComplexModelMeta, XmlData
from spyne.protocol.soap import Soap12

from ocpp_soap.envelope import IDENTITY
from ocpp_soap.kinds import Operation, Service
from ocpp_soap.models import model
from ocpp_soap.namespaces import HTTP_TRANSPORT
from ocpp_soap.outgoing import envelope


class OcppSoap(Soap12):
    """spyne's protocol, which is given what was read (endpoint.py) and writes into our own envelope (outgoing.py)."""

    def deserialize(self, ctx: Any, message: Any) -> None:
        """The body is read already (payloads.py)."""
        ctx.in_object = ()

    def serialize(self, ctx: Any, message: Any) -> None:
        root, body = envelope(self.app.tns, f"/{ctx.descriptor.operation_name}Response", ctx.in_header_doc.message_id)
        answer = ctx.descriptor.out_message
        self.to_parent(ctx, answer, ctx.out_object[0], body, self.app.tns, answer.Attributes.sub_name)
        ctx.out_document = root


@cache
def application(service: Service) -> Application:
    """One for each service and process; it holds no state of a call."""
    content = {"__namespace__": service.namespace, "_type_info": [("value", XmlData(Unicode))]}
    header = ComplexModelMeta(IDENTITY, (ComplexModel,), content)
    methods = {each.name: _method(each, service.namespace) for each in service.operations}
    members: dict[str, Any] = {"__in_header__": header, **methods}
    served = Application(
        [type(ServiceBase)(service.name, (ServiceBase,), members)],
        tns=service.namespace,
        name=service.name,
        in_protocol=OcppSoap(),
        out_protocol=OcppSoap(),
    )
    served.transport = HTTP_TRANSPORT
    return served


def _method(operation: Operation, namespace: str) -> Any:
    """What spyne calls; the answer was found before (endpoint.py)."""

    def serve(ctx: Any) -> Any:
        return ctx.udc

    def serve_request(ctx: Any, request: Any) -> Any:
        return ctx.udc

    takes = [model(operation.request, namespace)] if operation.request.fields else []
    function = serve_request if takes else serve
    function.__name__ = operation.name
    name = f"{{{namespace}}}{operation.element}"
    return rpc(
        *takes,
        _returns=model(operation.answer, namespace),
        _body_style="bare",
        _in_message_name=f"{name}Request",
        _out_message_name=f"{name}Response",
    )(function)
