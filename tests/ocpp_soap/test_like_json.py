"""The payloads of OCPP 1.6 over SOAP are those of OCPP 1.6 over JSON, with the differences that v16.py tells of."""

from importlib.resources import files
from typing import Any

import jsonschema_rs
import orjson
import pytest
from hypothesis import assume, given

from ocpp_soap.endpoint import endpoint
from ocpp_soap.kinds import Operation, Service
from ocpp_soap.schema import Schema, schema_of
from ocpp_soap.v16 import V16
from tests.ocpp_soap.messages import generated, payloads, requested

OPERATIONS = [(service, each) for service in (V16.central_system, V16.charge_point) for each in service.operations]
MESSAGES = [
    pytest.param(record, f"{operation.name}{suffix}", id=f"{operation.name}{suffix}")
    for _, operation in OPERATIONS
    for record, suffix in ((operation.request, ""), (operation.answer, "Response"))
]
UNITS_OF_JSON = {"Celcius", "Hertz"}
CONTENT = ("type", "enum", "maxLength", "multipleOf")


def of_json(name: str) -> Schema:
    return orjson.loads(files("ocpp").joinpath("v16", "schemas", f"{name}.json").read_bytes())


@pytest.mark.parametrize(("record", "name"), MESSAGES)
def test_the_schemas_say_the_same(record: Any, name: str) -> None:
    assert comparable(schema_of(record)) == comparable(of_json(name))


def comparable(schema: Schema) -> Schema:
    """What both say; how many must be in a list is where they differ (below)."""
    told = {name: schema[name] for name in CONTENT if name in schema}
    if "enum" in told:
        told["enum"] = set(told["enum"]) - UNITS_OF_JSON
    if "items" in schema:
        told["items"] = comparable(schema["items"])
    if "properties" in schema:
        told["properties"] = {name: comparable(each) for name, each in schema["properties"].items()}
        told["required"] = set(schema.get("required", ())) - {"meterValue"}
    return told


@pytest.mark.parametrize(("service", "operation"), OPERATIONS, ids=[each.name for _, each in OPERATIONS])
def test_what_is_read_is_valid_over_json(service: Service, operation: Operation) -> None:
    judge = jsonschema_rs.Draft4Validator(of_json(operation.name), validate_formats=False)

    @generated(25)
    @given(payloads(operation.request))
    def check(payload: dict) -> None:
        # Over SOAP there may be none of it.
        assume(operation.name != "MeterValues" or "meterValue" in payload)
        read = endpoint(service).read(requested(service, operation, payload).body).payload
        assert list(judge.iter_errors(read)) == []

    check()
