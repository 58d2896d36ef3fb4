"""What is wrong is answered with the field and the reason, and never with a fault of ours."""

from typing import Any

import pytest

from tests.portal.api.client import ApiClient

HUGE = 2**63
MISSING = "Missing data for required field."
NO_TEXT = "Not a valid string."
NO_INTEGER = "Not a valid integer."
UNSTORABLE = "Contains a character that cannot be stored."
IN_RANGE = "Must be greater than or equal to 1 and less than or equal to {}."


@pytest.fixture
def rows(api: ApiClient) -> dict[str, int]:
    """One row of each kind, and a floor on another site."""
    site = api.make("sites/", name="Central")
    other = api.make("sites/", name="Harbour")
    station = api.make("stations/", name="CC-101", charge_box_id="CB-101", site=site)
    api.make("floors/", name="P1", site=site)
    api.make("outlets/", station=station, number=1)
    api.make("id_tokens/", token="04a1b2c3")
    return {"site": site, "station": station, "floor_elsewhere": api.make("floors/", name="Quay", site=other)}


STATION: dict[str, Any] = {"name": "CC-102", "charge_box_id": "CB-102", "site": "<site>"}
FLOOR: dict[str, Any] = {"name": "P2", "site": "<site>"}
OUTLET: dict[str, Any] = {"station": "<station>", "number": 2}

WRONG = [
    ("sites/", {}, {"name": [MISSING]}),
    ("sites/", {"name": "Central"}, {"name": ["Another site has this name."]}),
    ("sites/", {"name": " Central "}, {"name": ["Another site has this name."]}),
    ("sites/", {"name": ""}, {"name": ["Length must be between 1 and 100."]}),
    ("sites/", {"name": "   "}, {"name": ["Length must be between 1 and 100."]}),
    ("sites/", {"name": "x" * 101}, {"name": ["Length must be between 1 and 100."]}),
    ("sites/", {"name": None}, {"name": ["Field may not be null."]}),
    ("sites/", {"name": 5}, {"name": [NO_TEXT]}),
    ("sites/", {"name": ["x"]}, {"name": [NO_TEXT]}),
    ("sites/", {"name": "a\0b"}, {"name": [UNSTORABLE]}),
    ("sites/", {"name": "\ud800"}, {"name": [UNSTORABLE]}),
    ("sites/", {"name": "x", "color": "red"}, {"color": ["Unknown field."]}),
    ("sites/", {"name": "x", "id": 4}, {"id": ["Read-only."]}),
    ("sites/", {"name": "x", "description": "y" * 10_001}, {"description": ["Longer than maximum length 10000."]}),
    (
        "sites/",
        {"name": "x", "time_zone": "Mars/Olympus"},
        {"time_zone": ["Not a time zone, such as Europe/Copenhagen."]},
    ),
    (
        "sites/",
        {"name": "x", "latitude": 90.1},
        {"latitude": ["Must be greater than or equal to -90 and less than or equal to 90."]},
    ),
    ("sites/", {"name": "x", "latitude": "55"}, {"latitude": ["Not a valid number."]}),
    ("sites/", {"name": "x", "latitude": True}, {"latitude": ["Not a valid number."]}),
    (
        "sites/",
        {"name": "x", "latitude": float("nan")},
        {"latitude": ["Special numeric values (nan or infinity) are not permitted."]},
    ),
    ("sites/", {"name": "x", "longitude": 10**400}, {"longitude": ["Number too large."]}),
    ("sites/", [], {"_schema": ["Invalid input type."]}),
    ("sites/", "text", {"_schema": ["Invalid input type."]}),
    ("floors/", {"name": "P2"}, {"site": [MISSING]}),
    ("floors/", FLOOR | {"name": "P1"}, {"name": ["Another floor of the site has this name."]}),
    ("floors/", FLOOR | {"site": 999_999}, {"site": ["There is no site 999999."]}),
    ("floors/", FLOOR | {"site": 0}, {"site": [IN_RANGE.format(2147483647)]}),
    ("floors/", FLOOR | {"site": -1}, {"site": [IN_RANGE.format(2147483647)]}),
    ("floors/", FLOOR | {"site": HUGE}, {"site": [IN_RANGE.format(2147483647)]}),
    ("floors/", FLOOR | {"site": "1"}, {"site": [NO_INTEGER]}),
    ("floors/", FLOOR | {"site": 1.5}, {"site": [NO_INTEGER]}),
    ("floors/", FLOOR | {"site": True}, {"site": [NO_INTEGER]}),
    ("floors/", FLOOR | {"site": None}, {"site": ["Field may not be null."]}),
    ("floors/", FLOOR | {"site": {"id": 1}}, {"site": [NO_INTEGER]}),
    ("stations/", {}, {"name": [MISSING], "charge_box_id": [MISSING], "site": [MISSING]}),
    (
        "stations/",
        STATION | {"charge_box_id": "CB-101"},
        {"charge_box_id": ["Another station has this charge box id."]},
    ),
    ("stations/", STATION | {"charge_box_id": "x" * 101}, {"charge_box_id": ["Length must be between 1 and 100."]}),
    ("stations/", STATION | {"floor": "<floor_elsewhere>"}, {"floor": ["The floor is not on the station's site."]}),
    ("stations/", STATION | {"floor": 999_999}, {"floor": ["There is no floor 999999."]}),
    (
        "stations/",
        STATION | {"site": 999_999, "floor": 999_999},
        {"site": ["There is no site 999999."], "floor": ["There is no floor 999999."]},
    ),
    ("stations/", STATION | {"kind": "toaster"}, {"kind": ["Must be one of: charging_station, supply_controller."]}),
    ("stations/", STATION | {"kind": ["charging_station"]}, {"kind": [NO_TEXT]}),
    ("stations/", STATION | {"online": True}, {"online": ["Read-only."]}),
    ("outlets/", OUTLET | {"number": 1}, {"number": ["Another outlet of the station has this number."]}),
    ("outlets/", OUTLET | {"number": 0}, {"number": [IN_RANGE.format(32767)]}),
    ("outlets/", OUTLET | {"number": -1}, {"number": [IN_RANGE.format(32767)]}),
    ("outlets/", OUTLET | {"number": 40_000}, {"number": [IN_RANGE.format(32767)]}),
    ("outlets/", OUTLET | {"station": 999_999}, {"station": ["There is no station 999999."]}),
    ("outlets/", OUTLET | {"mode": "OPEN"}, {"mode": ["Must be one of: open, rfid."]}),
    ("outlets/", OUTLET | {"uuid": "a0445f2b-3c6f-46cf-89b5-58009b658f34"}, {"uuid": ["Read-only."]}),
    ("id_tokens/", {}, {"token": [MISSING]}),
    ("id_tokens/", {"token": "04A1B2C3"}, {"token": ["This tag is registered already, in this or another writing."]}),
    ("id_tokens/", {"token": "x" * 65}, {"token": ["A tag has at most 36 letters and digits."]}),
    ("id_tokens/", {"token": "x", "user": 999_999}, {"user": ["There is no user 999999."]}),
    ("id_tokens/", {"token": "x", "blocked": "yes"}, {"blocked": ["Not a valid boolean."]}),
    ("id_tokens/", {"token": "x", "blocked": 1}, {"blocked": ["Not a valid boolean."]}),
    ("id_tokens/", {"token": "x", "expires_at": "tomorrow"}, {"expires_at": ["Not a valid datetime."]}),
    ("id_tokens/", {"token": "x", "expires_at": 1795366433}, {"expires_at": ["Not a valid datetime."]}),
    (
        "id_tokens/",
        {"token": "x", "expires_at": "2027-01-01T00:00:00"},
        {"expires_at": ["Not a valid aware datetime."]},
    ),
    (
        "id_tokens/",
        {"token": "x", "expires_at": "0001-01-01T00:00:00+14:00"},
        {"expires_at": ["Must be in the years 1970 to 9998."]},
    ),
]


def _filled(body: Any, rows: dict[str, int]) -> Any:
    if not isinstance(body, dict):
        return body
    return {
        name: rows.get(str(value).strip("<>"), value) if str(value).startswith("<") else value
        for name, value in body.items()
    }


@pytest.mark.parametrize(("path", "body", "reasons"), WRONG)
def test_a_wrong_body_is_refused_with_field_and_reason(
    api: ApiClient, rows: dict[str, int], path: str, body: Any, reasons: dict[str, list[str]]
) -> None:
    before = api.get(path)
    assert api.post(path, _filled(body, rows)) == (422, {"message": reasons})
    assert api.get(path) == before


def test_a_change_is_checked_like_a_creation(api: ApiClient, rows: dict[str, int]) -> None:
    key = api.make("stations/", **_filled(STATION, rows))
    path = f"stations/{key}"
    before = api.get(path)
    assert api.put(path, {"charge_box_id": "CB-101"}) == (
        422,
        {"message": {"charge_box_id": ["Another station has this charge box id."]}},
    )
    assert api.put(path, {"floor": rows["floor_elsewhere"]}) == (
        422,
        {"message": {"floor": ["The floor is not on the station's site."]}},
    )
    assert api.put(path, {"status": "available", "colour": 1}) == (
        422,
        {"message": {"status": ["Read-only."], "colour": ["Unknown field."]}},
    )
    assert api.get(path) == before
    assert api.put(path, {}) == before


def test_what_places_a_floor_or_an_outlet_cannot_be_changed(api: ApiClient, rows: dict[str, int]) -> None:
    refused = (422, {"message": {"site": ["Cannot be changed."]}})
    assert api.put(f"floors/{rows['floor_elsewhere']}", {"site": rows["site"]}) == refused
    outlet = api.get("outlets/")[1]["ids"][0]
    refused = (422, {"message": {"station": ["Cannot be changed."]}})
    assert api.put(f"outlets/{outlet}", {"station": rows["station"]}) == refused


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "The request is not JSON"),
        ({"data": {"name": "x"}}, "The request is not JSON"),
        ({"data": "", "content_type": "application/json"}, "The body is not JSON"),
        ({"data": "{name: x}", "content_type": "application/json"}, "The body is not JSON"),
        ({"data": b'{"name": "\xff"}', "content_type": "application/json"}, "The body is not JSON"),
        ({"data": "[" * 60_000, "content_type": "application/json"}, "The body is not JSON"),
        ({"data": '{"latitude": ' + "9" * 5000 + "}", "content_type": "application/json"}, "The body is not JSON"),
    ],
)
def test_what_is_no_json_is_refused(api: ApiClient, options: dict[str, Any], message: str) -> None:
    assert api.call("POST", "sites/", **options) == (400, {"message": message})


def test_null_is_json_but_no_row(api: ApiClient) -> None:
    answer = api.call("POST", "sites/", data="null", content_type="application/json")
    assert answer == (422, {"message": {"_schema": ["Invalid input type."]}})


def test_a_body_that_is_too_large_is_refused(api: ApiClient) -> None:
    assert api.post("sites/", {"name": "x", "description": "y" * 70_000})[0] == 413
