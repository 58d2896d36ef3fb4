"""ID tokens, and how stations read them, by program."""

import pytest
from flask import Flask
from flask_jwt_extended import create_access_token
from sqlalchemy.orm import Session

from domain.id_tokens import TagFault
from domain.models import IdToken
from domain.roles import RoleName
from tests.portal.api.client import ApiClient
from tests.portal.people import add_person


def test_a_tag_is_told_with_all_that_holds_for_it(api: ApiClient) -> None:
    told = {
        "token": " de:ad:be:ef ",
        "description": "Van 7",
        "user": 1,
        "parent_token": "FLEET",
        "blocked": True,
        "valid_from_at": "2027-01-01T00:00:00Z",
        "expires_at": "2027-12-31T23:00:00Z",
    }
    kept = told | {"id": 1, "token": "de:ad:be:ef", "identity": "3735928559"}
    assert api.post("id_tokens/", told) == (201, {"id": 1, "result": kept})
    status, answer = api.put("id_tokens/1", {"parent_token": "", "token": "12345678"})
    assert (status, answer["result"]["parent_token"], answer["result"]["identity"]) == (200, None, "12345678")


@pytest.mark.parametrize("written", ["3735928559", "DEADBEEF", "0xdeadbeef"])
def test_a_tag_in_another_writing_is_taken(api: ApiClient, written: str) -> None:
    api.make("id_tokens/", token="DE AD BE EF")
    other = api.make("id_tokens/", token="1")
    taken = (422, {"message": {"token": ["This tag is registered already, in this or another writing."]}})
    assert api.post("id_tokens/", {"token": written}) == taken
    assert api.put(f"id_tokens/{other}", {"token": written}) == taken


@pytest.mark.parametrize(
    ("token", "fault"),
    [
        ("--", TagFault.EMPTY),
        ("A" * 37, TagFault.TOO_LONG),
        ("1,2", TagFault.SEVERAL),
        ("٣", TagFault.STRANGE),
        ("1.5E9", TagFault.ROUNDED),
    ],
)
def test_what_is_no_tag(api: ApiClient, token: str, fault: TagFault) -> None:
    assert api.post("id_tokens/", {"token": token}) == (422, {"message": {"token": [fault.value]}})


def test_what_a_tag_is_follows_from_it(api: ApiClient) -> None:
    assert api.post("id_tokens/", {"token": "1", "identity": "2"}) == (422, {"message": {"identity": ["Read-only."]}})


def test_the_end_comes_after_the_beginning(api: ApiClient) -> None:
    wrong = (422, {"message": {"expires_at": ["Must be after valid_from_at."]}})
    noon = "2027-01-01T12:00:00Z"
    assert api.post("id_tokens/", {"token": "1", "valid_from_at": noon, "expires_at": noon}) == wrong
    pk = api.make("id_tokens/", token="2", valid_from_at=noon)
    assert api.put(f"id_tokens/{pk}", {"expires_at": "2027-01-01T11:00:00Z"}) == wrong
    assert api.get(f"id_tokens/{pk}")[1]["result"]["expires_at"] is None


def test_a_tag_is_found_in_any_writing(api: ApiClient) -> None:
    pk = api.make("id_tokens/", token="DE AD BE EF")
    api.make("id_tokens/", token="1")
    for written in ("3735928559", "de-ad-be-ef"):
        asked = {"filters": [{"col": "identity", "opr": "eq", "value": written}]}
        assert api.get("id_tokens/", asked)[1]["ids"] == [pk]


def test_an_ev_user_reads_their_own(portal: Flask, db: Session, api: ApiClient) -> None:
    eva = add_person(db, RoleName.EV_USER, "eva@example.com")
    db.add_all([IdToken(token="1", user_id=eva.id), IdToken(token="2")])
    db.commit()
    with portal.app_context():
        driver = ApiClient(api.http, create_access_token(identity=eva.get_id()))
    assert driver.get("id_tokens/")[1]["ids"] == [1]
    assert driver.get("id_tokens/1")[0] == 200
    assert driver.get("id_tokens/2") == driver.get("id_tokens/4711") == (404, {"message": "Not found"})
    for method, path in (("POST", ""), ("PUT", "1"), ("DELETE", "1"), ("PUT", "2")):
        assert driver.call(method, f"id_tokens/{path}", json={"token": "3"})[0] == 403


def test_how_stations_read_tags(api: ApiClient) -> None:
    site = api.make("sites/", name="A", tag_byte_order="reversed")
    station = api.make("stations/", name="A1", charge_box_id="a1", site=site, tag_digits="hexadecimal")
    said = api.get(f"sites/{site}")[1]["result"]
    assert (said["tag_byte_order"], said["tag_digits"]) == ("reversed", None)
    said = api.get(f"stations/{station}")[1]["result"]
    assert (said["tag_byte_order"], said["tag_digits"]) == (None, "hexadecimal")
    said = api.put(f"stations/{station}", {"tag_digits": None, "tag_byte_order": "as_printed"})[1]["result"]
    assert (said["tag_byte_order"], said["tag_digits"]) == ("as_printed", None)
    assert api.put(f"stations/{station}", {"tag_digits": "octal"}) == (
        422, {"message": {"tag_digits": ["Must be one of: decimal, hexadecimal."]}},
    )  # fmt: skip
