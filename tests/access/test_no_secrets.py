"""Secrets stay secret: see tests/fixtures/secrets.py, which looks on while all other tests run."""

import logging

import pytest
from flask import Flask

from domain import passwords
from tests.fixtures import secrets
from tests.fixtures.secrets import secrets_in


def test_a_secret_is_recognised() -> None:
    password = "seen-nowhere-4711"
    assert secrets_in(f"so {password} it is") == []
    passwords.hash_password(password)
    assert secrets_in(f"so {password} it is") == ["a password"]
    secrets.hashed.remove(password)
    assert secrets_in("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxLjAifQ.c2lnbmF0dXJlLW9mLWl0") == ["a token"]
    assert secrets_in("cp_0123456789abcdefghij") == ["an API key"]
    assert secrets_in("GET /reset/0123456789abcdefghij HTTP/1.1") == ["a link to a new password"]
    assert secrets_in("scrypt:32768:8:1$abcdefgh$0123456789abcdef") == ["a hash of a password"]


@pytest.mark.parametrize("where", ["logs", "error pages"])
def test_a_leak_would_be_noticed(where: str) -> None:
    token = "cp_leaked_on_purpose_0123456789"
    if where == "logs":
        logging.getLogger("leaky").warning("with %s", token)
    else:
        leaky = Flask("leaky")
        leaky.add_url_rule("/", view_func=lambda: (f"there is no {token}", 404))
        leaky.test_client().get("/")
    assert any(where in line for line in secrets.seen)
    secrets.seen[:] = [line for line in secrets.seen if where not in line]


def test_the_test_during_which_one_was_seen_fails() -> None:
    ending = secrets.pytest_runtest_teardown()
    next(ending)
    secrets.look("logs", "leaky", "with cp_leaked_on_purpose_0123456789")
    with pytest.raises(AssertionError, match="an API key in logs: leaky"):
        next(ending)
    assert secrets.seen == []
