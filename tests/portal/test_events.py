"""The event log."""

import csv
import html
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from domain.events import EventKind, OrdinaryEventKind
from domain.models import Event, Floor, Outlet, Progress, Site, Station
from domain.review_reasons import ReviewReason
from domain.roles import RoleName
from portal.command_words import PROGRESS
from portal.views import charging_session_words, event_words
from tests.portal.browser_like import Visitor
from tests.portal.people import add_person, sign_in

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
CELL = re.compile(r'<td[^>]* data-column="(\w+)" data-filter="([^"]*)">(.*?)</td>', re.DOTALL)

STOPPED = {
    "transaction_id": 4711,
    "meter_stop_wh": 12345,
    "stopped_at": "2026-11-22T08:00:00+00:00",
    "reason": "local",
    "id_token": "04A1B2C3",
    "readings": [{"measured_at": "2026-11-22T07:00:00+00:00", "samples": [{"value": "12000"}]}],
}
ADVICE = "The tag was refused. If all tags are like that at this station, set how it reads tags"
TOLD: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "tag": (
        "tag_known_otherwise",
        {"id_token": "EFBEADDE", "tag_byte_order": "reversed"},
        "EFBEADDE would be known with its bytes reversed",
        "EFBEADDE",
    ),
    "stop": (
        "unknown_transaction_stopped",
        STOPPED,
        "Transaction 4711 · stopped 2026-11-22 09:00:00.0 · meter 12.345 kWh · Stopped at the station · tag 04A1B2C3",
        "04A1B2C3",
    ),
    "stop without a tag": (
        "unknown_transaction_stopped",
        STOPPED | {"id_token": None, "reason": "EmergencyExit"},
        "Transaction 4711 · stopped 2026-11-22 09:00:00.0 · meter 12.345 kWh · EmergencyExit",
        "4711",
    ),
    "data": (
        "data_transferred",
        {"vendor_id": "<b>Acme</b>", "message_id": None, "data": "x\ny"},
        "<b>Acme</b> · x\ny",
        "<b>Acme</b>",
    ),
    "stop without its number": (
        "transaction_matched",
        {"transaction_id": -1, "charging_session_id": 4711},
        "The station named transaction -1; it is session 4711",
        "4711",
    ),
    "unknown meter values": (
        "unknown_transaction_metered",
        {"transaction_id": 4711, "outlet_number": 2},
        "Transaction 4711 at outlet 2",
        "4711",
    ),
    "firmware": (
        "firmware_status",
        {"status": "download_failed", "command_id": 4711},
        "The download failed · command 4711",
        "4711",
    ),
    "log": ("log_status", {"status": "uploaded", "command_id": None}, "Uploaded", "uploaded"),
    "security": (
        "security_event",
        {"type": "InvalidCsr", "at": "2026-11-22T08:00:00+00:00", "info": None},
        "InvalidCsr · 2026-11-22 09:00:00.0",
        "InvalidCsr",
    ),
    "clock ahead": ("clock_wrong", {"offset_seconds": 3600}, "Ahead by 1 hour", "3600"),
    "clock behind": ("clock_wrong", {"offset_seconds": -1760000000}, "Behind by 56 years", "-1760000000"),
    "created": ("node_created", {"level": "floor", "name": "P1 <b>"}, "Floor P1 <b>", ""),
    "changed": (
        "node_changed",
        {"level": "supply_controller", "name": "Feed", "fields": ["fuse_a", "charge_box_id"]},
        "Supply controller Feed: fuse a, charge box id",
        "",
    ),
    "connected": ("station_connected", {"protocol": "ocpp1.5"}, "OCPP 1.5 (SOAP)", ""),
    "lost": ("station_lost", {}, "", ""),
    "started": ("station_booted", {"firmware_version": "1.0"}, "1.0", ""),
    "started with another": ("station_booted", {"firmware_version": "1.1", "firmware_before": "1.0"}, "1.0 → 1.1", ""),
    "state": (
        "outlet_state",
        {"outlet_number": 2, "before": "charging", "after": "out_of_service"},
        "Outlet 2 · In use → Out of service",
        "",
    ),
    "session": ("session_started", {"outlet_number": 2}, "Outlet 2", ""),
    "its end": (
        "session_ended",
        {"outlet_number": 2, "energy_wh": 7000, "stop_reason": "remote"},
        "Outlet 2 · 7.000 kWh · Stopped from the portal",
        "",
    ),
    "its correction": (
        "session_corrected",
        {"outlet_number": 2, "energy_wh": 6000, "energy_before_wh": 7000},
        "Outlet 2 · 7.000 → 6.000 kWh",
        "",
    ),
    "command": ("command_asked", {"command_id": 4711, "action": "reset"}, "Restart · command 4711", "4711"),
    "its answer": (
        "command_ended",
        {"command_id": 4711, "action": "reset", "state": "timed_out", "reason": "no_answer"},
        "Restart · Timed out · No answer in time; the station may still obey · command 4711",
        "4711",
    ),
    "file": ("file_received", {"name": "log.zip", "size_bytes": 20000, "via": "ftp"}, "log.zip · 20,000 bytes", ""),
    "firmware image": ("firmware_added", {"name": "Acme M 1.2"}, "Acme M 1.2", ""),
    "user": ("user_blocked", {"user_id": 7}, "User 7", "7"),
    "tag of nobody": ("tag_added", {}, "A tag of nobody", ""),
    "of a later version": ("something_new", {"a": 1, "b": None}, "a: 1 · b: None", ""),
}


def test_every_kind_of_event_and_every_reason_for_a_review_has_words() -> None:
    assert set(event_words.KINDS) == {*EventKind, *OrdinaryEventKind}
    assert set(charging_session_words.REVIEW_REASONS) == set(ReviewReason)
    assert set(PROGRESS) == {progress.value for progress in Progress}


def add_event(db: Session, station: Station, kind: str, details: dict[str, Any], hours: float = 0) -> Event:
    event = Event(
        kind=kind,
        happened_at=NINE + timedelta(hours=hours),
        site_id=station.site_id,
        station_id=station.id,
        details=details,
    )
    db.add(event)
    db.commit()
    return event


def column(visitor: Visitor, name: str, path: str = "/events/") -> list[str]:
    found = CELL.findall(visitor.get(path).text)
    return [html.unescape(shown) for each, _filter, shown in found if each == name]


@pytest.fixture
def stations(db: Session) -> list[Station]:
    """One on a floor of site A, one of site A itself, one of site B; each with an event, in this order."""
    sites = [Site(name="A"), Site(name="B")]
    db.add_all(sites)
    db.flush()
    floor = Floor(site_id=sites[0].id, name="Level 1")
    db.add(floor)
    db.flush()
    made = [
        Station(site_id=sites[0].id, floor_id=floor.id, name="A1", charge_box_id="a1"),
        Station(site_id=sites[0].id, name="A2", charge_box_id="a2"),
        Station(site_id=sites[1].id, name="B1", charge_box_id="b1"),
    ]
    db.add_all(made)
    db.flush()
    db.add(Outlet(station_id=made[0].id, number=1))
    db.flush()
    db.execute(delete(Event))  # That they were made is told elsewhere.
    for hours, station in enumerate(made):
        add_event(db, station, "data_transferred", {"vendor_id": f"of {station.name}"}, hours)
    return made


@pytest.mark.parametrize(("kind", "told", "words", "telling"), TOLD.values(), ids=TOLD.keys())
def test_an_event_in_words(
    administrator: Visitor, db: Session, stations: list[Station], kind: str, told: dict, words: str, telling: str
) -> None:
    event = add_event(db, stations[0], kind, told, hours=9)
    name, filter_text, shown = CELL.findall(administrator.get("/events/").text)[4]
    assert (name, html.unescape(shown), html.unescape(filter_text)) == ("details", words, telling)
    page = administrator.get(f"/events/show/{event.id}")
    assert page.status_code == 200
    assert html.escape(words, quote=False) in page.text.replace("&#34;", '"')
    assert (ADVICE in page.text) == (kind == "tag_known_otherwise")
    assert '<a href="/stations/show/1">A1</a>' in page.text


def test_the_latest_comes_first_with_its_place(administrator: Visitor, stations: list[Station]) -> None:
    assert column(administrator, "station") == ["B1", "A2", "A1"]
    assert column(administrator, "site") == ["B", "A", "A"]
    assert column(administrator, "kind") == ["Message of the manufacturer's own"] * 3
    assert column(administrator, "happened_at")[0] == "2026-11-22 12:00:00.0"
    assert 'aria-current="page">Service' in administrator.get("/events/").text


WITHIN = {
    "system": ["B1", "A2", "A1"],
    "site-1": ["A2", "A1"],
    "floor-1": ["A1"],
    "station-2": ["A2"],
    "outlet-1": ["A1"],
    "site-2": ["B1"],
}


@pytest.mark.parametrize(("node", "shown"), WITHIN.items())
def test_the_selected_node(administrator: Visitor, stations: list[Station], node: str, shown: list[str]) -> None:
    assert column(administrator, "station", f"/events/?node={node}") == shown


SEES = {
    RoleName.SUPPORT: ["B1", "A2", "A1"],
    RoleName.SITE_ADMINISTRATOR: ["A2", "A1"],
}


@pytest.mark.parametrize(("role", "shown"), SEES.items())
def test_who_sees_which(portal: Flask, db: Session, stations: list[Station], role: RoleName, shown: list[str]) -> None:
    sites = [db.get(Site, stations[0].site_id)] if role is RoleName.SITE_ADMINISTRATOR else []
    person = sign_in(portal, add_person(db, role, "other@example.com", sites))
    db.execute(delete(Event).where(Event.site_id.is_(None)))  # That of the person.
    db.commit()
    assert column(person, "station") == shown
    exported = list(csv.DictReader(io.StringIO(person.get("/events/export/csv").text.lstrip("\ufeff"))))
    assert [row["station"] for row in exported] == shown
    [told] = db.scalars(select(Event.id).where(Event.station_id == stations[2].id))
    assert person.get(f"/events/show/{told}").status_code == (200 if "B1" in shown else 404)
    # A node that one may not see is as one that is not there.
    at_b = ["B1"] if "B1" in shown else shown
    assert column(person, "station", "/events/?node=site-2") == at_b
    assert column(person, "station", "/events/?site=B") == [name for name in shown if name == "B1"]


def test_an_ev_user_has_no_event_log(portal: Flask, db: Session, stations: list[Station]) -> None:
    driver = sign_in(portal, add_person(db, RoleName.EV_USER, "eva@example.com"))
    for path in ("", "show/1", "export/csv"):
        assert driver.get(f"/events/{path}").status_code in (302, 403)
    assert "/events/" not in driver.get("/statistics/").text


def test_an_event_outlives_its_station(administrator: Visitor, db: Session, stations: list[Station]) -> None:
    [told] = db.scalars(select(Event.id).where(Event.station_id == stations[2].id))
    db.delete(stations[2])
    db.commit()
    assert column(administrator, "station") == ["", "", "A2", "A1"]
    assert column(administrator, "details")[0] == "Station B1"
    assert administrator.get(f"/events/show/{told}").status_code == 200
    assert "/stations/show/3" not in administrator.get("/events/").text + administrator.get(f"/events/show/{told}").text


def test_filters(administrator: Visitor, db: Session, stations: list[Station]) -> None:
    add_event(db, stations[0], *TOLD["tag"][:2], hours=9)
    assert column(administrator, "station", "/events/?kind=tag_known_otherwise") == ["A1"]
    assert column(administrator, "station", "/events/?details=efbeadde") == ["A1"]
    db.add(Outlet(station_id=stations[1].id, number=1))
    db.commit()
    assert column(administrator, "kind", "/events/?kind=node_created") == ["Created in the tree"]
    for unusual in ("unusual", "out of the ordinary"):
        assert column(administrator, "station", f"/events/?kind={unusual}") == ["A1", "B1", "A2", "A1"]
    assert column(administrator, "station", "/events/?happened_at=2026-11-22 11:00") == ["A2"]
    assert "There is no column “station” to sort by." in html.unescape(administrator.get("/events/?sort=station").text)


def test_exports(administrator: Visitor, db: Session, stations: list[Station]) -> None:
    """Excel is for people, CSV for programs."""
    add_event(db, stations[0], *TOLD["tag"][:2], hours=9)
    sheet = load_workbook(io.BytesIO(administrator.get("/events/export/xlsx").data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][1:] == ("Unknown tag, known if read otherwise", "A", "A1", TOLD["tag"][2])
    told = list(csv.DictReader(io.StringIO(administrator.get("/events/export/csv").text.lstrip("\ufeff"))))
    assert told[0]["details"] == '{"id_token": "EFBEADDE", "tag_byte_order": "reversed"}'


def test_an_event_that_is_not_there(administrator: Visitor, db: Session) -> None:
    db.execute(delete(Event))
    db.commit()
    for pk in ("1", "0", "9" * 18):
        assert administrator.get(f"/events/show/{pk}").status_code == 404
    assert "Nothing has happened here yet." in administrator.get("/events/").text
