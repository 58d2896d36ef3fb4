"""Personal API keys through real requests: what opens, for whom, and what never does."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import api_keys
from domain.clock import now
from domain.models import ChargingSession, PersonalApiKey, PortalUser, Site, Station, System
from domain.roles import RoleName
from portal.api_keys import READ_ONLY
from tests.portal.api.client import ApiClient
from tests.portal.people import add_person, sign_in
from tests.statements import recorded

SIGN_INS = ("SecurityApi.login", "SecurityApi.refresh")
"""Where no key is asked for."""
REFUSED = (401, {"message": "Not authorized"})


def program(portal: Flask, key: str) -> ApiClient:
    return ApiClient(portal.test_client(), key)


def key_of(db: Session, user: PortalUser, name: str = "Program", **more: object) -> str:
    key = api_keys.make(db, user.id, name, **more)
    db.commit()
    return key


@pytest.fixture
def mads(db: Session, portal: Flask) -> PortalUser:
    """An EV user."""
    return add_person(db, RoleName.EV_USER, "mads@example.com")


@pytest.fixture
def key(db: Session, mads: PortalUser) -> str:
    return key_of(db, mads)


@pytest.fixture
def two_sites(db: Session, portal: Flask) -> list[Site]:
    """Each with a station of the same number."""
    sites = [Site(name="Harbour"), Site(name="Station Road")]
    db.add_all(sites)
    db.flush()
    for site in sites:
        db.add(Station(site_id=site.id, name=f"{site.name} 1", charge_box_id=f"{site.name}-1"))
    db.commit()
    return sites


def test_each_role_may_with_a_key_just_what_it_may_itself(portal: Flask, db: Session, two_sites: list[Site]) -> None:
    expected = {
        RoleName.ADMINISTRATOR: ([1, 2], 200, 201),
        RoleName.SITE_ADMINISTRATOR: ([1], 404, 403),
        RoleName.SUPPORT: ([1, 2], 200, 201),
        RoleName.EV_USER: (None, 403, 403),
    }
    for role, (seen, foreign, made) in expected.items():
        sites = two_sites[:1] if role is RoleName.SITE_ADMINISTRATOR else []
        own = program(portal, key_of(db, add_person(db, role, f"{role.name}@example.com".lower(), sites=sites)))
        status, answer = own.get("stations/")
        assert (status, answer.get("ids")) == ((200, seen) if seen else (403, None)), role
        assert own.get("stations/2")[0] == foreign, role
        assert own.put("stations/2", {"name": "Mine now"})[0] == foreign, role
        assert own.post("sites/", {"name": f"Made by {role}"})[0] == made, role
        assert own.delete("sites/999")[0] == (404 if made == 201 else 403), role
    assert db.scalars(select(ChargingSession.id)).all() == []


def test_an_ev_users_key_reads_their_own_sessions(portal: Flask, db: Session, mads: PortalUser, key: str) -> None:
    assert program(portal, key).get("charging_sessions/") == (200, {"count": 0, "ids": [], "result": []})


def test_rights_and_rows_are_those_of_the_owner_at_the_moment(
    portal: Flask, db: Session, two_sites: list[Site]
) -> None:
    owner = add_person(db, RoleName.SITE_ADMINISTRATOR, "bo@example.com", sites=two_sites)
    own = program(portal, key_of(db, owner))
    assert own.get("stations/")[1]["ids"] == [1, 2]
    owner.sites = two_sites[1:]
    db.commit()
    assert own.get("stations/")[1]["ids"] == [2]
    owner.roles = []
    db.commit()
    assert own.get("stations/") == REFUSED


@pytest.mark.parametrize("wrong", ["unknown", "cut", "bare", "long", "latin", "inner blank", "revoked", "expired"])
def test_what_does_not_hold_is_refused_without_saying_why(
    portal: Flask, db: Session, mads: PortalUser, key: str, wrong: str
) -> None:
    written = {
        "unknown": "cp_" + "A" * 43,
        "cut": key[:-1],
        "bare": "cp_",
        "long": key * 100,
        "latin": "cp_æøå",
        "inner blank": f"{key} {key}",
        "revoked": key,
        "expired": key_of(db, mads, "Old", expires_at=now()),
    }[wrong]
    if wrong == "revoked":
        api_keys.revoke_all(db, mads.id)
        db.commit()
    assert program(portal, written).get("charging_sessions/") == REFUSED


def test_somebody_deactivated_has_no_key_until_they_are_back(
    portal: Flask, db: Session, mads: PortalUser, key: str
) -> None:
    own = program(portal, key)
    mads.active = False
    db.commit()
    assert own.get("charging_sessions/") == REFUSED
    mads.active = True
    db.commit()
    assert own.get("charging_sessions/")[0] == 200


def test_revoking_ends_a_key_at_once(portal: Flask, db: Session, mads: PortalUser, key: str) -> None:
    own = program(portal, key)
    assert own.get("charging_sessions/")[0] == 200
    api_keys.revoke_all(db, mads.id)
    db.commit()
    assert own.get("charging_sessions/") == REFUSED


def test_a_key_counts_before_the_browser_it_comes_from(portal: Flask, administrator: object, key: str) -> None:
    """Else what a key may would depend on who happens to be signed in."""
    own = ApiClient(administrator.http, key)  # type: ignore[attr-defined]
    assert own.get("sites/")[0] == 403
    assert own.get("_openapi")[0] == 200


def test_a_key_opens_no_page_and_makes_no_token(portal: Flask, key: str) -> None:
    browser = portal.test_client()
    header = {"Authorization": f"Bearer {key}"}
    for path in ("/", "/settings/", "/statistics/", "/statistics/export/csv"):
        assert browser.get(path, headers=header).location.startswith("/login/")
    assert browser.post("/settings/", headers=header, data={"section": "sign-ins"}).status_code == 400
    assert program(portal, key).call("POST", "security/refresh")[0] == 401


def test_there_is_no_way_to_make_or_read_keys_in_the_api(portal: Flask, db: Session) -> None:
    """Flask-AppBuilder brings one (/api/v1/security/api_keys/), which must not appear."""
    own = program(portal, key_of(db, add_person(db, RoleName.ADMINISTRATOR, "ida@example.com")))
    for path in ("security/api_keys/", "security/api_keys/1", "personal_api_keys/", "api_keys/"):
        assert own.get(path)[0] == 404
        assert own.post(path, {"name": "Another"})[0] == 404


def test_a_key_changes_neither_the_password_nor_the_e_mail_of_its_owner(portal: Flask, db: Session) -> None:
    ida = add_person(db, RoleName.ADMINISTRATOR, "ida@example.com")
    own = program(portal, key_of(db, ida))
    for name, value in (("password", "another-0002"), ("email", "eve@example.com")):
        said = {name: ["Your own is changed in the user settings only."]}
        assert own.put(f"users/{ida.id}", {name: value}) == (422, {"message": said})
    assert own.put(f"users/{ida.id}", {"first_name": "Ida"})[0] == 200


def test_who_must_have_a_second_factor_and_has_none_gets_nowhere_with_a_key(
    portal: Flask, db: Session, mads: PortalUser, key: str
) -> None:
    system = db.scalars(select(System)).one()
    system.second_factor_roles = [RoleName.EV_USER]
    db.commit()
    said = "Your role signs in with a second factor; set it up in the portal first"
    assert program(portal, key).get("charging_sessions/") == (403, {"message": said})
    mads.totp_secret = "encrypted"
    db.commit()
    assert program(portal, key).get("charging_sessions/")[0] == 200


def test_reading_writes_at_most_once_a_minute(portal: Flask, db: Session, mads: PortalUser, key: str) -> None:
    own = program(portal, key)
    with recorded() as statements:
        for _ in range(3):
            assert own.get("charging_sessions/")[0] == 200
    written = [each.split()[1] for each in statements if each.startswith(("UPDATE", "INSERT", "DELETE"))]
    assert written == ["personal_api_key"]
    db.expire_all()
    assert db.scalars(select(PersonalApiKey)).one().last_used_at is not None


def test_keys_of_two_at_once_never_see_each_others_rows(portal: Flask, db: Session, two_sites: list[Site]) -> None:
    keys = [
        key_of(db, add_person(db, RoleName.SITE_ADMINISTRATOR, f"{number}@example.com", sites=[site]))
        for number, site in enumerate(two_sites)
    ]
    seen: dict[int, set[tuple[int, ...]]] = {0: set(), 1: set()}
    both_ready = threading.Barrier(4)

    def ask(number: int) -> None:
        own = program(portal, keys[number])
        both_ready.wait()
        for _ in range(10):
            seen[number].add(tuple(own.get("stations/")[1]["ids"]))

    threads = [threading.Thread(target=ask, args=(number,)) for number in (0, 1, 0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {0: {(1,)}, 1: {(2,)}}


def test_the_description_names_both_ways_to_sign_in(portal: Flask, db: Session, mads: PortalUser) -> None:
    document = sign_in(portal, mads).get("/api/v1/_openapi").json
    assert document["security"] == [{"key": []}, {"token": []}]
    assert sorted(document["components"]["securitySchemes"]) == ["key", "service", "token"]
    assert document["paths"]["/api/v1/security/refresh"]["post"]["security"] == [{"token": []}]


def test_a_read_only_key_changes_nothing_at_any_door(portal: Flask, db: Session) -> None:
    """Also not at those that will be made one day: every route of the API is tried by every method."""
    ida = add_person(db, RoleName.ADMINISTRATOR, "ida@example.com")
    reading = program(portal, key_of(db, ida, is_read_only=True))
    assert reading.get("sites/")[0] == 200
    tried = 0
    for rule in portal.url_map.iter_rules():
        of_services = rule.endpoint.startswith("parking.")
        if not rule.rule.startswith("/api/") or rule.endpoint in SIGN_INS or of_services:
            continue
        path = portal.url_map.bind("").build(rule.endpoint, dict.fromkeys(rule.arguments, 1))
        for method in {"POST", "PUT", "PATCH", "DELETE"} & rule.methods:
            assert reading.call(method, path.removeprefix("/api/v1/"), json={}) == (403, {"message": READ_ONLY}), path
            tried += 1
    assert tried > 20


def test_what_a_read_only_key_may_read_is_what_its_owner_may(portal: Flask, db: Session, two_sites: list[Site]) -> None:
    owner = add_person(db, RoleName.SITE_ADMINISTRATOR, "bo@example.com", sites=two_sites[:1])
    reading, all_rights = (
        program(portal, key_of(db, owner, name, is_read_only=is_read_only))
        for name, is_read_only in (("Reads", True), ("Writes", False))
    )
    assert reading.get("stations/") == all_rights.get("stations/")
    assert reading.get("stations/2")[0] == 404
    assert reading.post("floors/", {"name": "Roof", "site": two_sites[0].id}) == (403, {"message": READ_ONLY})
    assert all_rights.post("floors/", {"name": "Roof", "site": two_sites[0].id})[0] == 201


def test_calls_with_keys_are_limited_by_person(
    portal: Flask, db: Session, mads: PortalUser, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(portal.config, "API_CALL_LIMIT", "3 per minute")
    own, other = program(portal, key), program(portal, key_of(db, mads, "Other"))
    assert [each.get("charging_sessions/")[0] for each in (own, other, own, other)] == [200, 200, 200, 429]
    header = {"Authorization": f"Bearer {key}"}
    refused = portal.test_client().get("/api/v1/charging_sessions/", headers=header)
    assert refused.json == {
        "message": f"Too many calls: 3 per 1 minute are answered. Try again in {refused.headers['Retry-After']} s"
    }
    eva = add_person(db, RoleName.EV_USER, "eva@example.com")
    assert program(portal, key_of(db, eva)).get("charging_sessions/")[0] == 200
