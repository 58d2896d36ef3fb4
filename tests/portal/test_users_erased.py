"""An administrator takes a person's data out, and erases the person."""

import html

import pytest
from flask import Flask
from flask_jwt_extended import create_access_token
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import charging_sessions, clock, erasures
from domain.db import session_factory
from domain.models import AuditEntry, ChargingSession, Outlet, PortalUser, SavedView, Site, Station
from domain.reports import StartReport, StopReason, StopReport
from domain.roles import RoleName
from tests.portal.api.client import ApiClient
from tests.portal.browser_like import Visitor, notes
from tests.portal.conftest import EMAIL
from tests.portal.users import NORA, PASSWORD, made


@pytest.fixture
def nora(db: Session) -> PortalUser:
    names = {"first_name": "Nora", "last_name": "Dahl"}
    return made(db, NORA["email"], id_tokens=["DEADBEEF"], **names)


@pytest.fixture
def charge(db: Session, nora: PortalUser) -> ChargingSession:
    """It still runs."""
    site = Site(name="Harbour")
    db.add(site)
    db.flush()
    station = Station(site_id=site.id, name="Quay", charge_box_id="quay")
    db.add(station)
    db.flush()
    db.add(Outlet(station_id=station.id, number=1))
    now = clock.now()
    charging_sessions.start(db, StartReport(station.id, now, 1, "DEADBEEF", 0, now))
    db.commit()
    return db.scalars(select(ChargingSession)).one()


@pytest.fixture
def api(portal: Flask, administrator: Visitor) -> ApiClient:
    """A program of the administrator's."""
    with portal.app_context():
        me = portal.appbuilder.sm.find_user(email=EMAIL)
        return ApiClient(portal.test_client(), create_access_token(identity=me.get_id()))


def test_the_administrator_gets_the_file_that_the_driver_gets(
    administrator: Visitor, portal: Flask, db: Session, nora: PortalUser, charge: ChargingSession
) -> None:
    db.add(SavedView(user_id=nora.id, table_name="ChargingSessionView", name="Mine", query="sort=id"))
    db.commit()
    assert f"/users/data/{nora.id}" in administrator.get("/users/").text
    assert f'href="/users/data/{nora.id}"' in administrator.get(f"/users/show/{nora.id}").text
    answer = administrator.get(f"/users/data/{nora.id}")
    assert answer.headers["Content-Disposition"].startswith(f"attachment; filename=personal-data-{nora.id}-")
    driver = Visitor(portal.test_client())
    driver.sign_in(nora.email, PASSWORD)
    own = driver.get("/charging/more/data").json
    kinds = ["account", "id_tokens", "charging_sessions", "saved_views"]
    assert [answer.json[kind] for kind in kinds[1:]] == [own[kind] for kind in kinds[1:]]
    assert [view["name"] for view in own["saved_views"]] == ["Mine"]
    assert [session["id"] for session in own["charging_sessions"]] == [charge.id]
    assert answer.json["account"]["email"] == own["account"]["email"] == nora.email
    assert [deed["action"] for deed in own["deeds"]] == ["signed_in", "exported"]
    exports = select(AuditEntry.user_id, AuditEntry.object_kind, AuditEntry.object_id).filter_by(action="exported")
    assert db.execute(exports.order_by(AuditEntry.id)).all() == [
        (1, "user", str(nora.id)),
        (nora.id, "user", str(nora.id)),
    ]


def test_the_question_says_what_goes_and_what_stays_and_what_becomes_of_a_charge(
    administrator: Visitor, db: Session, nora: PortalUser, charge: ChargingSession
) -> None:
    number = nora.id
    page = html.unescape(administrator.get(f"/users/delete/{number}").text)
    for words in (
        "Delete Nora Dahl and erase their data?",
        "The user: name, e-mail, password, second factor, settings.",
        "Sessions with time, place and energy, without a person.",
        f"by the number {number} only",
        "Nora Dahl is charging at Harbour, Quay-1. The charge goes on without a name",
        "This cannot be undone.",
    ):
        assert words in page, words
    gone = administrator.send(f"/users/delete/{number}")
    assert notes(administrator.get(gone.location)) == [("good", "Nora Dahl was deleted.")]
    db.expire_all()
    assert (charge.user_id, charge.email, charge.id_token) == (None, None, f"deleted-{charge.id}")
    assert erasures.carry_out(session_factory()) == []
    now = clock.now()
    charging_sessions.stop(db, StopReport(charge.node_id, now, charge.id, "DEADBEEF", 4200, now, StopReason.LOCAL, ()))
    charge.ended_at = charge.stopped_at
    db.commit()
    assert charge.energy_wh == 4200
    assert erasures.carry_out(session_factory()) == [number]


def test_statistics_export_the_same_energy_before_and_after(
    administrator: Visitor, db: Session, nora: PortalUser, charge: ChargingSession
) -> None:
    path = "/statistics/export/csv?columns=id,started_at,energy_wh,duration_seconds,meter_wh,site_name&sort=id"
    before = administrator.get(path).text
    assert len(before.splitlines()) == 2
    administrator.send(f"/users/delete/{nora.id}")
    assert administrator.get(path).text == before


def test_nobody_deletes_their_own_account(administrator: Visitor, api: ApiClient, db: Session) -> None:
    made(db, "second@example.com", RoleName.ADMINISTRATOR)
    answer = administrator.send("/users/delete/1")
    said = [("bad", "This is your own account. Another administrator can delete it.")]
    assert notes(administrator.get(answer.location)) == said
    refused = {"message": "This is your own account; another administrator deletes it."}
    assert api.delete("users/1") == (409, refused)
    assert db.get(PortalUser, 1) is not None


def test_a_program_exports_and_erases(api: ApiClient, db: Session, nora: PortalUser, charge: ChargingSession) -> None:
    number = nora.id
    status, data = api.get(f"users/{number}/data")
    assert (status, data["account"]["email"]) == (200, nora.email)
    assert api.get("users/99/data")[0] == 404
    assert api.delete(f"users/{number}")[0] == 200
    db.expire_all()
    assert (charge.user_id, charge.email) == (None, None)
    assert api.get(f"users/{number}/data")[0] == 404
