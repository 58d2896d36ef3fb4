"""The second factor: set up, asked for at each door, demanded by role, removed."""

import html
import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import second_factor
from domain.clock import now
from domain.models import PortalUser, System
from domain.roles import RoleName
from tests.portal.browser_like import Visitor, errors, notes
from tests.portal.codes import SECRET, STEP, app_code, demand, with_second_factor
from tests.portal.conftest import EMAIL, PASSWORD
from tests.portal.people import PASSWORD as THEIR_PASSWORD
from tests.portal.people import add_person, sign_in

SHOWN_SECRET = re.compile(r'<code class="secret">([A-Z2-7 ]+)</code>')
SHOWN_CODES = re.compile(r"<li><code>([a-z2-7-]+)</code></li>")
WRONG_CODE = [("bad", "This code is not right, or it was used already.")]
PAGE = "/second_factor/"


@pytest.fixture
def user(portal: Flask, db: Session) -> PortalUser:
    """The administrator, who has a second factor since two minutes ago."""
    return with_second_factor(db)


def give(visitor: Visitor, code: str, path: str = "/login/code") -> object:
    return visitor.send(path, code=code)


# Setting it up


def set_up(visitor: Visitor) -> tuple[str, list[str]]:
    """The secret and the recovery codes."""
    page = visitor.get(PAGE)
    secret = SHOWN_SECRET.search(page.text)[1].replace(" ", "")
    answer = visitor.send("/second_factor/set_up", page=PAGE, code=app_code(secret))
    assert answer.status_code == 200
    return secret, SHOWN_CODES.findall(answer.text)


def test_it_is_set_up_with_an_app_and_the_codes_are_shown_once(administrator: Visitor, portal: Flask) -> None:
    page = administrator.get(PAGE)
    assert 'src="data:image/svg+xml' in html.unescape(page.text)
    secret, codes = set_up(administrator)
    assert len(set(codes)) == 10
    again = administrator.get(PAGE)
    assert "10 recovery codes are left." in again.text
    assert not any(code in again.text for code in (*codes, secret))
    visitor = Visitor(portal.test_client())
    assert visitor.sign_in(EMAIL, PASSWORD).location == "/login/code"
    assert give(visitor, codes[0]).location == "/"


def test_a_page_that_is_loaded_again_shows_the_same_key(administrator: Visitor) -> None:
    assert SHOWN_SECRET.search(administrator.get(PAGE).text)[1] == SHOWN_SECRET.search(administrator.get(PAGE).text)[1]


def test_the_key_does_not_stand_in_the_cookie(administrator: Visitor) -> None:
    secret = SHOWN_SECRET.search(administrator.get(PAGE).text)[1].replace(" ", "")
    with administrator.http.session_transaction() as cookie:
        assert secret not in str(dict(cookie))


def test_a_wrong_code_switches_nothing_on(administrator: Visitor, db: Session) -> None:
    administrator.get(PAGE)
    answer = administrator.send("/second_factor/set_up", page=PAGE, code="000000")
    said = "This is not the code that the app shows now. Is the phone's clock right?"
    assert (answer.status_code, errors(answer)) == (422, [said])
    assert db.scalars(select(PortalUser)).one().totp_secret is None


def test_a_second_key_never_replaces_the_first(administrator: Visitor, db: Session) -> None:
    set_up(administrator)
    kept = db.scalars(select(PortalUser.totp_secret)).one()
    answer = administrator.send("/second_factor/set_up", page=PAGE, code="123456")
    assert (answer.status_code, answer.location) == (302, PAGE)
    assert db.scalars(select(PortalUser.totp_secret)).one() == kept


def test_setting_it_up_ends_the_other_sign_ins_and_not_ones_own(portal: Flask, administrator: Visitor) -> None:
    other = Visitor(portal.test_client())
    assert other.sign_in(EMAIL, PASSWORD, remember="y").status_code == 302
    set_up(administrator)
    assert other.get("/").location == "/login/"
    assert administrator.get("/").status_code == 200


def test_a_browser_that_remembers_still_does_after_setting_it_up(portal: Flask) -> None:
    visitor = Visitor(portal.test_client())
    visitor.sign_in(EMAIL, PASSWORD, remember="y")
    set_up(visitor)
    visitor.http.delete_cookie("charge_portal")
    assert visitor.get("/").status_code == 200


# Signing in


def test_after_the_password_the_code_is_asked_for(visitor: Visitor, user: PortalUser) -> None:
    answer = visitor.sign_in(EMAIL, PASSWORD, path="/login/?next=/sites/")
    assert (answer.status_code, answer.location) == (302, "/login/code?next=/sites/")
    assert "charge_portal_remember" not in str(answer.headers)
    assert visitor.get("/sites/").location.startswith("/login/"), "the password alone opens nothing"
    assert give(visitor, app_code(), answer.location).location == "/sites/"
    assert visitor.get("/sites/").status_code == 200


def test_the_code_page_is_for_those_who_knew_the_password(visitor: Visitor, user: PortalUser) -> None:
    for answer in (visitor.get("/login/code"), visitor.send("/login/code", page="/login/", code=app_code())):
        assert (answer.status_code, answer.location) == (302, "/login/")
    assert visitor.sign_in(EMAIL, "wrong").status_code == 401
    assert visitor.get("/login/code").location == "/login/"


@pytest.mark.parametrize("remember", [True, False])
def test_who_wants_to_be_remembered_is(visitor: Visitor, user: PortalUser, remember: bool) -> None:
    visitor.sign_in(EMAIL, PASSWORD, **({"remember": "y"} if remember else {}))
    cookies = give(visitor, app_code()).headers.getlist("Set-Cookie")
    assert ("charge_portal_remember" in "".join(cookies)) is remember


def test_a_code_counts_once(portal: Flask, visitor: Visitor, user: PortalUser) -> None:
    code = app_code()
    visitor.sign_in(EMAIL, PASSWORD)
    assert give(visitor, code).status_code == 302
    other = Visitor(portal.test_client())
    other.sign_in(EMAIL, PASSWORD)
    answer = give(other, code)
    assert (answer.status_code, notes(answer)) == (401, WRONG_CODE)
    assert code not in answer.text
    assert other.get("/").location == "/login/"


def test_the_step_of_the_password_is_over_after_ten_minutes(visitor: Visitor, user: PortalUser) -> None:
    visitor.sign_in(EMAIL, PASSWORD)
    with visitor.http.session_transaction() as cookie:
        cookie["second_factor_step"] |= {"until": now().timestamp() - 1}
    assert visitor.get("/login/code").location == "/login/"


def test_the_step_of_the_password_ends_when_the_sign_ins_do(visitor: Visitor, db: Session, user: PortalUser) -> None:
    visitor.sign_in(EMAIL, PASSWORD)
    user.sign_in_number += 1
    db.commit()
    assert visitor.send("/login/code", page="/login/", code=app_code()).location == "/login/"


def test_wrong_codes_close_the_account_and_the_right_password_does_not_open_it(
    portal: Flask, visitor: Visitor, user: PortalUser
) -> None:
    """Else who knows the password could guess codes forever."""
    for _ in range(5):
        assert visitor.sign_in(EMAIL, PASSWORD).status_code == 302
        assert give(visitor, "000000").status_code == 401
    assert give(visitor, app_code()).status_code == 429
    assert Visitor(portal.test_client()).sign_in(EMAIL, PASSWORD).status_code == 429


def test_a_whole_sign_in_forgets_the_wrong_codes(portal: Flask, user: PortalUser) -> None:
    for code in (app_code(steps=-1), app_code(), app_code(steps=1)):
        visitor = Visitor(portal.test_client())
        visitor.sign_in(EMAIL, PASSWORD)
        for _ in range(7):
            assert give(visitor, "000000").status_code == 401
        assert give(visitor, code).status_code == 302


def test_nothing_of_before_lives_on_after_the_code(visitor: Visitor, user: PortalUser) -> None:
    visitor.sign_in(EMAIL, PASSWORD)
    with visitor.http.session_transaction() as cookie:
        cookie["planted"] = "x"
    give(visitor, app_code())
    with visitor.http.session_transaction() as cookie:
        assert not {"planted", "second_factor_step"} & set(cookie)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_way_back_never_leads_to_another_host(visitor: Visitor, user: PortalUser, target: str) -> None:
    answer = visitor.sign_in(EMAIL, PASSWORD, path=f"/login/?next={target}")
    assert give(visitor, app_code(), answer.location).location == "/"


# Demanded by role


def test_who_must_have_one_can_open_nothing_else(portal: Flask, db: Session) -> None:
    demand(db, RoleName.SUPPORT)
    bo = sign_in(portal, add_person(db, RoleName.SUPPORT, "bo@example.com"))
    for path in ("/", "/sites/", "/statistics/", "/system/edit/1", "/settings/", "/back", "/swagger/v1"):
        assert bo.get(path).location == PAGE, path
    answer = bo.get("/tree/children?node=system", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (403, {"message": "Set up your second factor first."})
    answer = bo.get("/api/v1/_openapi")
    said = "Your role signs in with a second factor; set it up in the portal first"
    assert (answer.status_code, answer.json) == (403, {"message": said})
    assert "Your role signs in with a code besides the password." in bo.get(PAGE).text
    set_up(bo)
    assert bo.get("/").status_code == 200


def test_others_are_not_asked(portal: Flask, administrator: Visitor, db: Session) -> None:
    demand(db, RoleName.SUPPORT, RoleName.EV_USER)
    assert administrator.get("/").status_code == 200


def test_who_removes_what_the_role_demands_is_led_back(portal: Flask, administrator: Visitor, db: Session) -> None:
    demand(db, RoleName.ADMINISTRATOR)
    set_up(administrator)
    assert administrator.send("/second_factor/remove", page=PAGE, password=PASSWORD).location == "/settings/"
    assert administrator.get("/").location == PAGE


def test_only_an_administrator_says_which_roles(portal: Flask, administrator: Visitor, db: Session) -> None:
    demand(db, RoleName.ADMINISTRATOR, RoleName.EV_USER)
    set_up(administrator)
    support = sign_in(portal, add_person(db, RoleName.SUPPORT, "bo@example.com"))
    assert "second_factor_roles" not in support.get("/system/edit/1").text
    changed = {
        "name": "Renamed",
        "description": "",
        "co2_avoided_g_per_kwh": "500",
        "silence_seconds": "120",
        "unregistered_seconds": "86400",
    }
    for attempt in ({}, {"second_factor_roles": [RoleName.SUPPORT.value]}):
        assert support.send("/system/edit/1", **changed, **attempt).status_code == 302
        db.expire_all()
        system = db.get_one(System, 1)
        assert (system.name, system.second_factor_roles) == ("Renamed", ["Administrator", "EV user"])
    answer = administrator.send("/system/edit/1", **changed, second_factor_roles=[RoleName.SUPPORT.value])
    assert answer.status_code == 302
    db.expire_all()
    assert db.get_one(System, 1).second_factor_roles == ["Support"]
    assert administrator.send("/system/edit/1", **changed, second_factor_roles=["Nobody"]).status_code == 422


# Removing it


def test_removing_it_asks_for_the_password(administrator: Visitor, db: Session) -> None:
    set_up(administrator)
    for wrong in ("wrong", "", "x" * 1000):
        answer = administrator.send("/second_factor/remove", page=PAGE, password=wrong)
        assert (answer.status_code, notes(answer)) == (422, [("bad", "This is not your password.")])
    assert administrator.send("/second_factor/remove", page=PAGE, password=PASSWORD).location == "/settings/"
    user = db.scalars(select(PortalUser)).one()
    assert (user.totp_secret, user.totp_last_step, user.recovery_code_hashes) == (None, None, [])


def test_guesses_at_the_password_count_there_too(administrator: Visitor, portal: Flask) -> None:
    set_up(administrator)
    answers = [administrator.send("/second_factor/remove", page=PAGE, password="wrong").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert Visitor(portal.test_client()).sign_in(EMAIL, PASSWORD).status_code == 429


def test_an_administrator_takes_a_lost_one_away(portal: Flask, administrator: Visitor, db: Session) -> None:
    bo = add_person(db, RoleName.SUPPORT, "bo@example.com")
    second_factor.set_up(db, bo, SECRET, app_code(steps=-4), now() - 4 * STEP)
    db.commit()
    for back, leads_to in (("/sites/", "/sites/"), ("//evil.example", "/"), ("", "/")):
        answer = administrator.send(f"/second_factor/reset/{bo.id}", page="/sites/add", next=back)
        assert (answer.status_code, answer.location) == (302, leads_to)
    db.refresh(bo)
    assert (bo.totp_secret, bo.recovery_code_hashes, bo.sign_in_number) == (None, [], 3)
    sign_in(portal, bo)


def test_nobody_else_does(portal: Flask, db: Session) -> None:
    admin = db.scalars(select(PortalUser)).one()
    second_factor.set_up(db, admin, SECRET, app_code(steps=-4), now() - 4 * STEP)
    db.commit()
    for role in (RoleName.SITE_ADMINISTRATOR, RoleName.SUPPORT, RoleName.EV_USER):
        person = sign_in(portal, add_person(db, role, f"{role.name.lower()}@example.com"))
        for key in (admin.id, 999999):
            answer = person.send(f"/second_factor/reset/{key}", page=PAGE)
            assert answer.status_code in (302, 403, 404)
    db.refresh(admin)
    assert admin.totp_secret is not None


def test_ones_own_is_not_taken_away_without_the_password(administrator: Visitor, db: Session) -> None:
    set_up(administrator)
    own = db.scalars(select(PortalUser)).one()
    assert administrator.send(f"/second_factor/reset/{own.id}", page=PAGE).location == PAGE
    db.refresh(own)
    assert own.totp_secret is not None
    for missing in ("999999", str(2**31), "9" * 30):
        assert administrator.send(f"/second_factor/reset/{missing}", page=PAGE).status_code == 404


def test_support_sees_which_roles_and_nobody_learns_it_unasked(portal: Flask, visitor: Visitor, db: Session) -> None:
    demand(db, RoleName.ADMINISTRATOR)
    bo = add_person(db, RoleName.SUPPORT, "bo@example.com")
    assert "second factor" not in visitor.get("/login/").text.lower()
    assert sign_in(portal, bo).get("/").status_code == 200
    assert visitor.sign_in(bo.email, THEIR_PASSWORD).status_code == 302
