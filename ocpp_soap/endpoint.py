"""One service without sockets: the bytes of a request in, a call out; its payload in, the bytes of the answer out.

What is done in between is the caller's; spyne writes the answer.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from spyne.context import MethodContext
from spyne.server import ServerBase

from ocpp_soap import faults
from ocpp_soap.elements import Element
from ocpp_soap.envelope import parse
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


class Endpoint(ServerBase):
    """One service of one version; it keeps nothing of a call."""

    transport = HTTP_TRANSPORT

    def __init__(self, service: Service) -> None:
        super().__init__(application(service))
        self.service = service
        self._operations = {self._name(each): each for each in service.operations}

    def read(self, data: bytes) -> SoapCall:
        """Raises SoapFault."""
        document = parse(data, self.service.namespace)
        header, body = document.header, document.body
        try:
            operation = self._operation(body)
            return SoapCall(operation, header, payload_of(operation.request, body))
        except SoapFault as fault:
            fault.header = header
            raise

    def answer(self, call: SoapCall, payload: Mapping[str, Any]) -> bytes:
        """The envelope that answers a call. Raises ValueError for a payload that is no such answer."""
        with self._context() as context:
            [context.descriptor] = self.app.interface.service_method_map[self._name(call.operation)]
            context.in_header_doc = call.header
            context.udc = message_of(call.operation.answer, payload, self.service.namespace)
            self.get_in_object(context)
            self.get_out_object(context)
            self.get_out_string(context)
            return b"".join(context.out_string)

    def refusal(self, fault: SoapFault, header: Header | None = None) -> bytes:
        """The envelope that refuses one; `header` is the call's, where it could be read."""
        told = header or fault.header
        return faults.document(fault, self.service.namespace, told.message_id if told else None)

    @contextmanager
    def _context(self) -> Iterator[Any]:
        """What spyne knows of one call. Its parts know it and themselves: emptied, they go when the call does.

        The collector, which would free them, is spared while messages pass (engine/runtime.py).
        """
        context = MethodContext(self, MethodContext.SERVER)
        try:
            yield context
        finally:
            for part in (context.inprot_ctx, context.outprot_ctx, context):
                vars(part).clear()

    def _name(self, operation: Operation) -> str:
        """Of the element that asks for it."""
        return f"{{{self.service.namespace}}}{operation.element}Request"

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
