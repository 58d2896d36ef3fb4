"""A token for an e-mail and a password."""

from typing import Any

import jwt
import pytest

from tests.portal.api.client import ApiClient
from tests.portal.conftest import EMAIL, PASSWORD

WRONG = (401, {"message": "Wrong e-mail or password"})


def login(stranger: ApiClient, **body: Any) -> tuple[int, Any]:
    return stranger.post("security/login", body)


@pytest.mark.parametrize("email", [EMAIL, EMAIL.upper(), f"  {EMAIL} "])
def test_the_e_mail_may_be_written_in_any_case(stranger: ApiClient, email: str) -> None:
    status, answer = login(stranger, username=email, password=PASSWORD)
    assert (status, list(answer)) == (200, ["access_token"])
    stranger.token = answer["access_token"]
    assert stranger.get("sites/") == (200, {"count": 0, "ids": [], "result": []})


def test_a_refresh_token_gives_new_access_tokens_and_nothing_else(stranger: ApiClient) -> None:
    status, answer = login(stranger, username=EMAIL, password=PASSWORD, provider="db", refresh=True)
    assert (status, sorted(answer)) == (200, ["access_token", "refresh_token"])
    stranger.token = answer["refresh_token"]
    assert stranger.get("sites/") == (401, {"message": "Only non-refresh tokens are allowed"})
    status, answer = stranger.call("POST", "security/refresh")
    assert (status, list(answer)) == (200, ["access_token"])
    stranger.token = answer["access_token"]
    assert stranger.get("sites/")[0] == 200


def test_the_answer_does_not_tell_whether_the_account_exists(stranger: ApiClient) -> None:
    assert login(stranger, username=EMAIL, password="wrong") == WRONG
    assert login(stranger, username="nobody@example.com", password="wrong") == WRONG


@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        ({}, {"username": ["Missing data for required field."], "password": ["Missing data for required field."]}),
        ({"username": "a", "password": 5}, {"password": ["Not a valid string."]}),
        (
            {"username": None, "password": None},
            {"username": ["Field may not be null."], "password": ["Field may not be null."]},
        ),
        ({"username": "a\0", "password": "b"}, {"username": ["Contains a character that cannot be stored."]}),
        ({"username": "a", "password": "\ud800"}, {"password": ["Contains a character that cannot be stored."]}),
        ({"username": "a", "password": "b", "provider": "ldap"}, {"provider": ["Must be one of: db."]}),
        ({"username": "a", "password": "b", "refresh": "yes"}, {"refresh": ["Not a valid boolean."]}),
        ({"username": "a", "password": "b", "otp": "1"}, {"otp": ["Unknown field."]}),
        ({"username": "a" * 400, "password": "b"}, {"username": ["Longer than maximum length 320."]}),
        ([], {"_schema": ["Invalid input type."]}),
    ],
)
def test_a_wrong_body_is_refused_with_field_and_reason(stranger: ApiClient, body: Any, reasons: dict[str, Any]) -> None:
    assert stranger.post("security/login", body) == (400, {"message": reasons})


def test_what_is_no_json_is_refused(stranger: ApiClient) -> None:
    assert stranger.call("POST", "security/login", data="username=a") == (400, {"message": "The request is not JSON"})
    deep = stranger.call("POST", "security/login", data="[" * 60_000, content_type="application/json")
    assert deep == (400, {"message": "The body is not JSON"})
    assert stranger.call("GET", "security/login")[0] == 405


def test_after_too_many_attempts_even_the_right_password_must_wait(stranger: ApiClient) -> None:
    answers = [login(stranger, username=EMAIL.title(), password=f"wrong {i}")[0] for i in range(11)]
    assert answers == [401] * 10 + [429]
    assert login(stranger, username=EMAIL, password=PASSWORD)[0] == 429
    response = stranger.http.post("/api/v1/security/login", json={"username": EMAIL, "password": "x"})
    assert (response.status_code, response.is_json, response.headers["Retry-After"]) == (429, True, "300")


def test_a_token_of_another_installation_is_refused(stranger: ApiClient) -> None:
    stranger.token = jwt.encode({"sub": "1", "type": "access", "fresh": True, "iat": 1, "jti": "x"}, "y" * 40)
    assert stranger.get("sites/") == (401, {"message": "Signature verification failed"})
