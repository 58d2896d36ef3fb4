"""The second factor at the API."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from domain.models import PortalUser
from domain.roles import RoleName
from tests.portal.browser_like import Visitor
from tests.portal.codes import app_code, demand, with_second_factor
from tests.portal.conftest import EMAIL, PASSWORD


@pytest.fixture
def user(portal: Flask, db: Session) -> PortalUser:
    """The administrator."""
    return with_second_factor(db)


def login(visitor: Visitor, **body: object) -> tuple[int, object]:
    answer = visitor.http.post("/api/v1/security/login", json={"username": EMAIL, "password": PASSWORD} | body)
    return answer.status_code, answer.json.get("message", sorted(answer.json))


def test_the_api_asks_for_the_code_after_the_right_password_only(visitor: Visitor, user: PortalUser) -> None:
    assert login(visitor, password="wrong") == (401, "Wrong e-mail or password")
    assert login(visitor, password="wrong", code=app_code()) == (401, "Wrong e-mail or password")
    assert login(visitor) == (401, 'Send the code of your second factor too, as "code"')
    assert login(visitor, code="000000") == (401, "This code is not right, or it was used already")
    code = app_code()
    assert login(visitor, code=code, refresh=True) == (200, ["access_token", "refresh_token"])
    assert login(visitor, code=code) == (401, "This code is not right, or it was used already")
    assert login(visitor, code=user.codes[0]) == (200, ["access_token"])


def test_a_code_of_somebody_without_a_second_factor_is_let_pass(visitor: Visitor) -> None:
    assert login(visitor, code="000000") == (200, ["access_token"])


@pytest.mark.parametrize("code", [5, "", "x" * 65, ["000000"]])
def test_a_code_that_is_none_is_refused(visitor: Visitor, code: object) -> None:
    status, message = login(visitor, code=code)
    assert (status, list(message)) == (400, ["code"])


def test_codes_guessed_at_the_api_close_the_account(visitor: Visitor, user: PortalUser) -> None:
    assert [login(visitor, code="000000")[0] for _ in range(11)] == [401] * 10 + [429]
    assert visitor.sign_in(EMAIL, PASSWORD).status_code == 429


def test_who_must_have_one_gets_no_token_and_the_old_ones_rest(portal: Flask, visitor: Visitor, db: Session) -> None:
    tokens = visitor.http.post(
        "/api/v1/security/login", json={"username": EMAIL, "password": PASSWORD, "refresh": True}
    ).json
    demand(db, RoleName.ADMINISTRATOR)
    said = (403, "Your role signs in with a second factor; set it up in the portal first")
    assert login(visitor) == said
    assert login(visitor, password="wrong") == (401, "Wrong e-mail or password")
    for method, path, token in (("GET", "sites/", "access_token"), ("POST", "security/refresh", "refresh_token")):
        headers = {"Authorization": f"Bearer {tokens[token]}"}
        answer = visitor.http.open(f"/api/v1/{path}", method=method, headers=headers)
        assert (answer.status_code, answer.json["message"]) == said
