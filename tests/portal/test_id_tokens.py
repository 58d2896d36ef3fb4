"""The pages of ID tokens."""

import html
import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import IdToken, PortalUser
from domain.roles import RoleName
from tests.portal.browser_like import Visitor, errors
from tests.portal.conftest import EMAIL
from tests.portal.people import add_person, sign_in

CELL = re.compile(r'<td[^>]* data-column="(\w+)"[^>]*>(.*?)</td>', re.DOTALL)


def cells(page: str, column: str) -> list[str]:
    """What stands in one column of a table."""
    return [html.unescape(text) for name, text in CELL.findall(page) if name == column]


def add_tag(db: Session, token: str, **fields: object) -> IdToken:
    tag = IdToken(token=token, **fields)
    db.add(tag)
    db.commit()
    return tag


def test_a_token_is_added_changed_and_removed(administrator: Visitor, db: Session) -> None:
    made = administrator.send(
        "/id_tokens/add",
        token=" 04A1b2 ",
        description="Mads",
        parent_token=" FLEET ",
        valid_from_at="2026-12-31T12:30",
        expires_at="2027-01-31T12:30",
    )
    assert made.location == "/id_tokens/show/1"
    token = db.scalars(select(IdToken)).one()
    assert (token.token, token.identity, token.parent_token) == ("04A1b2", str(0x04A1B2), "FLEET")
    # Typed in the installation's zone, Copenhagen.
    assert token.valid_from_at == datetime(2026, 12, 31, 11, 30, tzinfo=UTC)
    assert token.expires_at == datetime(2027, 1, 31, 11, 30, tzinfo=UTC)
    assert (token.blocked, token.user_id) == (False, None)
    assert 'value="2027-01-31T12:30"' in administrator.get("/id_tokens/edit/1").text

    emptied = {"valid_from_at": "", "expires_at": "", "parent_token": " "}
    changed = administrator.send(
        "/id_tokens/edit/1", token="04:A1:B2", blocked="y", user_id=f" {EMAIL.upper()} ", **emptied
    )
    assert changed.location == "/id_tokens/show/1"
    db.expire_all()
    assert (token.token, token.identity, token.blocked, token.user_id) == ("04:A1:B2", str(0x04A1B2), True, 1)
    assert (token.valid_from_at, token.expires_at, token.parent_token) == (None, None, None)
    assert f'value="{EMAIL}"' in administrator.get("/id_tokens/edit/1").text

    assert administrator.send("/id_tokens/delete/1").location == "/id_tokens/"
    assert db.scalars(select(IdToken)).all() == []


@pytest.mark.parametrize("written", ["3735928559", "deadbeef", "DE:AD:BE:EF", "0xDEADBEEF", "00DEADBEEF"])
def test_two_users_cannot_have_the_same_tag_in_any_writing(
    portal: Flask, administrator: Visitor, db: Session, written: str
) -> None:
    mads = add_person(db, RoleName.EV_USER, "mads@example.com")
    add_tag(db, "DE AD BE EF", user_id=mads.id)
    again = administrator.send("/id_tokens/add", token=written, user_id=EMAIL)
    assert (again.status_code, errors(again)) == (
        422, ["This tag is registered already, as DE AD BE EF. mads@example.com has it."],
    )  # fmt: skip
    assert db.scalars(select(IdToken.user_id)).all() == [mads.id]


def test_a_tag_of_nobodys_is_taken_too_but_not_by_itself(administrator: Visitor, db: Session) -> None:
    add_tag(db, "DE AD BE EF")
    again = administrator.send("/id_tokens/add", token="3735928559")
    assert errors(again) == ["This tag is registered already, as DE AD BE EF."]
    assert administrator.send("/id_tokens/edit/1", token="3735928559").location == "/id_tokens/show/1"


FAULTS = {
    "--": "A tag has letters or digits.",
    "A" * 37: "This is too long for a tag.",
    "A" * 65: "At most 64 characters.",
    "123, 456": "Enter one tag only, without comma or semicolon.",
    "DE–AD": "A tag has no other signs than the letters A to Z, digits and signs such as - and :.",
    "3.64E+09": (
        "A spreadsheet has made a number of this and digits may be lost. Enter it as it is printed on the tag."
    ),
}


@pytest.mark.parametrize(("token", "fault"), FAULTS.items())
def test_what_is_no_tag_is_refused_with_the_reason(administrator: Visitor, db: Session, token: str, fault: str) -> None:
    assert errors(administrator.send("/id_tokens/add", token=token)) == [fault]
    assert db.scalars(select(IdToken)).all() == []


def test_everything_wrong_is_told_at_once(administrator: Visitor) -> None:
    wrong = administrator.send(
        "/id_tokens/add",
        token="",
        user_id="nobody@example.com",
        parent_token="x" * 21,
        valid_from_at="2027-01-02T00:00",
        expires_at="2027-01-02T00:00",
    )
    assert errors(wrong) == [
        "This is needed.",
        "There is no user with this e-mail.",
        "At most 20 characters.",
        "This must be after the beginning.",
    ]
    assert 'value="nobody@example.com"' in wrong.text
    assert errors(administrator.send("/id_tokens/add", token="1", expires_at="tomorrow")) == [
        "Not a valid datetime value."
    ]


def test_how_a_tag_was_understood_is_shown(administrator: Visitor, db: Session) -> None:
    add_tag(db, "de:ad:be:ef")
    add_tag(db, "DK-8AA-C12345678")
    assert cells(administrator.get("/id_tokens/?sort=id").text, "identity") == [
        "DE AD BE EF = 3735928559", "DK8AAC12345678",
    ]  # fmt: skip
    assert "DE AD BE EF = 3735928559" in administrator.get("/id_tokens/show/1").text


def test_the_table_finds_a_tag_in_any_writing(administrator: Visitor, db: Session) -> None:
    add_tag(db, "de:ad:be:ef")
    add_tag(db, "12345678")
    for written in ("3735928559", "DEADBEEF", "ad:be"):
        assert cells(administrator.get(f"/id_tokens/?token={written}").text, "token") == ["de:ad:be:ef"]
    assert cells(administrator.get("/id_tokens/?token=4711").text, "token") == []


@pytest.fixture
def driver(portal: Flask, db: Session) -> tuple[Visitor, PortalUser]:
    """An EV user with one tag, 1; another user's is 2."""
    eva = add_person(db, RoleName.EV_USER, "eva@example.com")
    mads = add_person(db, RoleName.EV_USER, "mads@example.com")
    add_tag(db, "04A1B2C3", user_id=eva.id, description="Key ring")
    add_tag(db, "99999999", user_id=mads.id, description="Secret of Mads")
    return sign_in(portal, eva), eva


def test_an_ev_user_reads_just_their_own(driver: tuple[Visitor, PortalUser]) -> None:
    eva, _user = driver
    page = eva.get("/id_tokens/").text
    assert cells(page, "token") == ["04A1B2C3"]
    assert "<h1>Your tags" in page
    for absent in ("Mads", "/id_tokens/add", "/id_tokens/edit", "/id_tokens/delete", 'data-column="user"'):
        assert absent not in page
    assert "Key ring" in eva.get("/id_tokens/show/1").text
    assert "99999999" not in eva.get("/id_tokens/export/csv").text
    assert eva.get("/id_tokens/show/2").status_code == eva.get("/id_tokens/show/4711").status_code == 404
    # A filter by a column that is not offered filters nothing, rather than telling whose tags there are.
    assert cells(eva.get("/id_tokens/?user=mads").text, "token") == ["04A1B2C3"]


def test_an_ev_user_changes_nothing(driver: tuple[Visitor, PortalUser], db: Session) -> None:
    eva, _user = driver
    for path in ("add", "edit/1", "delete/1", "edit/2", "delete/2"):
        answer = eva.send(f"/id_tokens/{path}", page="/id_tokens/", token="1", blocked="")
        assert answer.status_code in (302, 403, 404)
    assert db.scalars(select(IdToken.token).order_by(IdToken.id)).all() == ["04A1B2C3", "99999999"]


def test_an_ev_user_without_a_tag_is_told_what_to_do(portal: Flask, db: Session) -> None:
    page = sign_in(portal, add_person(db, RoleName.EV_USER, "new@example.com")).get("/id_tokens/").text
    assert "You have no tag yet. Ask those who run the stations for one." in page


@pytest.mark.parametrize("role", [RoleName.SUPPORT, RoleName.SITE_ADMINISTRATOR])
def test_others_see_no_tags(portal: Flask, db: Session, role: RoleName) -> None:
    add_tag(db, "04A1B2C3")
    person = sign_in(portal, add_person(db, role, "other@example.com"))
    for path in ("", "show/1", "add", "edit/1", "export/csv"):
        answer = person.get(f"/id_tokens/{path}")
        assert answer.status_code in (302, 403)
        assert "04A1B2C3" not in answer.text
