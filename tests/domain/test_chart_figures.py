"""The figures of charts, against the same told the long way: charge by charge, quarter by quarter."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from domain import charging_rollups
from domain.charts import figures, hours, ranking
from domain.charts.figures import LevelOf
from domain.charts.periods import Periods, Unit, between
from domain.models import Floor, Outlet, Site, Station, System
from domain.roles import RoleName
from domain.scope import Viewer
from tests.domain.charge_histories import NOW, Charge, charges, write
from tests.domain.test_charging_rollups import mean_power_w

QUARTER = timedelta(minutes=15)
ZONES = ("Europe/Copenhagen", "America/New_York", "Asia/Kathmandu", "UTC")
ADMINISTRATOR = Viewer(1, RoleName.ADMINISTRATOR)
FIRST, LAST = date(2026, 3, 26), date(2026, 4, 4)


@pytest.fixture
def stations(db: Session) -> list[Station]:
    sites = [Site(name="Central"), Site(name="Harbour")]
    db.add_all(sites)
    db.flush()
    floor = Floor(site_id=sites[0].id, name="Level 1")
    db.add(floor)
    db.flush()
    stations = [
        Station(site_id=sites[0].id, floor_id=floor.id, name="C", charge_box_id="C"),
        Station(site_id=sites[1].id, name="H", charge_box_id="H"),
    ]
    db.add_all(stations)
    db.flush()
    return stations


def passed(periods: Periods):
    return [(begin, end) for begin, end in pairwise(periods.edges) if begin <= NOW]


def sums_of(rows, begin: datetime, end: datetime):
    begun = [row for row in rows if begin <= row.started_at < end]
    finished = [row for row in begun if row.ended_at]
    return figures.Sums(
        begun=len(begun),
        finished=len(finished),
        without_energy=sum(row.energy_wh < 100 for row in finished),
        energy_wh=sum(row.energy_wh for row in finished),
        duration_seconds=pytest.approx(sum((row.ended_at - row.started_at).total_seconds() for row in finished)),
    )


def charges_of(rows, begin: datetime, end: datetime):
    """How many run."""
    until = min(end, NOW)
    return figures.Level(
        times_seconds=pytest.approx(
            sum(overlap(row.started_at, row.ended_at, begin, until) for row in rows), abs=0.001
        ),
        span_seconds=(until - begin).total_seconds(),
        highest=pytest.approx(max(mean_at_once(rows, at) for at in quarters(begin, end))),
    )


def power_of(rows, begin: datetime, end: datetime):
    until = min(end, NOW)
    ended = [row for row in rows if row.ended_at]
    work = sum(mean_power_w(row) * overlap(row.started_at, row.stopped_at, begin, until) for row in ended)
    return figures.Level(
        times_seconds=pytest.approx(work, abs=1),
        span_seconds=(until - begin).total_seconds(),
        highest=pytest.approx(max(mean_power(rows, at) for at in quarters(begin, end)), abs=0.001),
    )


def quarters(begin, end):
    at = begin
    while at < end:
        yield at
        at += QUARTER


def overlap(start, stop, begin, end) -> float:
    until = end if stop is None else min(stop, end)
    return max(0.0, (until - max(start, begin)).total_seconds())


def mean_at_once(rows, at):
    return sum(overlap(row.started_at, row.ended_at, at, at + QUARTER) for row in rows) / 900


def mean_power(rows, at):
    ended = [row for row in rows if row.ended_at]
    return sum(mean_power_w(row) * overlap(row.started_at, row.stopped_at, at, at + QUARTER) for row in ended) / 900


def places(stations):
    first, second = stations
    yield System(id=1), (0, 1)
    yield Site(id=first.site_id), (0,)
    yield Floor(id=first.floor_id), (0,)
    yield Station(id=second.id), (1,)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=st.lists(charges(), max_size=7),
    zone=st.sampled_from(ZONES),
    unit=st.sampled_from(Unit),
    is_folded=st.booleans(),
)
def test_each_period_is_the_sum_of_its_charges(db, stations, history, zone, unit, is_folded):
    periods = between(FIRST, LAST, unit, ZoneInfo(zone))
    with db.begin_nested() as example:
        rows = write(db, history, stations)
        if is_folded:
            charging_rollups.fold(db)
        for node, places_of in places(stations):
            there = [row for row in rows if row.node_id in [stations[at].id for at in places_of]]
            asked = (db, ADMINISTRATOR, node, periods, NOW)
            assert figures.sums(*asked) == [sums_of(there, *period) for period in passed(periods)]
            for of, told in ((LevelOf.CHARGES, charges_of), (LevelOf.POWER_W, power_of)):
                assert figures.levels(*asked, of) == [told(there, *period) for period in passed(periods)]
        example.rollback()


def test_each_sees_only_what_is_theirs(db, stations, user):
    rows = write(db, [Charge(0, 60, 60, 7000), Charge(30, 90, 90, 500, 1), Charge(200, 260, 260, 9000, 1)], stations)
    rows[1].user_id = user.id
    db.flush()
    periods = between(FIRST, LAST, Unit.MONTH, ZoneInfo("UTC"))
    central, harbour = (Site(id=station.site_id) for station in stations)
    of_harbour = Viewer(5, RoleName.SITE_ADMINISTRATOR, frozenset({harbour.id}))
    driver = Viewer(user.id, RoleName.EV_USER)

    def energies(viewer, node):
        return sum(each.energy_wh for each in figures.sums(db, viewer, node, periods, NOW))

    def places(viewer, node):
        return [(each.node_id, each.begun) for each in ranking.read(db, viewer, node, periods, NOW, "energy_wh", 9)]

    def hours_of(viewer, node):
        return sum(each.begun for each in hours.read(db, viewer, node, periods))

    for fold in (False, True):
        if fold:
            charging_rollups.fold(db)
        for viewer, node, energy_wh, begun in (
            (ADMINISTRATOR, System(id=1), 16500, {0: 1, 1: 2}),
            (ADMINISTRATOR, central, 7000, {0: 1}),
            (Viewer(2, RoleName.SUPPORT), harbour, 9500, {1: 2}),
            (of_harbour, System(id=1), 9500, {1: 2}),
            (of_harbour, harbour, 9500, {1: 2}),
            (of_harbour, central, 0, {}),
            (of_harbour, Station(id=stations[0].id), 0, {}),
            (Viewer(6, RoleName.SITE_ADMINISTRATOR), System(id=1), 0, {}),
            (driver, System(id=1), 500, {1: 1}),
            (driver, central, 0, {}),
            (Viewer(7, None), System(id=1), 0, {}),
        ):
            assert energies(viewer, node) == energy_wh
            assert dict(places(viewer, node)) == {stations[at].id: number for at, number in begun.items()}
            assert hours_of(viewer, node) == sum(begun.values())


def test_hours_of_the_week_are_those_of_the_place(db, stations):
    """Friday 27 March 21:00 in UTC is Friday 22:00 in Copenhagen, and Saturday 02:45 in Kathmandu."""
    write(db, [Charge(0, 60, 60, 7000), Charge(1, None, None, None)], stations)
    for zone, weekday, hour in (("Europe/Copenhagen", 4, 22), ("Asia/Kathmandu", 5, 2)):
        periods = between(FIRST, LAST, Unit.DAY, ZoneInfo(zone))
        [found] = hours.read(db, ADMINISTRATOR, System(id=1), periods)
        assert (found.weekday, found.hour, found.begun, found.energy_wh) == (weekday, hour, 2, 7000)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=st.lists(charges(), max_size=7),
    months=st.integers(0, 3),
    by=st.sampled_from(charging_rollups.OF_CHARGES),
    is_folded=st.booleans(),
)
def test_stations_are_ranked_by_the_sum_of_their_charges(db, stations, history, months, by, is_folded):
    """Whether the time holds whole months, parts of some, or both."""
    first = date(2026, 3, 28) - timedelta(days=30 * months)
    periods = between(first, date(2026, 3, 30) + timedelta(days=30 * months), Unit.DAY, ZoneInfo("Europe/Copenhagen"))
    with db.begin_nested() as example:
        rows = [row for row in write(db, history, stations) if periods.edges[0] <= row.started_at < periods.edges[-1]]
        if is_folded:
            charging_rollups.fold(db)
        found = ranking.read(db, ADMINISTRATOR, System(id=1), periods, NOW, by, 9)
        sums = {station.id: of_charges([row for row in rows if row.node_id == station.id]) for station in stations}
        wanted = sorted((station_id for station_id in sums if sums[station_id][by]), key=lambda at: (-sums[at][by], at))
        assert [each.node_id for each in found] == wanted
        for each in found:
            told = {name: getattr(each, name) for name in ("begun", "finished", "without_energy", "energy_wh")}
            told["duration_us"] = round(each.duration_seconds * 1_000_000)
            assert told == sums[each.node_id]
        example.rollback()


def of_charges(rows):
    finished = [row for row in rows if row.ended_at]
    return {
        "begun": len(rows),
        "finished": len(finished),
        "without_energy": sum(row.energy_wh < 100 for row in finished),
        "energy_wh": sum(row.energy_wh for row in finished),
        "duration_us": sum((row.ended_at - row.started_at) // timedelta(microseconds=1) for row in finished),
    }


def test_a_station_that_is_gone_keeps_the_name_it_had(db, stations):
    write(db, [Charge(0, 60, 60, 7000)], stations)
    periods = between(FIRST, LAST, Unit.DAY, ZoneInfo("UTC"))
    [there] = ranking.read(db, ADMINISTRATOR, System(id=1), periods, NOW, "energy_wh", 9)
    assert (there.name, there.is_there) == ("C", True)
    db.execute(delete(Outlet).where(Outlet.station_id == stations[0].id))
    db.execute(delete(Station).where(Station.id == stations[0].id))
    [gone] = ranking.read(db, ADMINISTRATOR, System(id=1), periods, NOW, "energy_wh", 9)
    assert (gone.name, gone.is_there) == ("was C", False)
