"""Signing in by e-mail, and out."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.roles import EV_USER, SITE_ADMINISTRATOR, SUPPORT
from tests.portal.browser_like import Visitor, errors, notes
from tests.portal.conftest import EMAIL, PASSWORD

WRONG = [("bad", "This e-mail and password do not belong together.")]


@pytest.mark.parametrize("written", [EMAIL, "Ida.Holm@Example.COM", f"  {EMAIL} "])
def test_the_e_mail_is_the_login_however_it_is_written(visitor: Visitor, written: str) -> None:
    answer = visitor.sign_in(written, PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/")
    assert visitor.get("/").status_code == 200


def test_the_answer_does_not_tell_whether_an_account_exists(visitor: Visitor) -> None:
    wrong_password = visitor.sign_in(EMAIL, "wrong")
    no_account = visitor.sign_in("nobody@example.com", "wrong")
    assert (wrong_password.status_code, notes(wrong_password)) == (401, WRONG)
    assert (no_account.status_code, notes(no_account)) == (401, WRONG)


def test_empty_fields_are_named(visitor: Visitor) -> None:
    answer = visitor.sign_in("", "")
    assert (answer.status_code, errors(answer)) == (422, ["Enter your e-mail.", "Enter your password."])


@pytest.mark.parametrize("role", [SITE_ADMINISTRATOR, SUPPORT, EV_USER])
def test_other_roles_are_told_that_they_cannot_sign_in_yet(portal: Flask, visitor: Visitor, role: str) -> None:
    with portal.app_context():
        sm = portal.appbuilder.sm
        assert sm.add_user("bo@example.com", "Bo", "Winther", "bo@example.com", sm.find_role(role), PASSWORD)
    answer = visitor.sign_in("bo@example.com", PASSWORD)
    said = f"Your role, {role}, cannot sign in yet. Only administrators can."
    assert (answer.status_code, notes(answer)) == (403, [("bad", said)])
    assert visitor.get("/").status_code == 302
    assert notes(visitor.sign_in("bo@example.com", "wrong")) == WRONG
    body = {"username": "bo@example.com", "password": PASSWORD}
    assert visitor.http.post("/api/v1/security/login", json=body).status_code == 401


def test_somebody_who_loses_the_role_is_out_at_the_next_click(portal: Flask, administrator: Visitor) -> None:
    with portal.app_context():
        sm = portal.appbuilder.sm
        user = sm.find_user(username=EMAIL)
        user.roles = [sm.find_role(SUPPORT)]
        sm.session.commit()
    assert administrator.get("/").location == "/login/"


@pytest.mark.parametrize("path", ["/", "/sites/", "/sites/add", "/tree/children?node=system", "/statistics/", "/back"])
def test_a_page_asks_to_sign_in_and_is_shown_then(visitor: Visitor, path: str) -> None:
    asked = visitor.get(path)
    assert asked.status_code == 302
    assert asked.location.startswith("/login/")
    assert visitor.sign_in(EMAIL, PASSWORD, path=asked.location).location == path


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_way_back_never_leads_to_another_host(visitor: Visitor, target: str) -> None:
    answer = visitor.http.get("/login/", query_string={"next": target})
    assert answer.status_code == 200
    location = visitor.sign_in(EMAIL, PASSWORD, path=f"/login/?next={target}").location
    assert location == "/"


def test_an_account_is_closed_for_a_while_after_ten_attempts_at_any_door(visitor: Visitor) -> None:
    for _ in range(9):
        assert visitor.sign_in(EMAIL, "wrong").status_code == 401
    body = {"username": f" {EMAIL.upper()} ", "password": "wrong"}
    assert visitor.http.post("/api/v1/security/login", json=body).status_code == 401
    answer = visitor.sign_in(EMAIL, PASSWORD)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
    assert "Too many attempts" in answer.text
    from_api = visitor.http.post("/api/v1/security/login", json=body)
    assert (from_api.status_code, list(from_api.json)) == (429, ["message"])
    assert visitor.sign_in("nobody@example.com", "wrong").status_code == 401


def test_a_right_password_forgets_the_wrong_ones(portal: Flask) -> None:
    for _ in range(2):
        visitor = Visitor(portal.test_client())
        for _ in range(9):
            assert visitor.sign_in(EMAIL, "wrong").status_code == 401
        assert visitor.sign_in(EMAIL, PASSWORD).status_code == 302


def test_an_address_is_closed_for_a_while_after_a_hundred_attempts_at_many_accounts(visitor: Visitor) -> None:
    for number in range(100):
        body = {"username": f"user{number}@example.com", "password": 5}
        assert visitor.http.post("/api/v1/security/login", json=body).status_code == 400
    assert visitor.sign_in(EMAIL, PASSWORD).status_code == 429


def test_the_cookies_are_out_of_reach_of_scripts_and_other_sites(visitor: Visitor) -> None:
    answer = visitor.sign_in(EMAIL, PASSWORD, remember="y")
    cookies = {line.split("=")[0]: set(line.split("; ")[1:]) for line in answer.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"charge_portal", "charge_portal_remember"}
    for flags in cookies.values():
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= flags
        assert any(flag.startswith("Expires=") for flag in flags)


def test_nobody_is_remembered_unasked(visitor: Visitor) -> None:
    answer = visitor.sign_in(EMAIL, PASSWORD)
    assert "charge_portal_remember" not in "".join(answer.headers.getlist("Set-Cookie"))


def test_signing_out_takes_a_form_and_ends_everything(administrator: Visitor) -> None:
    assert administrator.get("/logout/").status_code == 405
    assert administrator.send("/logout/", page="/").location == "/login/"
    assert administrator.get("/").location == "/login/"


def test_the_session_cookie_stays_small_however_long_the_addresses(administrator: Visitor, db: Session) -> None:
    for path in ("/sites/", "/stations/", "/statistics/", "/id_tokens/", "/sites/add", "/"):
        assert administrator.get(path, query_string={"name": "x" * 150, "station": "y" * 150}).status_code == 200
    cookie = administrator.http.get_cookie("charge_portal")
    assert cookie
    assert len(cookie.value) < 1000


def test_a_late_answer_to_a_script_does_not_swallow_a_message_to_the_person(administrator: Visitor) -> None:
    administrator.get("/")
    for path in ("/tree/children?node=system", "/static/look.css", "/"):
        assert "Set-Cookie" not in administrator.get(path).headers, path
