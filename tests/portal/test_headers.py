"""What every answer says to the browser, whatever it answers; and for whom it answers at all."""

import re

import pytest
from flask import Flask, abort

from portal.hosts import is_ours
from tests.portal.browser_like import Visitor

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = re.compile(
    r"default-src 'self'; script-src 'self' 'nonce-([\w-]{22})'; style-src 'self'; img-src 'self' data:; "
    r"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    r"worker-src 'self'; manifest-src 'self'"
)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/login/", 200),
        ("GET", "/", 302),
        ("GET", "/nothing", 404),
        ("GET", "/logout/", 405),
        ("POST", "/login/", 400),
        ("GET", "/static/look.css", 200),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/api/v1/sites/", 401),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/lang/da", 302),
        ("GET", "/lang/xx", 404),
    ],
)
def test_every_answer_carries_them(visitor: Visitor, method: str, path: str, status: int) -> None:
    answer = visitor.http.open(path, method=method)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in FIXED} == FIXED
    assert POLICY.fullmatch(answer.headers["Content-Security-Policy"])
    assert "Strict-Transport-Security" not in answer.headers


def test_the_nonce_is_new_each_time_and_on_each_script(visitor: Visitor) -> None:
    nonces = set()
    for _ in range(2):
        answer = visitor.get("/login/")
        policy = POLICY.fullmatch(answer.headers["Content-Security-Policy"])
        assert policy
        assert set(re.findall(r'<script[^>]* nonce="([^"]*)"', answer.text)) == {policy[1]}
        nonces.add(policy[1])
    assert len(nonces) == 2


def test_pages_hold_nothing_that_the_policy_would_stop(administrator: Visitor) -> None:
    for path in ("/", "/sites/", "/sites/add", "/configuration/?node=system", "/search/?q=x", "/nothing"):
        page = administrator.get(path, follow_redirects=True).text
        assert re.findall(r"<[^>]+\s(?:style|on\w+)=", page) == []
        assert re.findall(r"<script(?![^>]*\bnonce=)", page) == []
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*', page) == []


def test_behind_tls_the_browser_is_told_to_stay_there(visitor: Visitor) -> None:
    answer = visitor.get("/login/", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_pages_are_not_kept_by_browsers_but_versioned_files_are(visitor: Visitor) -> None:
    page = visitor.get("/login/")
    assert page.headers["Cache-Control"] == "no-store"
    address = re.search(r'href="(/static/look\.css\?v=\w{12})"', page.text)
    assert address
    assert visitor.get(address[1]).headers["Cache-Control"] == "public, max-age=31536000"
    assert visitor.get("/static/look.css").headers["Cache-Control"] == "no-cache, public"


@pytest.mark.parametrize(
    ("host", "public_url", "answered"),
    [
        ("charge.example.com", "https://charge.example.com", True),
        ("charge.example.com:443", "https://charge.example.com", True),
        ("evil.example", "https://charge.example.com", False),
        ("charge.example.com.evil.example", "https://charge.example.com", False),
        ("localhost:8080", "https://charge.example.com", True),
        ("192.0.2.7:8080", "https://charge.example.com", True),
        ("[2001:db8::7]:8080", "https://charge.example.com", True),
        ("", "https://charge.example.com", True),
        ("whatever.lan:8080", None, True),
    ],
)
def test_names_under_which_the_portal_answers(host: str, public_url: str | None, answered: bool) -> None:
    assert is_ours(host, public_url) is answered


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("Not found", "There is nothing at this address; it may have been removed.")), ("da", None)],
)
def test_an_error_is_a_page_in_words(visitor: Visitor, language: str, words: tuple[str, str] | None) -> None:
    answer = visitor.get("/nothing", headers={"Accept-Language": language})
    assert answer.status_code == 404
    assert f'<html lang="{language}">' in answer.text
    assert words is None or all(text in answer.text for text in words)


def test_an_error_is_json_for_programs(visitor: Visitor) -> None:
    answer = visitor.get("/api/v1/nothing")
    assert (answer.status_code, list(answer.json)) == (404, ["message"])
    asked = visitor.get("/tree/children?node=system", headers={"Accept": "application/json"})
    assert (asked.status_code, list(asked.json)) == (401, ["message"])


def test_a_fault_of_ours_tells_nothing_of_its_inside(portal: Flask) -> None:
    handler = portal.error_handler_spec[None][None][Exception]
    with portal.test_request_context("/sites/"):
        answer = handler(RuntimeError("secret detail"))
    assert answer.status_code == 500
    assert "Something went wrong" in answer.get_data(as_text=True)
    assert "secret" not in answer.get_data(as_text=True)


def test_what_is_too_large_is_refused(administrator: Visitor) -> None:
    answer = administrator.http.post("/sites/add", data={"name": "x" * (10 * 1024 * 1024 + 1)})
    assert answer.status_code == 413
    assert "Too large" in answer.text


def test_our_own_words_replace_the_standing_ones(portal: Flask) -> None:
    with portal.test_request_context("/sites/"), pytest.raises(Exception) as raised:  # noqa: PT011
        abort(400, "Own words")
    handler = portal.error_handler_spec[None][None][type(raised.value).__mro__[1]]
    with portal.test_request_context("/sites/"):
        assert "Own words" in handler(raised.value).get_data(as_text=True)
