"""/api/v1/users/: provisioning by programs, with the domain's rules."""

from typing import Any

import pytest
from flask import Flask
from flask_jwt_extended import create_access_token
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import users
from domain.models import IdToken, PortalUser, Site, site_driver
from domain.roles import RoleName
from domain.user_details import UserDetails
from tests.portal.api.client import ApiClient
from tests.portal.conftest import EMAIL
from tests.statements import recorded

MADS = {
    "first_name": "Mads",
    "last_name": "Krogh",
    "email": "mads.krogh@example.com",
    "password": "charge2026",
    "role": "EV user",
}
SHOWN = {"sites": [], "alarm_email": False, "id_tokens": [], "active": True, "last_here_at": None}
GONE = (404, {"message": "Not found"})


def shown(key: int, **values: Any) -> dict[str, Any]:
    """The whole answer about a user."""
    return {"id": key, **{name: value for name, value in MADS.items() if name != "password"}, **SHOWN, **values}


def client_of(portal: Flask, user: PortalUser) -> ApiClient:
    with portal.app_context():
        return ApiClient(portal.test_client(), create_access_token(identity=user.get_id()))


@pytest.fixture
def site(api: ApiClient) -> int:
    return api.make("sites/", name="Copenhagen Central")


def test_an_ev_user_from_beginning_to_end(api: ApiClient, db: Session) -> None:
    status, answer = api.post("users/", MADS | {"email": " Mads.Krogh@Example.com", "id_tokens": ["DEADBEEF", "7"]})
    key = answer["id"]
    user = shown(key, id_tokens=["DEADBEEF", "7"])
    assert (status, answer) == (201, {"id": key, "result": user})
    assert api.get(f"users/{key}") == (200, {"id": key, "result": user})
    changed = user | {"last_name": "Lund", "id_tokens": ["DEADBEEF", "8"]}
    change = {"last_name": " Lund ", "id_tokens": ["3735928559", "8"], "password": "charge2027"}
    assert api.put(f"users/{key}", change) == (200, {"id": key, "result": changed})
    assert api.get(f"users/{key}") == (200, {"id": key, "result": changed})
    off = changed | {"active": False}
    assert api.put(f"users/{key}", {"active": False}) == (200, {"id": key, "result": off})
    assert api.delete(f"users/{key}") == (200, {"message": "OK"})
    assert api.get(f"users/{key}") == api.put(f"users/{key}", {"last_name": "x"}) == api.delete(f"users/{key}") == GONE
    assert db.scalars(select(IdToken)).all() == []


def test_a_site_administrator_is_given_sites(api: ApiClient, site: int) -> None:
    body = MADS | {"role": "Site administrator", "sites": [site], "alarm_email": True}
    key = api.make("users/", **body)
    user = shown(key, role="Site administrator", sites=[site], alarm_email=True)
    assert api.get(f"users/{key}")[1]["result"] == user
    assert api.put(f"users/{key}", {"sites": []}) == (422, {"message": {"sites": ["Missing data for required field."]}})
    support = shown(key, role="Support")
    assert api.put(f"users/{key}", {"role": "Support"}) == (200, {"id": key, "result": support})


def test_what_was_answered_can_be_sent_back(api: ApiClient, site: int) -> None:
    """With the empty fields of other roles in it."""
    key = api.make("users/", **MADS, id_tokens=["7"])
    whole = api.get(f"users/{key}")[1]["result"]
    given = {name: value for name, value in whole.items() if name not in ("id", "last_here_at")}
    assert api.put(f"users/{key}", given) == (200, {"id": key, "result": whole})


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"first_name": ""}, {"first_name": ["Length must be between 1 and 64."]}),
        ({"first_name": " "}, {"first_name": ["Length must be between 1 and 64."]}),
        ({"email": "mads"}, {"email": ["Not an e-mail."]}),
        ({"email": EMAIL.upper()}, {"email": ["First Administrator has this e-mail already."]}),
        ({"password": "short1"}, {"password": ["A password has at least 8 characters."]}),
        ({"password": None}, {"password": ["Field may not be null."]}),
        ({"password": 12345678}, {"password": ["Not a valid string."]}),
        ({"role": "King"}, {"role": ["Must be one of: Administrator, Site administrator, Support, EV user."]}),
        ({"alarm_email": True}, {"alarm_email": ["The role EV user does not have this field."]}),
        ({"sites": [1]}, {"sites": ["The role EV user does not have this field."]}),
        (
            {"role": "Administrator", "id_tokens": ["1"]},
            {"id_tokens": ["The role Administrator does not have this field."]},
        ),
        (
            {"role": "Site administrator", "sites": [99, 2**31 - 1]},
            {"sites": ["There is no site 99.", f"There is no site {2**31 - 1}."]},
        ),
        ({"sites": ["1"]}, {"sites": {"0": ["Not a valid integer."]}}),
        ({"sites": 1}, {"sites": ["Not a valid list."]}),
        ({"id_tokens": "12"}, {"id_tokens": ["Not a valid list."]}),
        ({"id_tokens": ["12", "0xC"]}, {"id_tokens": ["The tag 0xC stands here twice, in this or another writing."]}),
        (
            {"id_tokens": ["\0"]},
            {"id_tokens": ["A tag has none but the letters A to Z, digits and signs such as - and :."]},
        ),
        ({"id_tokens": [str(n) for n in range(101)]}, {"id_tokens": ["Longer than maximum length 100."]}),
        ({"id": 7}, {"id": ["Read-only."]}),
        ({"last_here_at": None}, {"last_here_at": ["Read-only."]}),
        ({"roles": ["Administrator"]}, {"roles": ["Unknown field."]}),
        ({"totp_secret": "x"}, {"totp_secret": ["Unknown field."]}),
    ],
)
def test_what_is_wrong_is_said_of_its_field(api: ApiClient, db: Session, change: Any, reasons: Any) -> None:
    assert api.post("users/", MADS | change) == (422, {"message": reasons})
    assert list(db.scalars(select(PortalUser.email))) == [EMAIL]


def test_what_is_needed_is_said(api: ApiClient) -> None:
    needed = ["Missing data for required field."]
    assert api.post("users/", {}) == (
        422,
        {"message": dict.fromkeys(("first_name", "last_name", "email", "password", "role"), needed)},
    )


def test_a_tag_of_another_is_refused(api: ApiClient) -> None:
    api.make("users/", **MADS, id_tokens=["DE AD BE EF"])
    other = MADS | {"email": "other@example.com", "id_tokens": ["3735928559"]}
    reason = "Mads Krogh has the tag 3735928559 already."
    assert api.post("users/", other) == (422, {"message": {"id_tokens": [reason]}})


def test_the_last_administrator_stays(api: ApiClient) -> None:
    last = "This is the last administrator."
    assert api.delete("users/1") == (409, {"message": last})
    assert api.put("users/1", {"role": "Support"}) == (422, {"message": {"role": [last]}})
    assert api.put("users/1", {"active": False}) == (422, {"message": {"active": [last]}})


def test_a_password_is_never_answered_filtered_or_sorted_by(api: ApiClient) -> None:
    api.make("users/", **MADS)
    status, answer = api.get("users/")
    assert (status, answer["count"]) == (200, 2)
    assert not {"password", "totp_secret", "recovery_code_hashes"} & set(answer["result"][0])
    for q in (
        {"order_column": "password"},
        {"columns": ["password"]},
        {"filters": [{"col": "password", "opr": "sw", "value": "scrypt"}]},
    ):
        assert api.get("users/", q)[0] == 400, q
    assert "password" not in api.get("users/_info")[1]["filters"]


def test_a_list_is_filtered_and_sorted(api: ApiClient) -> None:
    for name, role in (("a", "Support"), ("b", "EV user"), ("c", "EV user")):
        api.make("users/", **MADS | {"email": f"{name}@example.com", "role": role})

    def found(**q: Any) -> list[str]:
        status, answer = api.get("users/", q)
        assert status == 200, answer
        return [row["email"] for row in answer["result"]]

    ev_users = {"col": "role", "opr": "eq", "value": "EV user"}
    assert found(filters=[ev_users], order_column="email", order_direction="desc") == ["c@example.com", "b@example.com"]
    assert found(order_column="role") == [EMAIL, "b@example.com", "c@example.com", "a@example.com"]
    assert found(filters=[{"col": "email", "opr": "sw", "value": "A@"}]) == ["a@example.com"]
    assert found(order_column="last_here_at", page_size=1) == [EMAIL]


def test_a_list_takes_as_many_statements_for_many_as_for_one(api: ApiClient, site: int) -> None:
    taken = []
    for number in (1, 8):
        for n in range(number):
            api.make("users/", **MADS | {"email": f"{number}-{n}@example.com"}, id_tokens=[f"{number}00{n}"])
        with recorded() as statements:
            assert api.get("users/")[0] == 200
        taken.append(len(statements))
    assert taken[0] == taken[1] < 12


@pytest.fixture
def keeper(portal: Flask, db: Session, api: ApiClient, site: int) -> ApiClient:
    """A site administrator of a site where one driver, 2, has charged; another, 3, has charged elsewhere."""
    driver, stranger = (
        api.make("users/", **MADS | {"email": f"{name}@example.com"}) for name in ("driver", "stranger")
    )
    elsewhere = Site(name="Elsewhere")
    db.add(elsewhere)
    db.flush()
    rows = [{"site_id": site, "user_id": driver}, {"site_id": elsewhere.id, "user_id": stranger}]
    db.execute(site_driver.insert(), rows)
    details = {"role": RoleName.SITE_ADMINISTRATOR, "email": "keeper@example.com", "sites": [site]}
    user = users.add(db, UserDetails(first_name="K", last_name="K", password="charge2026", **details))
    db.commit()
    return client_of(portal, user)


def test_a_site_administrator_reads_names_and_emails_of_drivers(keeper: ApiClient) -> None:
    driver = {"id": 2, "first_name": "Mads", "last_name": "Krogh", "email": "driver@example.com"}
    assert keeper.get("users/") == (200, {"count": 1, "ids": [2], "result": [driver]})
    assert keeper.get("users/2") == (200, {"id": 2, "result": driver})
    assert keeper.get("users/", {"columns": ["email", "id_tokens"]})[1]["result"] == [{"email": "driver@example.com"}]
    for key in (1, 3, 4, 99):
        assert keeper.get(f"users/{key}") == GONE
    for q in ({"order_column": "role"}, {"filters": [{"col": "active", "opr": "eq", "value": True}]}):
        assert keeper.get("users/", q)[0] == 400, q
    info = keeper.get("users/_info")[1]
    assert (sorted(info["filters"]), info["permissions"]) == (
        ["email", "first_name", "id", "last_name"],
        ["can_get", "can_info"],
    )


def test_a_site_administrator_writes_nothing(keeper: ApiClient) -> None:
    assert keeper.post("users/", MADS)[0] == 403
    for key in (1, 2, 3, 4):
        assert keeper.put(f"users/{key}", {"role": "Administrator"})[0] == 403
        assert keeper.delete(f"users/{key}")[0] == 403


@pytest.mark.parametrize("role", [RoleName.SUPPORT, RoleName.EV_USER])
def test_others_come_to_no_door(portal: Flask, db: Session, role: RoleName) -> None:
    details = {"role": role, "email": "other@example.com", "first_name": "O", "last_name": "O"}
    user = users.add(db, UserDetails(password="charge2026", **details))
    db.commit()
    client = client_of(portal, user)
    for path in ("users/", f"users/{user.id}", "users/1", "users/_info"):
        assert client.get(path)[0] == 403, path
    assert client.put(f"users/{user.id}", {"role": "Administrator"})[0] == 403
    assert client.post("users/", MADS)[0] == 403
