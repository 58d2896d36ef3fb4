"""What each pane shows, compared with what there is."""

import html
import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from domain.authorization import Verdict
from domain.clock import now
from domain.db import owner_session_factory
from domain.models import AuditEntry, IdToken, Outlet, Site, Station, System, UnknownStation
from domain.roles import RoleName
from domain.scope import Viewer
from domain.statuses import Shown
from portal.pages.dashboard.panes import (
    charging_now,
    co2,
    energy,
    own_charging,
    own_energy,
    own_sessions,
    own_tags,
    recent_sessions,
    review,
    stations_now,
    top_stations,
    unknown_stations,
    utilisation,
)
from portal.pages.dashboard.registry import PANES
from tests.portal.browser_like import Visitor
from tests.portal.dashboard.conftest import World
from tests.portal.people import add_person, sign_in
from tests.statements import recorded

ALL = Viewer(0, RoleName.ADMINISTRATOR)
NOON = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
"""A Monday, the day after the clocks went forward in Europe."""


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """It is NOON, for whoever asks the one clock."""
    for module in (energy, own_energy, recent_sessions, review, top_stations, utilisation):
        monkeypatch.setattr(module, "now", lambda: NOON)
    return NOON


@pytest.fixture
def reading(portal: Flask) -> Iterator[None]:
    """Panes are read within a request of somebody without settings: in the installation's zone, Europe/Copenhagen."""
    with portal.test_request_context():
        yield


def of(user_id: int) -> Viewer:
    return Viewer(user_id, RoleName.EV_USER)


@pytest.mark.usefixtures("reading")
def test_stations_in_each_state(world: World, db: Session) -> None:
    site = Site(name="Third")
    db.add(site)
    db.flush()
    db.add(Station(site_id=site.id, name="Never seen", charge_box_id="x"))
    db.commit()
    figures = stations_now.read(db, ALL)
    assert {one.state: one.count for one in figures.slices} == {
        Shown.AVAILABLE: 2,
        Shown.CHARGING: 1,
        Shown.FAULT: 1,
        Shown.OFFLINE: 1,
    }
    assert [(one.percent, one.begins_at_percent) for one in figures.slices] == [(40, 0), (20, 40), (20, 60), (20, 80)]
    assert figures.total == 5


@pytest.mark.usefixtures("reading", "noon")
def test_energy_by_day_of_the_reader(world: World, db: Session) -> None:
    def at(*moment: int, wh: int) -> None:
        world.add_session(world.mine, None, started_at=datetime(*moment, tzinfo=UTC), ended_at=NOON, energy_wh=wh)

    at(2026, 3, 30, 11, wh=1_000)
    at(2026, 3, 29, 21, 59, wh=2_000)  # In Copenhagen 23:59: the 29th, with its 23 hours.
    at(2026, 3, 29, 22, 1, wh=4_000)  # 00:01, the 30th.
    at(2026, 2, 28, 23, 0, wh=8_000)  # 00:00 of March 1, the first of the 30 days.
    at(2026, 2, 28, 11, 59, wh=6_000)  # Before them, and so among those compared with.
    at(2026, 2, 28, 12, 1, wh=90_000)  # Later than now on the last of the days before: not compared with.
    at(2026, 1, 29, 23, 0, wh=4_000)  # The first moment of them.
    at(2026, 1, 29, 22, 59, wh=99_000)
    figures = energy.read(db, ALL)
    values = {bar.label: bar.value for bar in figures.bars.bars if bar.value}
    assert values == {"Sun 1 Mar": 8_000, "Sun 29 Mar": 2_000, "Mon 30 Mar": 5_000}
    assert [bar.label for bar in figures.bars.bars if bar.is_light][-2:] == ["Sat 28 Mar", "Sun 29 Mar"]
    assert (len(figures.bars.bars), figures.total_wh) == (30, 15_000)
    assert figures.change_percent == pytest.approx(50)


@pytest.mark.usefixtures("reading", "noon")
def test_bars_reach_from_nothing_to_the_top(world: World, db: Session) -> None:
    for days, wh in ((0, 10_000), (1, 5_000), (2, 1), (3, 0)):
        world.add_session(world.mine, None, started_at=NOON - timedelta(days=days), ended_at=NOON, energy_wh=wh)
    bars = energy.read(db, ALL).bars.bars
    assert [(bar.y, bar.height) for bar in bars[-4:]] == [(120, 0), (118.5, 1.5), (60, 60), (0, 120)]


@pytest.mark.usefixtures("reading", "noon")
def test_utilisation_of_30_days_beside_the_30_before(world: World, db: Session) -> None:
    """Four outlets; one is taken for a whole day of the last 30, and for half of one of the 30 before."""
    for days, hours in ((3, 24), (40, 12)):
        begins_at = datetime(2026, 3, 29, 22, tzinfo=UTC) - timedelta(days=days)  # Midnight in Copenhagen, later on.
        world.add_session(world.mine, None, started_at=begins_at, ended_at=begins_at + timedelta(hours=hours))
    figures = utilisation.read(db, ALL)
    # 29 days, of which one had 23 hours, and 14 hours of today; before them 30 whole days.
    passed, before = 29 * 24 - 1 + 14, 30 * 24
    assert figures.percent == pytest.approx(100 * 24 / passed / 4)
    assert figures.change_points == pytest.approx(100 * 24 / passed / 4 - 100 * 12 / before / 4)
    assert sum(bar.value > 0 for bar in figures.bars.bars) in (1, 2)


@pytest.mark.usefixtures("reading", "noon")
def test_carbon_dioxide_is_the_energy_times_the_factor(world: World, db: Session) -> None:
    world.add_session(world.mine, None, started_at=NOON - timedelta(days=1), ended_at=NOON, energy_wh=298_000)
    usual = co2.read(db, ALL)
    assert (usual.avoided_kg, usual.petrol_km) == (149, 1000)
    db.execute(update(System).values(co2_avoided_g_per_kwh=100))
    assert co2.read(db, ALL).avoided_kg == pytest.approx(29.8)


def test_what_carbon_dioxide_avoided_means_is_said_in_words(portal: Flask, world: World, db: Session) -> None:
    world.add_session(world.mine, None, energy_wh=298_000)
    page = sign_in(portal, add_person(db, RoleName.ADMINISTRATOR, "a@example.com")).get("/dashboard/pane/co2").text
    assert "<b>149.0</b> kg" in page
    assert "As much as a petrol car emits on 1,000 km, at 149 g for each km." in page
    assert "An estimate: the 298.0 kWh that were charged, times 500 g for each." in page
    assert '<a href="/system/edit/1">Change the factor</a>' in page
    support = sign_in(portal, add_person(db, RoleName.SUPPORT, "s@example.com"))
    assert "149 g for each" in support.get("/dashboard/pane/co2").text


def test_the_factor_is_changed_by_who_may_within_reason_and_noted(portal: Flask, world: World, db: Session) -> None:
    administrator = sign_in(portal, add_person(db, RoleName.ADMINISTRATOR, "a@example.com"))
    name = db.get_one(System, 1).name
    for wrong in ("-1", "2001", "many", ""):
        assert administrator.send("/system/edit/1", name=name, co2_avoided_g_per_kwh=wrong).status_code == 422
    assert (
        administrator.send(
            "/system/edit/1",
            name=name,
            co2_avoided_g_per_kwh="620",
            silence_seconds="120",
            unregistered_seconds="86400",
        ).status_code
        == 302
    )
    of_system = select(AuditEntry).where(AuditEntry.object_kind == "system")
    entry = db.scalars(of_system.order_by(AuditEntry.id.desc())).first()
    assert (entry.before["co2_avoided_g_per_kwh"], entry.after["co2_avoided_g_per_kwh"]) == (500, 620)
    site_administrator = sign_in(portal, add_person(db, RoleName.SITE_ADMINISTRATOR, "b@example.com", [world.mine]))
    world.add_session(world.mine, None, energy_wh=1_000)
    assert "Change the factor" not in site_administrator.get("/dashboard/pane/co2").text
    answer = site_administrator.send("/system/edit/1", name=name, co2_avoided_g_per_kwh="1")
    assert answer.status_code in (302, 403, 404)
    db.expire_all()
    assert db.get_one(System, 1).co2_avoided_g_per_kwh == 620


def places(page: str) -> dict[str, str]:
    """The state of each place on the map."""
    found = re.search(r'data-places="(.*?)"', page)
    return {place["label"]: place["state"] for place in json.loads(html.unescape(found[1]))} if found else {}


def test_the_map_shows_sites_or_the_stations_of_the_only_one(portal: Flask, world: World, db: Session) -> None:
    administrator = sign_in(portal, add_person(db, RoleName.ADMINISTRATOR, "a@example.com"))
    of_mine = sign_in(portal, add_person(db, RoleName.SITE_ADMINISTRATOR, "b@example.com", [world.mine]))
    nowhere = administrator.get("/dashboard/pane/map").text
    assert "No place has a position yet." in nowhere and "data-map" not in nowhere
    world.mine.latitude, world.mine.longitude = 55.7, 12.5
    db.commit()
    page = administrator.get("/dashboard/pane/map").text
    assert places(page) == {"Mine site": "charging"}
    assert "1 place has no position and is not on the map." in page
    assert places(of_mine.get("/dashboard/pane/map").text) == {"Mine site": "charging"}
    station = db.query(Station).filter_by(name="Mine station 1").one()
    station.latitude, station.longitude = 55.71, 12.5
    db.commit()
    assert places(of_mine.get("/dashboard/pane/map").text).keys() == {"Mine site", "Mine station 1"}
    assert "leaflet" not in administrator.get("/").text


@pytest.mark.usefixtures("reading")
def test_charges_that_run_with_what_their_meters_show(world: World, db: Session) -> None:
    world.add_session(world.mine, None)
    first = world.add_session(world.mine, world.mads, ended_at=None, energy_wh=None, meter_start_wh=1_000)
    second = world.add_session(world.foreign, None, ended_at=None, energy_wh=None)
    world.add_reading(first, 4_500, 7_400)
    figures = charging_now.read(db, ALL)
    assert figures.count == 2
    assert [(one.charging_session.id, one.energy_wh, one.power_w) for one in figures.running] == [
        (second.id, None, None),
        (first.id, 3_500, 7_400),
    ]
    own = own_charging.read(db, of(world.mads.id))
    assert [(one.charging_session.id, one.energy_wh, one.power_w) for one in own.running] == [(first.id, 3_500, 7_400)]
    assert own_charging.read(db, of(world.signe.id)).running == []


@pytest.mark.usefixtures("reading", "noon")
def test_sessions_of_7_and_30_days(world: World, db: Session) -> None:
    for days, hours in ((1, 1), (6.9, 3), (7.1, 2), (29.9, 2), (30.1, 9)):
        begins_at = NOON - timedelta(days=days)
        world.add_session(world.mine, None, started_at=begins_at, ended_at=begins_at + timedelta(hours=hours))
    world.add_session(world.mine, None, started_at=NOON, ended_at=None, energy_wh=None)
    week, month = recent_sessions.read(db, ALL).periods
    assert (week.days, week.sessions, week.energy_wh, week.average_seconds) == (7, 3, 20_000, 7_200)
    assert (month.days, month.sessions, month.energy_wh, month.average_seconds) == (30, 5, 40_000, 7_200)


@pytest.mark.usefixtures("reading")
def test_top_stations_under_the_names_of_now(world: World, db: Session) -> None:
    world.add_session(world.mine, None, energy_wh=30_000)
    world.add_session(world.foreign, None, energy_wh=60_000)
    world.add_session(world.mine, None, energy_wh=15_000, meter_start_wh=1)
    world.add_session(world.mine, None, energy_wh=99_000, started_at=now() - timedelta(days=31))
    world.add_session(world.mine, None, energy_wh=20_000, node_id=4711, station_name="Gone")
    db.execute(update(Station).where(Station.name == "Mine station 1").values(name="Renamed"))
    db.commit()
    ranked = top_stations.read(db, ALL).stations
    assert [(one.name, one.sessions, one.energy_wh, one.percent_of_first) for one in ranked] == [
        ("Foreign station 1", 1, 60_000, 100),
        ("Renamed", 2, 45_000, 75),
        ("Gone", 1, 20_000, pytest.approx(33.333, abs=0.001)),
    ]
    assert ranked[2].station_id is None


@pytest.mark.usefixtures("reading")
def test_what_failed_or_is_doubtful(world: World, db: Session) -> None:
    world.add_session(world.mine, None)
    doubtful = world.add_session(world.mine, None, meter_start_wh=1, review_reasons=["stop_missing"])
    failed = world.add_session(world.mine, None, started_at=now(), energy_wh=0)
    world.add_session(world.mine, None, started_at=now() - timedelta(days=31), energy_wh=0)
    figures = review.read(db, ALL)
    assert [one.id for one in figures.charging_sessions] == [failed.id, doubtful.id]
    assert [figures.why(one) for one in figures.charging_sessions] == [
        "",
        "The station never said that the charge stopped.",
    ]
    assert figures.has_more is False


@pytest.mark.usefixtures("reading", "noon")
def test_own_energy_by_month_of_the_reader(world: World, db: Session) -> None:
    def at(*moment: int, wh: int, user: object = world.mads) -> None:
        begins_at = datetime(*moment, tzinfo=UTC)
        ends_at = begins_at + timedelta(hours=1)
        world.add_session(world.mine, user, started_at=begins_at, ended_at=ends_at, energy_wh=wh)

    at(2026, 3, 1, 8, wh=3_000)
    at(2026, 2, 28, 23, 30, wh=4_000)  # 00:30 of March 1 in Copenhagen.
    at(2026, 2, 28, 22, 30, wh=5_000)
    at(2025, 4, 1, 8, wh=6_000)
    at(2025, 3, 31, 21, 59, wh=90_000)  # Before the twelve months.
    at(2026, 3, 2, 8, wh=50_000, user=world.signe)
    figures = own_energy.read(db, of(world.mads.id))
    assert len(figures.months) == 12
    assert [(one.label, one.sessions, one.energy_wh, one.seconds) for one in figures.months if one.sessions] == [
        ("April 2025", 1, 6_000, 3_600),
        ("February 2026", 1, 5_000, 3_600),
        ("March 2026", 2, 7_000, 7_200),
    ]
    assert [bar.value for bar in figures.bars.bars] == [one.energy_wh for one in figures.months]
    assert [bar.is_light for bar in figures.bars.bars] == [False] * 11 + [True]


@pytest.mark.usefixtures("reading")
def test_own_sessions_are_the_last_five(world: World, db: Session) -> None:
    ids = [
        world.add_session(world.mine, world.mads, started_at=now() - timedelta(days=days)).id for days in range(1, 8)
    ]
    world.add_session(world.mine, world.signe)
    assert [one.id for one in own_sessions.read(db, of(world.mads.id)).charging_sessions] == ids[:5]


@pytest.mark.usefixtures("reading")
def test_own_tags_and_whether_they_are_valid(world: World, db: Session) -> None:
    hour = timedelta(hours=1)
    for token, fields in {
        "AA01": {"blocked": True},
        "AA02": {"expires_at": now() - hour},
        "AA03": {"valid_from_at": now() + hour},
        "AA04": {"expires_at": now() + hour, "valid_from_at": now() - hour},
    }.items():
        db.add(IdToken(token=token, user_id=world.mads.id, **fields))
    db.commit()
    figures = own_tags.read(db, of(world.mads.id))
    assert [(one.token, figures.state(one)) for one in figures.id_tokens] == [
        ("1111111111", Verdict.ACCEPTED),
        ("AA01", Verdict.BLOCKED),
        ("AA02", Verdict.EXPIRED),
        ("AA03", Verdict.NOT_YET_VALID),
        ("AA04", Verdict.ACCEPTED),
    ]


@pytest.mark.usefixtures("reading")
def test_unknown_stations_are_the_latest_five_and_counted(world: World, db: Session) -> None:
    for number in range(6):
        db.add(UnknownStation(charge_box_id=f"N{number}", last_seen_at=now() + timedelta(hours=number)))
    db.commit()
    figures = unknown_stations.read(db, ALL)
    assert (figures.count, [one.charge_box_id for one in figures.stations]) == (7, ["N5", "N4", "N3", "N2", "N1"])


def test_figures_that_are_kept_say_of_when_they_are(
    world: World, as_role: Callable[[RoleName], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = as_role(RoleName.ADMINISTRATOR)
    stamp = re.compile(r"as of (\d\d:\d\d:\d\d)")
    first = stamp.findall(visitor.get("/dashboard/pane/energy").text)
    world.add_session(world.mine, None)
    assert stamp.findall(visitor.get("/dashboard/pane/energy").text) == first
    assert "Nothing was charged" in visitor.get("/dashboard/pane/energy").text
    world.forget()
    assert "<b>10.0</b> kWh" in visitor.get("/dashboard/pane/energy").text


def test_a_pane_that_fails_says_so_and_the_others_stand(
    world: World, as_role: Callable[[RoleName], Visitor], db: Session, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = as_role(RoleName.SUPPORT)
    # As when a reading breaks in the middle: the transaction is of no more use until it is rolled back.
    broken = text("ALTER TABLE unknown_station RENAME TO elsewhere")
    back = text("ALTER TABLE elsewhere RENAME TO unknown_station")
    with owner_session_factory().begin() as owner:
        owner.execute(broken)
    try:
        with caplog.at_level(logging.ERROR):
            page = visitor.get("/")
            alone = visitor.get("/dashboard/pane/unknown_stations")
    finally:
        with owner_session_factory().begin() as owner:
            owner.execute(back)
    assert (page.status_code, alone.status_code) == (200, 500)
    assert page.text.count("This pane could not be read.") == 1
    assert page.text.count("as of ") == 3
    assert "This pane could not be read." in alone.text
    assert "Pane unknown_stations failed" in caplog.text
    assert "elsewhere" not in page.text and "Traceback" not in page.text


@pytest.mark.parametrize("pane", PANES, ids=lambda pane: pane.name)
def test_more_of_everything_takes_no_more_queries(portal: Flask, world: World, db: Session, pane) -> None:
    role = next(role for role in RoleName if role in pane.roles)
    person = world.mads if role is RoleName.EV_USER else add_person(db, role, "a@example.com")
    visitor = sign_in(portal, person)

    def queries() -> int:
        world.forget()
        with recorded() as statements:
            assert visitor.get(f"/dashboard/pane/{pane.name}").status_code == 200
        return len(statements)

    def add(number: int) -> None:
        world.add_session(world.mine, world.mads, meter_start_wh=number, review_reasons=["stop_missing"])
        fields = {"meter_start_wh": 1000 + number, "ended_at": None, "energy_wh": None}
        world.add_reading(world.add_session(world.foreign, world.mads, **fields), 5_000, 7_000)
        db.add(IdToken(token=f"AB{number:02}", user_id=world.mads.id))
        db.add(UnknownStation(charge_box_id=f"N{number}"))
        station = Station(site_id=world.mine.id, name=f"S{number}", charge_box_id=f"S{number}")
        db.add(station)
        db.flush()
        db.add(Outlet(station_id=station.id, number=1))
        db.commit()

    add(1)
    before = queries()
    for number in range(2, 10):
        add(number)
    assert queries() == before
