"""Saved views: a table as its user likes it, kept under a name."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import saved_views
from domain.models import PortalUser, SavedView
from domain.roles import RoleName
from domain.saved_views import MOST
from tests.portal.browser_like import Visitor, notes
from tests.portal.people import add_person, sign_in

ASKED = "/statistics/?energy_kwh=>10&sort=-energy_kwh&columns=energy_kwh,station"
SAVE = re.compile(r'class="keep" method="post" action="([^"]+)"')
LINK = re.compile(r'<a href="([^"]+)"(?: aria-current="true")?>Large ones</a>')


def found(pattern: re.Pattern[str], page: str) -> str:
    match = pattern.search(page)
    assert match
    return match[1].replace("&amp;", "&")


def save(visitor: Visitor, path: str, name: str) -> list[tuple[str, str]]:
    """What is said of it."""
    page = visitor.get(path).text
    sent = {"csrf_token": visitor.token(path), "name": name}
    return notes(visitor.http.post(found(SAVE, page), data=sent, follow_redirects=True))


def test_a_view_brings_back_filter_order_and_columns(administrator: Visitor, db: Session) -> None:
    assert save(administrator, ASKED, " Large  ones ") == [("good", "The view “Large ones” is saved.")]
    link = found(LINK, administrator.get("/statistics/").text)
    assert dict(parse_qsl(urlsplit(link).query)) == {
        "energy_kwh": ">10",
        "sort": "-energy_kwh",
        "columns": "energy_kwh,station",
    }
    page = administrator.get(link).text
    assert 'aria-current="true">Large ones' in page
    assert page.index(">Energy kWh") < page.index(">Station")
    assert "Large ones" not in administrator.get("/review/").text


def test_the_same_name_is_replaced_and_can_be_removed(administrator: Visitor, db: Session) -> None:
    save(administrator, ASKED, "Large ones")
    save(administrator, "/statistics/?energy_kwh=>99", "Large ones")
    [view] = db.scalars(select(SavedView)).all()
    assert dict(parse_qsl(view.query))["energy_kwh"] == ">99"
    address = f"/saved_views/remove/{view.id}?table=ChargingSessionView"
    answer = administrator.http.post(address, data={"csrf_token": administrator.token("/statistics/")})
    assert answer.location == "/statistics/"
    db.rollback()
    assert db.scalars(select(SavedView)).all() == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_that_cannot_be_is_refused_in_words(administrator: Visitor, db: Session, name: str) -> None:
    assert save(administrator, ASKED, name) == [("bad", "A view needs a name of at most 60 characters.")]
    assert db.scalars(select(SavedView)).all() == []


def test_there_are_only_so_many(administrator: Visitor, db: Session) -> None:
    user_id = db.scalars(select(PortalUser.id)).one()
    for number in range(MOST):
        saved_views.save(db, user_id, "ChargingSessionView", f"No {number}", "")
    db.commit()
    assert save(administrator, ASKED, "One more") == [("bad", "At most 50 views of one table. Remove one first.")]
    assert save(administrator, ASKED, "No 7") == [("good", "The view “No 7” is saved.")]


def test_nobody_sees_or_removes_anothers(administrator: Visitor, portal: Flask, db: Session) -> None:
    save(administrator, ASKED, "Large ones")
    view = db.scalars(select(SavedView)).one()
    support = sign_in(portal, add_person(db, RoleName.SUPPORT, "s@example.com"))
    assert "Large ones" not in support.get("/statistics/").text
    address = f"/saved_views/remove/{view.id}?table=ChargingSessionView"
    sent = {"csrf_token": support.token("/statistics/")}
    assert support.http.post(address, data=sent).status_code == 404
    assert db.scalars(select(SavedView.id)).all() == [view.id]


def test_no_view_of_a_table_that_one_may_not_see(portal: Flask, db: Session) -> None:
    support = sign_in(portal, add_person(db, RoleName.SUPPORT, "s@example.com"))
    for table in ("UserView", "DashboardView", "nonsense", ""):
        sent = {"csrf_token": support.token("/statistics/"), "name": "mine"}
        assert support.http.post(f"/saved_views/save?table={table}", data=sent).status_code == 404
    assert db.scalars(select(SavedView)).all() == []
