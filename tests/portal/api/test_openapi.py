"""The description is complete and true."""

import re

import jsonschema_rs
import pytest
from flask import Flask

from domain.asking import checked_json
from domain.models import Action, Authorization
from portal.api.command_openapi import name_of
from tests.portal.api.client import ApiClient
from tests.portal.browser_like import Visitor


@pytest.fixture
def document(api: ApiClient) -> dict:
    status, document = api.get("_openapi")
    assert status == 200
    return document


def test_every_route_and_method_is_described_and_no_other(portal: Flask, document: dict) -> None:
    described = {
        (path, method.upper()) for path, item in document["paths"].items() for method in item if method != "parameters"
    }
    offered = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in portal.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint != "OpenApi.get"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == offered


def test_how_a_charge_was_allowed_is_told_by_each_number_there_is(document: dict) -> None:
    told = document["components"]["schemas"]["ChargingSession"]["properties"]["authorization"]
    assert told["enum"] == [each.value for each in Authorization]
    assert all(str(each.value) in told["description"] for each in Authorization)


def test_each_operation_describes_its_answers(document: dict) -> None:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            assert operation["summary"], path
            assert operation["operationId"], path
            assert "401" in operation["responses"], path
            assert any(status.startswith("2") for status in operation["responses"]), path


def test_references_lead_somewhere(document: dict) -> None:
    for kind, name in re.findall(r"#/components/(\w+)/(\w+)", str(document)):
        assert name in document["components"][kind]


def test_a_station_is_made_as_the_description_says(api: ApiClient, document: dict) -> None:
    station = document["components"]["schemas"]["Station"]
    assert sorted(station["required"]) == ["charge_box_id", "name", "site"]
    example = {name: station["properties"][name]["example"] for name in station["required"]}
    key = api.make("stations/", **example | {"site": api.make("sites/", name="Central")})
    answered = [name for name, field in station["properties"].items() if not field.get("writeOnly")]
    assert sorted(api.get(f"stations/{key}")[1]["result"]) == sorted(answered)


def test_only_required_fields_are_required(document: dict) -> None:
    schemas = document["components"]["schemas"]
    of_commands = {name_of(action) for action in Action} | {"ChargingProfile", "Period"}
    of_answers = {"ParkingCharge", "ParkingOutlet"}
    assert {
        name: sorted(schema["required"])
        for name, schema in schemas.items()
        if schema.get("required") and name not in of_commands | of_answers
    } == {
        "Filter": ["col", "opr", "value"],
        "FirmwareImage": ["version"],
        "FirmwareImageForm": ["file", "version"],
        "Floor": ["name", "site"],
        "IdToken": ["token"],
        "Login": ["password", "username"],
        "Outlet": ["number", "station"],
        "OutletValue": ["name", "service", "value"],
        "OutletValues": ["values"],
        "ParkingReference": ["reference"],
        "ParkingStart": ["outlet", "reference"],
        "Site": ["name"],
        "Station": ["charge_box_id", "name", "site"],
        "User": ["email", "first_name", "last_name", "password", "role"],
    }


@pytest.mark.parametrize("action", Action)
def test_each_command_is_described_as_it_is_checked(document: dict, action: Action) -> None:
    schema = document["components"]["schemas"][name_of(action)]
    example = dict(schema["example"])
    assert (example.pop("action"), schema["properties"]["action"]["enum"]) == (action, [action])
    example.pop("if_offline", None)
    asked = checked_json(action, example)
    assert set(type(asked).model_fields) == schema["properties"].keys() - {"action", "if_offline"}
    needed = {name for name, field in type(asked).model_fields.items() if field.is_required()}
    assert set(schema["required"]) == needed | {"action"}
    # By itself it lets the example pass.
    whole = {"$ref": f"#/components/schemas/{name_of(action)}", "components": document["components"]}
    assert jsonschema_rs.is_valid(whole, schema["example"])


def test_a_command_is_told_by_its_action(document: dict) -> None:
    schemas = document["components"]["schemas"]
    discriminator = schemas["CommandRequest"]["discriminator"]
    assert discriminator["propertyName"] == "action"
    assert discriminator["mapping"] == {action.value: f"#/components/schemas/{name_of(action)}" for action in Action}
    told = [each["$ref"] for each in schemas["CommandRequest"]["oneOf"]]
    assert sorted(told) == sorted(discriminator["mapping"].values())
    assert schemas["SetChargingProfileRequest"]["properties"]["outlet"] == {
        "type": "integer", "minimum": 1, "maximum": 100, "nullable": True,
        "description": "the outlet's number; without it the whole station",
    }  # fmt: skip


def test_it_speaks_the_words_of_openapi_30(document: dict) -> None:
    """Those of JSON Schema 2020-12, which pydantic speaks, are no part of it."""

    def words(part: object) -> set[str]:
        if isinstance(part, list):
            return set().union(*map(words, part)) if part else set()
        if not isinstance(part, dict):
            return set()
        return part.keys() | set().union(*map(words, part.values())) if part else set()

    assert not words(document["components"]["schemas"]) & {"$defs", "const", "prefixItems", "title"}
    assert "'null'" not in str(document)


def test_the_page_is_for_administrators_who_signed_in(administrator: Visitor) -> None:
    page = administrator.get("/swagger/v1")
    assert page.status_code == 200
    assert '"/api/v1/_openapi"' in page.text
    assert administrator.get("/api/v1/_openapi").status_code == 200
    assert administrator.get("/swagger/v2").status_code == 404


def test_the_page_is_not_for_strangers(visitor: Visitor) -> None:
    assert visitor.get("/swagger/v1").status_code == 302
    assert visitor.get("/api/v1/_openapi").status_code == 401
