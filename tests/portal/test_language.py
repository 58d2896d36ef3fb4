"""Which language a person reads."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain.models import PortalUser
from tests.portal.browser_like import Visitor, errors
from tests.portal.conftest import EMAIL, PASSWORD


def language(page: TestResponse) -> str:
    found = re.search(r'<html lang="(\w+)"', page.text)
    assert found
    return found[1]


def ask(visitor: Visitor, path: str, accepted: str) -> str:
    return language(visitor.get(path, headers={"Accept-Language": accepted}))


@pytest.mark.parametrize(
    ("accepted", "shown"),
    [
        ("da", "da"),
        ("da-DK,da;q=0.9,en;q=0.8", "da"),
        ("en-GB,en;q=0.9,da;q=0.1", "en"),
        ("sv,da;q=0.5", "da"),
        ("fr", "en"),
        ("", "en"),
        ("nonsense;q=x,,;", "en"),
    ],
)
def test_without_a_choice_the_browsers_language_is_shown(visitor: Visitor, accepted: str, shown: str) -> None:
    assert ask(visitor, "/login/", accepted) == shown


def test_looking_at_a_page_chooses_nothing(visitor: Visitor) -> None:
    assert ask(visitor, "/login/", "en") == "en"
    assert ask(visitor, "/login/", "da") == "da"


def test_the_choice_on_the_sign_in_page_holds_for_the_browser(visitor: Visitor) -> None:
    answer = visitor.get("/lang/da", headers={"Referer": "http://localhost/login/?next=/sites/"})
    assert (answer.status_code, answer.location) == (302, "http://localhost/login/?next=/sites/")
    assert ask(visitor, "/login/", "en") == "da"
    assert visitor.sign_in(EMAIL, PASSWORD).status_code == 302
    assert ask(visitor, "/", "en") == "da"


def test_the_choice_of_somebody_signed_in_is_kept_in_their_settings(
    portal: Flask, administrator: Visitor, db: Session
) -> None:
    assert ask(administrator, "/", "en") == "en"
    administrator.get("/lang/da")
    assert db.scalars(select(PortalUser.language)).all() == ["da"]
    elsewhere = Visitor(portal.test_client())
    elsewhere.sign_in(EMAIL, PASSWORD)
    assert ask(elsewhere, "/", "en") == "da"


def test_the_setting_wins_over_what_was_chosen_before_the_sign_in(visitor: Visitor, db: Session) -> None:
    db.scalars(select(PortalUser)).one().language = "da"
    db.commit()
    visitor.get("/lang/en")
    assert ask(visitor, "/login/", "da") == "en"
    visitor.sign_in(EMAIL, PASSWORD)
    assert ask(visitor, "/", "en") == "da"


def test_a_language_that_there_is_not_is_not_found(visitor: Visitor) -> None:
    assert visitor.get("/lang/tlh").status_code == 404


@pytest.mark.parametrize(
    "came_from", ["https://evil.example/x", "javascript://localhost/%0aalert(1)", "//evil.example", ""]
)
def test_the_switch_leads_to_no_other_site(visitor: Visitor, came_from: str) -> None:
    assert visitor.get("/lang/da", headers={"Referer": came_from}).location == "/"


def test_the_words_of_form_validators_are_danish(administrator: Visitor) -> None:
    administrator.get("/lang/da")
    answer = administrator.send("/sites/add", name="x", latitude="north")
    assert errors(answer) == ["Ikke et gyldigt tal."]
