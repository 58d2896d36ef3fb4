"""One service without sockets: the bytes of a request in, a call out; its payload in, the bytes of the answer out.

spyne finds the method that a body belongs to and writes the answer; what is done in between is the caller's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from spyne.context import MethodContext
from spyne.server import ServerBase

from ocpp_soap import faults
from ocpp_soap.elements import Element
from ocpp_soap.faults import Code, SoapFault, Subcode
from ocpp_soap.header import Header
from ocpp_soap.kinds import Operation, Service
from ocpp_soap.namespaces import HTTP_TRANSPORT
from ocpp_soap.payloads import Payload, message_of, payload_of
from ocpp_soap.service import application

CONTENT_TYPE = "application/soap+xml; charset=utf-8"
NOT_IMPLEMENTED = 501


@dataclass(frozen=True, slots=True)
class SoapCall:
    """One request."""

    operation: Operation
    header: Header
    payload: Payload
    context: Any = field(repr=False)
    """spyne's own."""


class Endpoint(ServerBase):
    """One service of one version; it keeps nothing of a call."""

    transport = HTTP_TRANSPORT

    def __init__(self, service: Service) -> None:
        super().__init__(application(service))
        self.service = service
        self._operations = {f"{{{service.namespace}}}{each.element}Request": each for each in service.operations}

    def read(self, data: bytes) -> SoapCall:
        """Raises SoapFault."""
        context = MethodContext(self, MethodContext.SERVER)
        context.in_string = [data]
        [context] = self.generate_contexts(context)
        header, body = context.in_header_doc, context.in_body_doc
        try:
            operation = self._operation(body)
            return SoapCall(operation, header, payload_of(operation.request, body), context)
        except SoapFault as fault:
            fault.header = header
            raise

    def answer(self, call: SoapCall, payload: Mapping[str, Any]) -> bytes:
        """The envelope that answers a call. Raises ValueError for a payload that is no such answer."""
        context = call.context
        context.udc = message_of(call.operation.answer, payload, self.service.namespace)
        self.get_in_object(context)
        self.get_out_object(context)
        self.get_out_string(context)
        return b"".join(context.out_string)

    def refusal(self, fault: SoapFault, header: Header | None = None) -> bytes:
        """The envelope that refuses one; `header` is the call's, where it could be read."""
        told = header or fault.header
        return faults.document(fault, self.service.namespace, told.message_id if told else None)

    def _operation(self, body: Element) -> Operation:
        operation = self._operations.get(str(body))
        if operation is not None:
            return operation
        if body.namespace != self.service.namespace:
            reason = f"the message is of the namespace {body.namespace!r}; here it must be {self.service.namespace!r}"
            raise faults.protocol_error(reason)
        reason = f"{self.service.name} has no message {body.name!r}"
        raise SoapFault(Code.RECEIVER, Subcode.NOT_SUPPORTED, reason, NOT_IMPLEMENTED)


@cache
def endpoint(service: Service) -> Endpoint:
    """That of this process."""
    return Endpoint(service)
