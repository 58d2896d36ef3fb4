"""User settings of the account: e-mail, password, sign-ins."""

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy.orm import Session

from domain import api_keys
from domain.models import PortalUser
from domain.roles import RoleName
from tests.fixtures.mail import Mailbox, texts
from tests.portal.browser_like import Visitor, errors
from tests.portal.jobs import queued, work
from tests.portal.people import PASSWORD, add_person, sign_in
from tests.portal.settings.asking import PAGE, make_key, save, saved

NEW = "another-0003"
NOT_YOURS = ["This is not your password."]


def is_signed_in(visitor: Visitor) -> bool:
    return visitor.get("/").status_code == 200


def change_password(browser: Visitor, password: str = NEW, current: str = PASSWORD, **more: str) -> list[str]:
    values = {"password": password, "repeated": password, "current_password": current} | more
    return saved(browser, "password", **values)


def test_another_e_mail_is_the_login_at_once_and_ends_the_other_sign_ins(
    portal: Flask, db: Session, mads: PortalUser, browser: Visitor
) -> None:
    other = sign_in(portal, mads)
    assert saved(browser, "email", email=" Mads@Example.com ", current_password=PASSWORD) == ["Saved."]
    assert (is_signed_in(browser), is_signed_in(other)) == (True, False)
    db.refresh(mads)
    assert (mads.email, mads.username) == ("mads@example.com", "mads@example.com")
    assert other.sign_in("mads.krogh@example.com", PASSWORD).status_code == 401
    assert other.sign_in("mads@example.com", PASSWORD).status_code == 302


def test_the_same_e_mail_ends_nothing(portal: Flask, mads: PortalUser, browser: Visitor) -> None:
    other = sign_in(portal, mads)
    saved(browser, "email", email="MADS.KROGH@example.com", current_password=PASSWORD)
    assert (is_signed_in(browser), is_signed_in(other)) == (True, True)


def test_an_e_mail_of_somebody_else_is_refused_without_their_name(
    db: Session, mads: PortalUser, browser: Visitor
) -> None:
    add_person(db, RoleName.SUPPORT, "bo.winther@example.com")
    answer = save(browser, "email", email="Bo.Winther@example.com", current_password=PASSWORD)
    assert (answer.status_code, errors(answer)) == (
        422,
        ["Somebody else has this e-mail already. Each e-mail belongs to one user."],
    )
    assert "P bo.winther" not in answer.text
    db.refresh(mads)
    assert mads.email == "mads.krogh@example.com"


@pytest.mark.parametrize(
    ("email", "current", "wrong"),
    [
        ("", PASSWORD, ["This is needed."]),
        ("nobody", PASSWORD, ["This is not an e-mail address. One looks like name@example.com."]),
        ("new@example.com", "", ["This is needed."]),
        ("new@example.com", "wrong", NOT_YOURS),
        ("new@example.com", "x" * 5000, NOT_YOURS),
    ],
)
def test_a_wrong_e_mail_or_password_changes_nothing(
    db: Session, mads: PortalUser, browser: Visitor, email: str, current: str, wrong: list[str]
) -> None:
    answer = save(browser, "email", email=email, current_password=current)
    assert (answer.status_code, errors(answer)) == (422, wrong)
    if current:
        assert current not in answer.text, "a password is never sent back"
    db.refresh(mads)
    assert (mads.email, mads.sign_in_number) == ("mads.krogh@example.com", 0)


def test_another_password_ends_the_other_sign_ins_and_tokens_but_not_this_one(
    portal: Flask, mads: PortalUser, browser: Visitor
) -> None:
    other = sign_in(portal, mads)
    credentials = {"username": mads.email, "password": PASSWORD, "refresh": True}
    tokens = other.http.post("/api/v1/security/login", json=credentials).json
    assert change_password(browser) == ["Saved. You are signed out everywhere but here."]
    assert (is_signed_in(browser), is_signed_in(other)) == (True, False)
    program = portal.test_client()
    for path, token in (("charging_sessions/", "access_token"), ("security/refresh", "refresh_token")):
        header = {"Authorization": f"Bearer {tokens[token]}"}
        method = "POST" if token == "refresh_token" else "GET"
        assert program.open(f"/api/v1/{path}", method=method, headers=header).status_code == 401
    assert other.sign_in(mads.email, PASSWORD).status_code == 401
    assert other.sign_in(mads.email, NEW).status_code == 302


def test_whoever_asked_to_stay_signed_in_stays(portal: Flask, mads: PortalUser) -> None:
    browser = Visitor(portal.test_client())
    browser.sign_in(mads.email, PASSWORD, remember="y")
    change_password(browser)
    browser.http.delete_cookie("charge_portal")
    assert is_signed_in(browser)


@pytest.mark.parametrize(
    ("password", "repeated", "current", "wrong"),
    [
        ("", "", PASSWORD, ["This is needed."]),
        ("short1", "short1", PASSWORD, ["A password has at least 8 characters."]),
        ("onlyletters", "onlyletters", PASSWORD, ["A password contains a digit."]),
        ("1234567890", "1234567890", PASSWORD, ["A password contains a letter."]),
        (NEW, "another-0004", PASSWORD, ["The two passwords are not the same."]),
        (NEW, NEW, "wrong", NOT_YOURS),
        (NEW, NEW, "", ["This is needed."]),
    ],
)
def test_a_wrong_password_changes_nothing(
    portal: Flask, mads: PortalUser, browser: Visitor, password: str, repeated: str, current: str, wrong: list[str]
) -> None:
    other = sign_in(portal, mads)
    answer = save(browser, "password", password=password, repeated=repeated, current_password=current)
    assert (answer.status_code, errors(answer)) == (422, wrong)
    for typed in filter(None, (password, repeated, current)):
        assert typed not in answer.text, "a password is never sent back"
    assert (is_signed_in(browser), is_signed_in(other)) == (True, True)


def test_guessing_the_password_at_an_open_browser_is_counted_like_signing_in(
    portal: Flask, mads: PortalUser, browser: Visitor
) -> None:
    for number in range(10):
        section, values = (
            ("email", {"email": "new@example.com"}) if number % 2 else ("password", {"password": NEW, "repeated": NEW})
        )
        assert save(browser, section, current_password="wrong", **values).status_code == 422
    assert save(browser, "email", email="new@example.com", current_password=PASSWORD).status_code == 429
    assert Visitor(portal.test_client()).sign_in(mads.email, PASSWORD).status_code == 429


def test_keys_outlive_the_password_unless_they_are_revoked_with_it(
    db: Session, mads: PortalUser, browser: Visitor
) -> None:
    assert "Revoke all my API keys too" not in browser.get(PAGE).text
    make_key(browser)
    page = browser.get(PAGE).text
    assert "Your API keys stay valid unless you revoke them." in page
    change_password(browser)
    assert len(api_keys.keys_of(db, mads.id)) == 1
    change_password(browser, "third-00004", NEW, revoke="y")
    assert api_keys.keys_of(db, mads.id) == []


def test_one_signs_out_everywhere_else(portal: Flask, mads: PortalUser, browser: Visitor) -> None:
    others = [sign_in(portal, mads) for _ in range(2)]
    assert saved(browser, "sign-ins") == ["You are signed out everywhere but here."]
    assert [is_signed_in(one) for one in (browser, *others)] == [True, False, False]


def test_the_owner_is_told_of_both_at_the_old_address(
    valkey: Redis, mailbox: Mailbox, mads: PortalUser, browser: Visitor
) -> None:
    saved(browser, "email", email="new@example.com", current_password=PASSWORD)
    change_password(browser)
    assert NEW not in str(queued(valkey))
    work(valkey)
    assert [(letter["To"], letter["Subject"]) for letter in mailbox.letters] == [
        ("mads.krogh@example.com", "Your e-mail at Charge Portal was changed"),
        ("new@example.com", "Your password at Charge Portal was changed"),
    ]
    text, html = texts(mailbox.letters[1])
    assert text == (
        "Hello P,\n\nthe password of your account at Charge Portal was changed.\n\n"
        "If it was not you, tell your administrator at once.\n"
    )
    assert "the password of your account at Charge Portal was changed." in html


def test_without_mail_nothing_waits_for_ever(valkey: Redis, browser: Visitor) -> None:
    change_password(browser)
    assert queued(valkey) == []


def test_the_second_factor_says_how_it_stands(db: Session, mads: PortalUser, browser: Visitor) -> None:
    page = browser.get(PAGE).text
    assert ('href="/second_factor/">Set it up</a>' in page, "recovery codes are left" in page) == (True, False)
    mads.totp_secret, mads.recovery_code_hashes = "encrypted", ["a", "b"]
    db.commit()
    page = browser.get(PAGE).text
    assert "2 recovery codes are left." in page
    assert 'href="/second_factor/">New codes, another phone, or off</a>' in page
