"""Signing in by e-mail, and out."""

import subprocess
import sys
from io import BytesIO

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from domain.models import PortalUser
from domain.roles import RoleName
from tests.fixtures.environment import ROOT
from tests.portal.browser_like import TOKEN, Visitor, errors, notes
from tests.portal.conftest import EMAIL, PASSWORD
from tests.portal.people import PASSWORD as THEIR_PASSWORD
from tests.portal.people import add_person, sign_in

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


@pytest.mark.parametrize("role", RoleName)
def test_each_role_comes_in(portal: Flask, db: Session, role: RoleName) -> None:
    bo = sign_in(portal, add_person(db, role, "bo@example.com"))
    assert bo.get("/").status_code == 200


def test_whoever_has_no_role_is_told_so_after_the_right_password(visitor: Visitor, db: Session) -> None:
    bo = add_person(db, RoleName.EV_USER, "bo@example.com")
    bo.roles = []
    db.commit()
    answer = visitor.sign_in("bo@example.com", THEIR_PASSWORD)
    said = "Your account has no role yet. An administrator can give it one."
    assert (answer.status_code, notes(answer)) == (403, [("bad", said)])
    assert visitor.get("/").status_code == 302
    assert notes(visitor.sign_in("bo@example.com", "wrong")) == WRONG
    body = {"username": "bo@example.com", "password": THEIR_PASSWORD}
    answer = visitor.http.post("/api/v1/security/login", json=body)
    assert (answer.status_code, answer.json) == (403, {"message": "Your account has no role yet"})


def test_an_account_that_was_switched_off_is_as_none(visitor: Visitor, db: Session) -> None:
    add_person(db, RoleName.EV_USER, "bo@example.com").active = False
    db.commit()
    answer = visitor.sign_in("bo@example.com", THEIR_PASSWORD)
    assert (answer.status_code, notes(answer)) == (401, WRONG)
    body = {"username": "bo@example.com", "password": THEIR_PASSWORD}
    assert visitor.http.post("/api/v1/security/login", json=body).status_code == 401


def test_somebody_who_loses_the_role_is_out_at_the_next_click(administrator: Visitor, db: Session) -> None:
    db.scalars(select(PortalUser)).one().roles = []
    db.commit()
    assert administrator.get("/").location == "/login/"


def test_a_password_longer_than_any_is_wrong_without_being_hashed(visitor: Visitor, db: Session) -> None:
    user = db.scalars(select(PortalUser)).one()
    user.password = generate_password_hash("a1" * 65)
    db.commit()
    assert notes(visitor.sign_in(EMAIL, "a1" * 65)) == WRONG


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


def test_no_page_reads_json_in_which_an_account_could_hide_from_the_count(visitor: Visitor) -> None:
    """A list of one e-mail once was an account for the form, and none for the count."""
    token = TOKEN.search(visitor.get("/login/").text)
    assert token
    body = {"username": [EMAIL], "password": [PASSWORD]}
    answer = visitor.http.post("/login/", json=body, headers={"X-CSRFToken": token[1]})
    assert answer.status_code == 415
    assert visitor.get("/").location == "/login/"


@pytest.mark.parametrize("written", ["a\0b", "x" * 450_000])
def test_an_account_that_nobody_could_have_is_just_wrong(visitor: Visitor, written: str, valkey: Redis) -> None:
    """It was an error 500, or as long a key in Redis."""
    answer = visitor.sign_in(written, "wrong")
    assert (answer.status_code, notes(answer)) == (401, WRONG)
    assert all(len(key) < 200 for key in valkey.scan_iter())


def test_half_a_character_is_no_account_for_the_api_either(visitor: Visitor) -> None:
    body = {"username": "\ud800", "password": "wrong"}
    assert visitor.http.post("/api/v1/security/login", json=body).status_code in (400, 401)


def test_all_processes_count_together(portal: Flask, visitor: Visitor) -> None:
    another = (
        "from portal.app import create_portal\n"
        "http = create_portal().test_client()\n"
        f"body = {{'username': '{EMAIL}', 'password': 'wrong'}}\n"
        "print([http.post('/api/v1/security/login', json=body).status_code for _ in range(6)])\n"
    )
    said = subprocess.run([sys.executable, "-c", another], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == f"{[401] * 6}"  # What came before is the log.
    assert [visitor.sign_in(EMAIL, "wrong").status_code for _ in range(5)] == [401] * 4 + [429]


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


def test_a_file_in_place_of_the_password_is_no_password(visitor: Visitor) -> None:
    """It was looked at as if it were text, and the answer was a fault of ours."""
    token = TOKEN.search(visitor.get("/login/").text)[1]
    fields = {"csrf_token": token, "username": EMAIL, "password": (BytesIO(PASSWORD.encode()), "password")}
    answer = visitor.http.post("/login/", data=fields)
    assert (answer.status_code, errors(answer)) == (422, ["Enter your password."])
