"""Review in the portal: the list, the look, and what stands of it on the session's page."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import charging_sessions, reviews, stations
from domain.clock import now
from domain.models import ChargingSession, Outlet, OutletMode, Site, Station
from domain.reports import BootReport, StartReport, StopReport
from domain.reviews import Look
from domain.roles import RoleName
from domain.stops import StopReason
from tests.portal.browser_like import Visitor
from tests.portal.forms_on_pages import form_on
from tests.portal.people import add_person, sign_in


@pytest.fixture
def doubtful(db: Session) -> ChargingSession:
    """One whose stop never came, so that its end is guessed and nothing tells its energy."""
    station = Station(site=Site(name="Harbour"), name="H-1<b>", charge_box_id="H-1")
    db.add(station)
    db.flush()
    db.add(Outlet(station_id=station.id, number=1, mode=OutletMode.OPEN))
    db.flush()
    at = now() - timedelta(hours=5)
    number = charging_sessions.start(db, StartReport(station.id, at, 1, "nobody", 1000, at)).charging_session_id
    stations.boot(db, BootReport(station.id, at + timedelta(hours=1), "V", "M", None, None))
    sound = charging_sessions.start(
        db, StartReport(station.id, at + timedelta(hours=2), 1, "n", 5, at + timedelta(hours=2))
    )
    stop = StopReport(
        station.id, now(), sound.charging_session_id, None, 9005, at + timedelta(hours=3), StopReason.LOCAL, ()
    )
    charging_sessions.stop(db, stop)
    db.commit()
    return db.scalars(select(ChargingSession).where(ChargingSession.id == number)).one()


def look_url(charging_session: ChargingSession) -> str:
    return f"/review/look/{charging_session.id}"


def opened(visitor: Visitor, charging_session: ChargingSession) -> dict[str, str]:
    return form_on(visitor.get(look_url(charging_session)).text)


def fresh(db: Session, charging_session: ChargingSession) -> ChargingSession:
    db.rollback()
    db.refresh(charging_session)
    return charging_session


def test_the_list_holds_what_nobody_has_looked_at(administrator: Visitor, doubtful: ChargingSession) -> None:
    page = administrator.get("/review/").text
    assert "The station never said that the charge stopped." in page
    assert "H-1&lt;b&gt;" in page and "H-1<b>" not in page
    [_heading, line] = administrator.get("/review/export/csv?columns=id,reasons").text.splitlines()
    assert line == f"{doubtful.id},stop_missing energy_unknown"


def test_one_is_confirmed_and_leaves_the_list(administrator: Visitor, doubtful: ChargingSession, db: Session) -> None:
    sent = opened(administrator, doubtful) | {"verdict": "confirm"}
    assert administrator.http.post(look_url(doubtful), data=sent).location == "/review/"
    row = fresh(db, doubtful)
    assert (row.needs_review, row.is_corrected, row.reviewed_at is not None) == (False, False, True)
    assert "Nothing to look at" in administrator.get("/review/").text
    shown = administrator.get(f"/statistics/show/{row.id}").text
    assert "Reviews" in shown and "Right as it is" in shown


def test_one_is_corrected_and_the_original_stays(
    administrator: Visitor, doubtful: ChargingSession, db: Session
) -> None:
    found_wh = doubtful.energy_wh
    sent = opened(administrator, doubtful) | {"verdict": "correct", "energy_kwh": "12.345", "note": "Read <i>there</i>"}
    assert administrator.http.post(look_url(doubtful), data=sent).location == "/review/"
    row = fresh(db, doubtful)
    assert (row.energy_wh, row.original_energy_wh, row.is_corrected) == (12345, found_wh, True)
    shown = administrator.get(f"/statistics/show/{row.id}").text
    assert "Read &lt;i&gt;there&lt;/i&gt;" in shown
    assert "the station told" in shown and "12.345 kWh" in shown


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"energy_kwh": "12", "note": " "}, "Say why it is corrected"),
        ({"energy_kwh": "", "note": "why"}, "This is needed."),
        ({"energy_kwh": "-1", "note": "why"}, "An energy lies between 0 and 100000 kWh."),
        ({"energy_kwh": "1e9", "note": "why"}, "An energy lies between 0 and 100000 kWh."),
        ({"energy_kwh": "much", "note": "why"}, "Not a valid decimal value."),
        ({"energy_kwh": "1", "note": "why", "ended_at": "2001-01-01T10:00"}, "The end lies between the start and now."),
    ],
)
def test_a_correction_that_cannot_be_is_refused_in_words(
    administrator: Visitor, doubtful: ChargingSession, db: Session, typed: dict[str, str], told: str
) -> None:
    before = fresh(db, doubtful).energy_wh
    answer = administrator.http.post(
        look_url(doubtful), data=opened(administrator, doubtful) | {"verdict": "correct"} | typed
    )
    assert (answer.status_code, told in answer.text) == (422, True)
    assert typed["note"] in answer.text
    row = fresh(db, doubtful)
    assert (row.energy_wh, row.reviewed_at) == (before, None)


def test_the_second_of_two_is_told_and_loses_nothing_typed(
    administrator: Visitor, doubtful: ChargingSession, db: Session
) -> None:
    mine = opened(administrator, doubtful) | {"verdict": "correct", "energy_kwh": "5", "note": "mine"}
    theirs = Look(1, now(), "theirs")
    reviews.correct(db, fresh(db, doubtful), theirs, 4000)
    db.commit()
    answer = administrator.http.post(look_url(doubtful), data=mine)
    assert answer.status_code == 422
    assert "Meanwhile somebody reviewed this session" in answer.text and "mine" in answer.text
    again = form_on(answer.text) | {"verdict": "correct"}
    assert administrator.http.post(look_url(doubtful), data=again).status_code == 302
    assert fresh(db, doubtful).energy_wh == 5000


def test_only_those_who_answer_for_it_may_and_only_on_their_sites(
    portal: Flask, doubtful: ChargingSession, db: Session
) -> None:
    site = db.get(Site, doubtful.site_id)
    local = sign_in(portal, add_person(db, RoleName.SITE_ADMINISTRATOR, "l@example.com", sites=[site]))
    assert local.get(look_url(doubtful)).status_code == 200
    other = sign_in(portal, add_person(db, RoleName.SITE_ADMINISTRATOR, "o@example.com"))
    assert other.get(look_url(doubtful)).status_code == 404
    support = sign_in(portal, add_person(db, RoleName.SUPPORT, "s@example.com"))
    assert "never said that the charge stopped" in support.get("/review/").text
    assert support.get(look_url(doubtful)).status_code == 403


def test_a_driver_sees_no_notes(portal: Flask, doubtful: ChargingSession, db: Session) -> None:
    driver = add_person(db, RoleName.EV_USER, "e@example.com")
    row = fresh(db, doubtful)
    row.user_id = driver.id
    reviews.correct(db, row, Look(1, now(), "he was seen"), 4000)
    db.commit()
    shown = sign_in(portal, driver).get(f"/statistics/show/{row.id}").text
    assert "4.000 kWh" in shown and "he was seen" not in shown


def many_url(*charging_sessions: ChargingSession) -> str:
    return "/review/many/?marked=yes" + "".join(f"&session={each.id}" for each in charging_sessions)


def test_several_are_confirmed_at_once(administrator: Visitor, doubtful: ChargingSession, db: Session) -> None:
    page = administrator.get("/review/many/?energy_kwh=empty").text
    assert "Confirm 1 session" in page and "The station never said that the charge stopped." in page
    answer = administrator.http.post(many_url(doubtful), data=form_on(page) | {"note": "All <b>seen</b>"})
    assert answer.location == "/review/"
    row = fresh(db, doubtful)
    assert (row.needs_review, row.reviewed_at is not None) == (False, True)
    assert "All &lt;b&gt;seen&lt;/b&gt;" in administrator.get(f"/statistics/show/{row.id}").text
    assert "No session is chosen" in administrator.get(many_url(doubtful)).text


def test_what_changed_meanwhile_is_not_confirmed(
    administrator: Visitor, doubtful: ChargingSession, db: Session
) -> None:
    sent = form_on(administrator.get(many_url(doubtful)).text)
    row = fresh(db, doubtful)
    row.energy_wh = 777
    db.commit()
    told = administrator.http.post(many_url(doubtful), data=sent, follow_redirects=True).text
    assert "1 session changed meanwhile and was left as it is." in told
    assert fresh(db, doubtful).reviewed_at is None


def test_several_are_confirmed_on_ones_own_sites_alone(portal: Flask, doubtful: ChargingSession, db: Session) -> None:
    other = sign_in(portal, add_person(db, RoleName.SITE_ADMINISTRATOR, "o@example.com"))
    assert "No session is chosen" in other.get(many_url(doubtful)).text
    sent = {"seen": f"{doubtful.id}:None|{doubtful.ended_at}|None", "csrf_token": other.token("/review/many/")}
    other.http.post("/review/many/", data=sent)
    assert fresh(db, doubtful).reviewed_at is None


def test_a_corrected_end_stands_in_the_history(administrator: Visitor, doubtful: ChargingSession, db: Session) -> None:
    found = doubtful.ended_at
    reviews.correct(db, fresh(db, doubtful), Look(1, now(), "seen"), 1, found + timedelta(minutes=7))
    db.commit()
    shown = administrator.get(f"/statistics/show/{doubtful.id}").text
    assert "found was" in shown and ", now " in shown
