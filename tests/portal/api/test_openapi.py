"""The description is complete and true."""

import re

import pytest
from flask import Flask

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
    assert {name: sorted(schema["required"]) for name, schema in schemas.items() if schema.get("required")} == {
        "Filter": ["col", "opr", "value"],
        "Floor": ["name", "site"],
        "IdToken": ["token"],
        "Login": ["password", "username"],
        "Outlet": ["number", "station"],
        "Site": ["name"],
        "Station": ["charge_box_id", "name", "site"],
        "User": ["email", "first_name", "last_name", "password", "role"],
    }


def test_the_page_is_for_administrators_who_signed_in(administrator: Visitor) -> None:
    page = administrator.get("/swagger/v1")
    assert page.status_code == 200
    assert '"/api/v1/_openapi"' in page.text
    assert administrator.get("/api/v1/_openapi").status_code == 200
    assert administrator.get("/swagger/v2").status_code == 404


def test_the_page_is_not_for_strangers(visitor: Visitor) -> None:
    assert visitor.get("/swagger/v1").status_code == 302
    assert visitor.get("/api/v1/_openapi").status_code == 401
