"""Clients that generators make of a description, ours and the published one, speak with our services."""

from datetime import datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from typing import Any

import pytest
import zeep
from hypothesis import given
from requests import Response
from zeep.helpers import serialize_object

from ocpp_soap.endpoint import CONTENT_TYPE, Endpoint, SoapCall, endpoint
from ocpp_soap.faults import Code, SoapFault, Subcode
from ocpp_soap.kinds import MOMENT, Operation, Record, Service
from ocpp_soap.wsdl import wsdl
from tests.ocpp_soap.messages import IDENTITY, IDS, OPERATIONS, STATION, generated, headers, payloads
from tests.ocpp_soap.published import FOLDER, PUBLISHED, name_of

EXAMPLES = 4
AT_HAND = ("ours",) if FOLDER is None else ("ours", "published")


class Wire(zeep.Transport):
    """What goes out is served at once; no socket is opened."""

    def __init__(self, here: Endpoint) -> None:
        super().__init__()
        self.here = here
        self.answers: Any = {}
        self.call: SoapCall | None = None
        self.sent, self.received = b"", b""
        self.content_type = ""

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> Response:
        assert address == STATION
        self.sent, self.content_type = message, headers["Content-Type"]
        response = Response()
        response.status_code = 200
        try:
            self.call = self.here.read(message)
            if isinstance(self.answers, SoapFault):
                raise self.answers
            self.received = self.here.answer(self.call, self.answers)
        except SoapFault as fault:
            response.status_code = fault.status
            self.received = self.here.refusal(fault, self.call and self.call.header)
        response._content, response.encoding = self.received, "utf-8"
        response.headers["Content-Type"] = CONTENT_TYPE
        return response


@cache
def made_from(description: str, service: Service) -> tuple[Wire, Any]:
    """A wire, and what zeep calls on it."""
    wire = Wire(endpoint(service))
    source = wsdl(service, "http://elsewhere.example/")
    if description == "published":
        assert FOLDER is not None
        source = (FOLDER / PUBLISHED[service]).read_bytes()
    client = zeep.Client(BytesIO(source), transport=wire, settings=zeep.Settings(strict=True))
    return wire, client.create_service(f"{{{service.namespace}}}{service.name}Soap", STATION)


@pytest.mark.parametrize("description", AT_HAND)
@pytest.mark.parametrize(("service", "operation"), OPERATIONS, ids=IDS)
def test_every_operation_is_called_and_answered(service: Service, operation: Operation, description: str) -> None:
    wire, proxy = made_from(description, service)

    @generated(EXAMPLES)
    @given(payloads(operation.request), payloads(operation.answer))
    def check(payload: dict, answer: dict) -> None:
        wire.answers = answer
        result = proxy[operation.name](
            **for_zeep(operation.request, payload), _soapheaders={"ChargeBoxIdentity": IDENTITY}
        )

        assert wire.call is not None
        assert (wire.call.operation, wire.call.payload) == (operation, payload)
        assert wire.call.header.identity == IDENTITY
        assert f'action="/{operation.name}"' in wire.content_type
        sent = headers(wire.sent)
        assert sent["Action"] == f"/{operation.name}"
        assert from_zeep(operation.answer, result) == comparable(operation.answer, answer)
        said = headers(wire.received)
        assert (said["Action"], said["RelatesTo"]) == (f"/{operation.name}Response", sent["MessageID"])

    check()


@pytest.mark.parametrize("description", AT_HAND)
@pytest.mark.parametrize("service", PUBLISHED, ids=name_of)
def test_a_refusal_is_a_fault_with_its_subcode(service: Service, description: str) -> None:
    wire, proxy = made_from(description, service)
    wire.answers = SoapFault(Code.SENDER, Subcode.SECURITY_ERROR, "the station CB1 is not known here")
    operation = service.operations[0]

    with pytest.raises(zeep.exceptions.Fault) as refused:
        proxy[operation.name](**dict.fromkeys(operation.request.fields, "1"))

    assert refused.value.message == "the station CB1 is not known here"
    assert refused.value.code == "env:Sender"
    assert [(each.namespace, each.localname) for each in refused.value.subcodes] == [
        (service.namespace, "SecurityError")
    ]


def for_zeep(record: Record, payload: dict[str, Any]) -> dict[str, Any]:
    """A payload as a person would hand it to zeep: times as times, the text beside attributes by its own name."""
    return {
        "_value_1" if record.fields[name].is_content else name: _out(record.fields[name].kind, value)
        for name, value in payload.items()
    }


def _out(kind: Any, value: Any) -> Any:
    if isinstance(value, list):
        return [_out(kind, each) for each in value]
    if isinstance(kind, Record):
        return for_zeep(kind, value)
    return value


def from_zeep(record: Record, result: Any) -> dict[str, Any]:
    """What zeep read, without what was not there. Of an answer with one field zeep gives that alone."""
    found = serialize_object(result, dict)
    if not isinstance(found, dict) or (len(record.fields) == 1 and not set(found) & set(record.fields)):
        found = {} if found is None else dict.fromkeys(record.fields, found)
    return _present(found)


def _present(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _present(each) for name, each in value.items() if each not in (None, [])}
    if isinstance(value, list):
        return [_present(each) for each in value]
    return float(value) if isinstance(value, Decimal) else value


def comparable(record: Record, payload: dict[str, Any]) -> dict[str, Any]:
    """A payload as zeep reads it: times are times, and an empty text is none."""
    return _present({name: _in(record.fields[name].kind, value) for name, value in payload.items()})


def _in(kind: Any, value: Any) -> Any:
    if isinstance(value, list):
        return [_in(kind, each) for each in value]
    if isinstance(kind, Record):
        return comparable(kind, value)
    return datetime.fromisoformat(value) if kind == MOMENT else None if value == "" else value
