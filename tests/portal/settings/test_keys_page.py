"""User settings: personal API keys on the page."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import api_keys
from domain.clock import now
from domain.models import AuditEntry, PortalUser
from domain.roles import RoleName
from domain.secrets import hash_secret
from tests.portal.browser_like import Visitor, errors
from tests.portal.people import add_person, sign_in
from tests.portal.settings.asking import KEY, PAGE, make_key, save, saved


def names(db: Session, user: PortalUser) -> list[str]:
    return [key.name for key in api_keys.keys_of(db, user.id)]


def test_a_key_is_shown_once_and_never_again(db: Session, mads: PortalUser, browser: Visitor) -> None:
    assert "API keys" in browser.get(PAGE).text
    answer = save(browser, "api-keys", name=" Nightly export ", days="30")
    [key] = KEY.findall(answer.text)
    assert "Copy the key now." in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers, "a cookie can be read by whoever has the computer"
    for page in (PAGE, "/"):
        assert key not in browser.get(page).text
    page = browser.get(PAGE).text
    chip = r"<span class=\"chip\">read only</span>"
    assert re.search(
        rf"<b>Nightly export</b> {chip}\s*<span class=\"muted small\">created .* · never used · expires ", page
    )
    [kept] = api_keys.keys_of(db, mads.id)
    assert kept.expires_at
    assert (kept.expires_at - now()).days == 29


def test_the_form_sent_once_more_by_a_reload_makes_no_second_key(
    db: Session, mads: PortalUser, browser: Visitor
) -> None:
    make_key(browser)
    again = save(browser, "api-keys", name="Nightly export", days="")
    assert (again.status_code, errors(again), KEY.findall(again.text)) == (
        422,
        ["You have a key of this name already."],
        [],
    )
    assert names(db, mads) == ["Nightly export"]


@pytest.mark.parametrize(
    ("name", "days", "wrong"),
    [
        ("", "30", ["This is needed."]),
        ("   ", "", ["This is needed."]),
        ("x" * 101, "", ["At most 100 characters."]),
        ("a\x00b", "", ["This contains characters that cannot be written."]),
        ("Export", "36500", ["Not a valid choice."]),
    ],
)
def test_a_key_that_cannot_be_is_not_made(
    db: Session, mads: PortalUser, browser: Visitor, name: str, days: str, wrong: list[str]
) -> None:
    answer = save(browser, "api-keys", name=name, days=days)
    assert (answer.status_code, errors(answer)) == (422, wrong)
    assert names(db, mads) == []


def test_twenty_keys_are_enough(db: Session, mads: PortalUser, browser: Visitor) -> None:
    for number in range(api_keys.MOST_KEYS):
        api_keys.make(db, mads.id, f"Key {number}")
    db.commit()
    answer = save(browser, "api-keys", name="One more", days="")
    wrong = ["You have 20 keys, more are not possible. Revoke one first."]
    assert (answer.status_code, errors(answer)) == (422, wrong)


def test_one_key_or_all_are_revoked(db: Session, mads: PortalUser, browser: Visitor) -> None:
    for name in ("One", "Two", "Three"):
        make_key(browser, name)
    second = api_keys.keys_of(db, mads.id)[1].id
    assert saved(browser, "revoke", key=str(second)) == ["Revoked."]
    assert names(db, mads) == ["Three", "One"]
    assert saved(browser, "revoke", key="all") == ["Revoked."]
    assert names(db, mads) == []


def test_nobody_sees_or_revokes_keys_of_others_not_even_an_administrator(
    portal: Flask, db: Session, mads: PortalUser, browser: Visitor, administrator: Visitor
) -> None:
    make_key(browser, "Of Mads")
    [key] = api_keys.keys_of(db, mads.id)
    for other in (administrator, sign_in(portal, add_person(db, RoleName.EV_USER, "eva@example.com"))):
        assert "Of Mads" not in other.get(PAGE).text
        for written in (str(key.id), "999999", "9" * 30, "-1", "1 or 1=1", ""):
            assert save(other, "revoke", key=written).status_code == 404
        assert saved(other, "revoke", key="all") == ["Revoked."]
    assert names(db, mads) == ["Of Mads"]


def test_an_expired_key_is_marked(db: Session, mads: PortalUser, browser: Visitor) -> None:
    api_keys.make(db, mads.id, "Old", now())
    db.commit()
    assert '<span class="chip fault">expired</span>' in browser.get(PAGE).text


def test_the_audit_log_tells_of_each_key_and_knows_none(db: Session, mads: PortalUser, browser: Visitor) -> None:
    key = make_key(browser)
    saved(browser, "revoke", key="all")
    entries = db.scalars(select(AuditEntry).where(AuditEntry.object_kind == "api_key").order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.user_id) for entry in entries] == [("created", mads.id), ("deleted", mads.id)]
    everything = str([(entry.before, entry.after) for entry in db.scalars(select(AuditEntry))])
    assert key not in everything
    assert hash_secret(key).hex() not in everything


def test_a_key_reads_only_unless_its_owner_wants_more(db: Session, mads: PortalUser, browser: Visitor) -> None:
    page = browser.get(PAGE).text
    assert re.search(r'<option selected value="read">read only \(recommended\)</option>', page)
    save(browser, "api-keys", name="Reads", days="", rights="read")
    save(browser, "api-keys", name="Writes", days="", rights="all")
    assert {key.name: key.is_read_only for key in api_keys.keys_of(db, mads.id)} == {"Reads": True, "Writes": False}
    page = browser.get(PAGE).text
    assert re.findall(r"<b>(\w+)</b> <span class=\"chip\">read only</span>", page) == ["Reads"]
    wrong = save(browser, "api-keys", name="Other", days="", rights="admin")
    assert (wrong.status_code, errors(wrong)) == (422, ["Not a valid choice."])


def test_what_the_form_remembers_is_no_field_to_be_filled_in(browser: Visitor) -> None:
    page = browser.get(PAGE).text
    assert ">Seen<" not in page
    assert re.search(r'<input[^>]* name="api-keys-seen"[^>]* type="hidden"', page)
