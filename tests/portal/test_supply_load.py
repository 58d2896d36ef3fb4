"""The tab Load of a supply controller, its feed, and the feed of a station from the other side."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import meter_values, partitions
from domain.clock import now
from domain.models import Outlet, Site, Station, StationKind
from domain.reports import MeterReport, Reading
from domain.roles import RoleName
from tests.portal.api.client import ApiClient
from tests.portal.browser_like import Visitor, errors
from tests.portal.forms_on_pages import form_on
from tests.portal.people import add_person, sign_in
from tests.statements import recorded

LOAD = "/load/?node=station-1"
FORM = "/load/edit?node=station-1"


@pytest.fixture
def feed(db: Session) -> Station:
    """Station 1, without a fuse yet; 2 and 3 on its site, 4 on another."""
    partitions.ensure(db, now().date())
    site, there = Site(name="S"), Site(name="T")
    controller = Station(site=site, name="Feed", charge_box_id="F", kind=StationKind.SUPPLY_CONTROLLER)
    db.add(controller)
    db.flush()
    for name, where in (("A<b>", site), ("B", site), ("E", there)):
        station = Station(site=where, name=name, charge_box_id=name)
        db.add(station)
        db.flush()
        db.add(Outlet(station_id=station.id, number=1))
    db.commit()
    return controller


def behind(db: Session) -> list[int]:
    db.expire_all()
    return list(db.scalars(select(Station.id).where(Station.supply_controller_id == 1).order_by(Station.id)))


def test_a_feed_is_set_up_and_its_load_told(administrator: Visitor, feed: Station, db: Session) -> None:
    page = administrator.get(LOAD).text
    assert "The fuse of this feed is not known yet" in page
    assert "No station stands behind this supply controller yet" in page
    form = form_on(administrator.get(FORM).text)
    sent = form | {"fuse_phases": "3", "fuse_a": "100", "stations": ["2", "3"]}
    assert administrator.http.post(FORM, data=sent).location == LOAD
    assert behind(db) == [2, 3]
    reading = Reading(now(), None, 7_000, 12.0, None, [])
    own = Reading(now() - timedelta(seconds=1), None, 90_000, 130.0, None, [])
    meter_values.store(db, [MeterReport(2, now(), 1, None, (reading,)), MeterReport(1, now(), 0, None, (own,))])
    db.commit()
    page = administrator.get(LOAD).text
    assert "3 × 100 A, 230 V" in page and "▲ 130 % of the fuse" in page
    assert (
        '<td class="num">12.0</td><td class="num">7.0</td><td class="num">130.0</td><td class="num">90.0</td>' in page
    )
    assert page.count('class="fuse" x1') == 2
    assert "2 stations behind it" in page
    assert administrator.get("/load/now?node=station-1").status_code == 200


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"fuse_a": "0"}, ["Between 1 and 10000."]),
        ({"fuse_a": "much"}, ["Not a valid integer value."]),
        ({"fuse_phases": "2"}, ["Not a valid choice."]),
        ({"voltage_v": "12"}, ["Between 100 and 1000."]),
        ({"stations": ["4"]}, ["'4' is not a valid choice for this field."]),
        ({"stations": ["1"]}, ["'1' is not a valid choice for this field."]),
    ],
)
def test_what_cannot_be_is_said(
    administrator: Visitor, feed: Station, db: Session, fields: dict[str, object], said: list[str]
) -> None:
    answer = administrator.http.post(FORM, data=form_on(administrator.get(FORM).text) | fields)
    assert (answer.status_code, errors(answer)) == (422, said)
    assert behind(db) == []


def test_a_station_is_put_behind_a_feed_from_its_own_side(administrator: Visitor, feed: Station, db: Session) -> None:
    path = "/stations/edit/2"
    form = form_on(administrator.get(path).text)
    assert administrator.http.post(path, data=form | {"supply_controller_id": "1"}).status_code == 302
    assert behind(db) == [2]
    shown = administrator.get("/stations/show/2").text
    assert '<a href="/load/?node=station-1">Feed</a>' in shown
    refused = administrator.http.post("/stations/edit/4", data=form_on(administrator.get("/stations/edit/4").text)
                                      | {"supply_controller_id": "1"})  # fmt: skip
    assert errors(refused) == ["The supply controller is on another site."]
    own = form_on(administrator.get("/stations/edit/1").text) | {"kind": "charging_station"}
    refused = administrator.http.post("/stations/edit/1", data=own)
    assert errors(refused) == ["Stations stand behind it. Take them from it first."]


def test_two_who_set_up_a_feed_at_once(administrator: Visitor, portal: Flask, feed: Station, db: Session) -> None:
    other = sign_in(portal, add_person(db, RoleName.SUPPORT, "second@example.com"))
    mine = form_on(other.get(FORM).text)
    theirs = form_on(administrator.get(FORM).text)
    administrator.http.post(FORM, data=theirs | {"stations": ["2"], "fuse_a": "100"})
    told = other.http.post(FORM, data=mine | {"stations": ["3"]})
    assert told.status_code == 409
    assert "<q>A&lt;b&gt;</q>" in told.text and "<q>B</q>" in told.text and "<q>100</q>" in told.text
    assert other.http.post(FORM, data=form_on(told.text)).status_code == 302
    assert behind(db) == [3]


def test_only_a_supply_controller_has_a_load(administrator: Visitor, portal: Flask, feed: Station, db: Session) -> None:
    for path in ("/load/", "/load/?node=station-2", "/load/now?node=site-1", "/load/edit?node=station-2"):
        assert administrator.get(path).status_code == 404, path
    assert "/load/?node=station-1" in administrator.get("/stations/show/1?node=station-1").text
    assert "/load/" not in administrator.get("/stations/show/2?node=station-2").text
    there = db.scalars(select(Site).where(Site.name == "T")).one()
    visitor = sign_in(portal, add_person(db, RoleName.SITE_ADMINISTRATOR, "site@example.com", [there]))
    for path in (LOAD, FORM, "/load/now?node=station-1"):
        assert visitor.get(path).status_code == 404


@pytest.mark.parametrize("day", ["2026-02-30", "x", "9999-12-31", "0001-01-01", "2026-03-29", "2026-10-25"])
def test_any_day_is_asked_for(administrator: Visitor, feed: Station, day: str) -> None:
    assert administrator.get(f"{LOAD}&day={day}").status_code in (200, 404)


def test_the_page_asks_no_more_of_the_database_for_more_stations(
    administrator: Visitor, feed: Station, db: Session
) -> None:
    counts = []
    for number in (2, 60):
        for index in range(number):
            station = Station(site_id=1, name=f"{number}-{index}", charge_box_id=f"{number}-{index}",
                              supply_controller_id=1)  # fmt: skip
            db.add(station)
            db.flush()
            db.add(Outlet(station_id=station.id, number=1))
        db.commit()
        with recorded() as statements:
            assert administrator.get(LOAD).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_the_api_puts_stations_behind_a_feed(administrator: Visitor, portal: Flask, feed: Station, db: Session) -> None:
    token = portal.test_client().post(
        "/api/v1/security/login",
        json={"username": "ida.holm@example.com", "password": "secret-0001", "provider": "db"},
    )
    api = ApiClient(portal.test_client(), token.json["access_token"])
    assert api.put("stations/1", {"fuse_phases": 3, "fuse_a": 63, "voltage_v": None})[0] == 200
    assert api.put("stations/2", {"supply_controller": 1})[1]["result"]["supply_controller"] == 1
    for path, change, field, reason in (
        ("stations/4", {"supply_controller": 1}, "supply_controller", "The supply controller is on another site."),
        ("stations/3", {"supply_controller": 2}, "supply_controller", "This is no supply controller."),
        ("stations/3", {"supply_controller": 99}, "supply_controller", "There is no supply_controller 99."),
        ("stations/1", {"kind": "charging_station"}, "kind", "Stations stand behind it. Take them from it first."),
        ("stations/1", {"fuse_phases": 2}, "fuse_phases", "Must be one of: 1, 3."),
    ):
        assert api.put(path, change) == (422, {"message": {field: [reason]}}), change
    moved = api.put("stations/2", {"site": 2})[1]["result"]
    assert moved["supply_controller"] is None
