"""Uptime, against the same told the long way: outlet by outlet, state by state."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import pairwise, product
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from domain import state_rollups
from domain.charts import uptime, uptime_ranking
from domain.charts.periods import Periods, Unit, between
from domain.charts.ranking import Ranks
from domain.db import get_engine
from domain.models import WHOLE_SYSTEM, Floor, Outlet, OutletStateNote, Site, StateMonth, StateQuarter, Station, System
from domain.roles import RoleName
from domain.scope import Viewer
from domain.statuses import UP, OutletState, OutletStatus
from tests.domain.charge_histories import BEGIN, NOW
from tests.domain.state_histories import STATUSES, History, Place, state_of
from tests.waiting import wait_until

ZONES = ("Europe/Copenhagen", "America/New_York", "Asia/Kathmandu", "UTC")
ADMINISTRATOR = Viewer(1, RoleName.ADMINISTRATOR)
FIRST, LAST = date(2026, 3, 26), date(2026, 4, 4)
ANY_EXAMPLE = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@pytest.fixture
def places(db: Session) -> tuple[list[Site], list[Floor], list[Station]]:
    """Two sites, a floor on each, three stations with an outlet."""
    sites = [Site(name="Central"), Site(name="Harbour")]
    db.add_all(sites)
    db.flush()
    floors = [Floor(site_id=site.id, name="Level 1") for site in sites]
    db.add_all(floors)
    db.flush()
    stations = [
        Station(site_id=sites[0].id, floor_id=floors[0].id, name="C1", charge_box_id="C1", online=True),
        Station(site_id=sites[0].id, name="C2", charge_box_id="C2"),
        Station(site_id=sites[1].id, name="H", charge_box_id="H", online=True),
    ]
    db.add_all(stations)
    db.flush()
    db.add_all(Outlet(station_id=station.id, number=1) for station in stations)
    db.flush()
    return sites, floors, stations


def lived(db: Session, places: tuple[list[Site], list[Floor], list[Station]], seed: int, steps: int) -> History:
    history = History(db, *places, draw=Random(seed))
    history.begin()
    history.go_on(steps)
    return history


def overlap(place: Place, begin: datetime, end: datetime) -> float:
    return max(0.0, (min(place.end or end, end) - max(place.begin, begin)).total_seconds())


def expected(places: list[Place], periods: Periods) -> list[dict[OutletState, float]]:
    return [
        {
            state: pytest.approx(
                sum(overlap(place, begin, min(end, NOW)) for place in places if place.state is state), abs=0.01
            )
            for state in OutletState
        }
        for begin, end in pairwise(periods.edges)
        if begin <= NOW
    ]


def nodes(history: History):
    """Each node with the places that are at it."""
    yield System(id=1), lambda _place: True
    for site in history.sites:
        yield Site(id=site.id), lambda place, at=site.id: place.site_id == at
    for floor in history.floors:
        yield Floor(id=floor.id), lambda place, at=floor.id: place.floor_id == at
    for station in history.stations:
        yield Station(id=station.id), lambda place, at=station.id: place.station_id == at
    for outlet_id in {place.outlet_id for place in history.places}:
        yield Outlet(id=outlet_id), lambda place, at=outlet_id: place.outlet_id == at


def test_what_is_recorded_is_what_people_see(db):
    """The rule in the database and the one for the tree agree, whatever is said."""
    for said in product((True, False), STATUSES, STATUSES):
        recorded = OutletState(db.scalar(select(func.outlet_state(*said))))
        assert recorded is state_of(*said), said


@settings(max_examples=40, **ANY_EXAMPLE)
@given(
    seed=st.integers(0, 100_000),
    steps=st.integers(0, 40),
    zone=st.sampled_from(ZONES),
    unit=st.sampled_from(Unit),
    fold=st.sampled_from(("never", "half way", "at the end")),
)
def test_each_period_is_the_time_of_its_outlets(db, places, seed, steps, zone, unit, fold):
    periods = between(FIRST, LAST, unit, ZoneInfo(zone))
    with db.begin_nested() as example:
        history = lived(db, places, seed, steps)
        if fold != "never":
            state_rollups.fold(db)
        if fold == "half way":
            history.go_on(10)
        for node, is_there in nodes(history):
            there = [place for place in history.places if is_there(place)]
            found = uptime.read(db, ADMINISTRATOR, node, periods, NOW)
            assert [dict(each.seconds) for each in found] == expected(there, periods), node
        example.rollback()


def shares(places: list[Place], begin: datetime, end: datetime) -> dict[str, float] | None:
    """What a ranking tells of them; None if none was there."""
    seconds = dict.fromkeys(OutletState, 0.0)
    for place in places:
        seconds[place.state] += overlap(place, begin, end)
    whole = sum(seconds.values())
    if not whole:
        return None
    down = {state.value: seconds[state] / whole for state in OutletState if state not in UP}
    told = {"up": 1 - sum(down.values()), **down}
    return {name: pytest.approx(share, abs=1e-7) for name, share in told.items()}


@settings(max_examples=30, **ANY_EXAMPLE)
@given(
    seed=st.integers(0, 100_000),
    first=st.sampled_from((date(2026, 2, 10), date(2026, 3, 28), date(2026, 3, 30))),
    last=st.sampled_from((date(2026, 3, 30), date(2026, 3, 31), date(2026, 4, 9), date(2026, 6, 1))),
    zone=st.sampled_from(ZONES),
    fold=st.sampled_from(("never", "half way", "at the end")),
    ranks=st.sampled_from(Ranks),
    now=st.sampled_from((NOW, NOW + timedelta(days=90))),
)
def test_stations_and_sites_are_ranked_by_the_time_of_their_outlets(
    db, places, seed, first, last, zone, fold, ranks, now
):
    """Whether the time holds whole months, parts of some, or both, and whether it is long ago."""
    periods = between(first, last, Unit.DAY, ZoneInfo(zone))
    begin, end = periods.edges[0], min(periods.edges[-1], now)
    with db.begin_nested() as example:
        history = lived(db, places, seed, 40)
        if fold != "never":
            state_rollups.fold(db)
        if fold == "half way":
            history.go_on(10)
        found = uptime_ranking.read(db, ADMINISTRATOR, System(id=1), periods, now, ranks, 9)
        is_of = "station_id" if ranks is Ranks.STATIONS else "site_id"
        there = history.stations if ranks is Ranks.STATIONS else history.sites
        wanted = {
            node.id: told
            for node in there
            if (told := shares([place for place in history.places if getattr(place, is_of) == node.id], begin, end))
        }
        told = {
            each.node_id: {
                "up": each.up,
                "fault": each.fault,
                "out_of_service": each.out_of_service,
                "offline": each.offline,
            }
            for each in found
        }
        assert told == wanted
        assert [each.up for each in found] == sorted(each.up for each in found)
        example.rollback()


def sums(db: Session) -> list[list[tuple]]:
    """By table. Of what came and went within a quarter nothing may be left: as if there were no row."""
    measures = len(state_rollups.MEASURES)
    return [
        sorted(tuple(row) for row in db.execute(select(*model.__table__.columns)) if any(row[-measures:]))
        for model in (StateQuarter, StateMonth)
    ]


@settings(max_examples=15, **ANY_EXAMPLE)
@given(seed=st.integers(0, 100_000))
def test_sums_made_anew_are_the_same(db, places, seed):
    with db.begin_nested() as example:
        history = lived(db, places, seed, 25)
        state_rollups.fold(db)
        history.go_on(15)
        state_rollups.fold(db)
        assert db.scalar(select(func.count()).select_from(OutletStateNote)) == 0
        kept = sums(db)
        db.execute(delete(StateQuarter))
        state_rollups.STATE.make_anew(db.connection())
        assert sums(db) == kept
        example.rollback()


def test_a_rebuild_adds_what_was_noted_meanwhile(db, places):
    outlet = db.scalars(select(Outlet)).first()
    state_rollups.fold(db)
    outlet.status = OutletStatus.FAULTED
    db.commit()
    assert state_rollups.rebuild(get_engine()) == 4
    db.rollback()
    assert db.scalar(select(StateQuarter.fault).where(StateQuarter.site_id == WHOLE_SYSTEM)) == 1
    assert state_rollups.fold(db) == 0


def test_what_leaves_the_state_as_it_is_is_not_noted(db, places):
    """Neither another word for the same state, nor a sign of life, nor a new name."""
    outlet = db.scalars(select(Outlet).where(Outlet.state == OutletState.AVAILABLE)).first()
    outlet.status = OutletStatus.PREPARING
    db.flush()
    state_rollups.fold(db)
    outlet.status = OutletStatus.CHARGING
    outlet.station.last_seen_at, outlet.station.name = NOW, "another"
    db.flush()
    assert state_rollups.fold(db) == 0


def test_a_new_outlet_waits_for_whoever_changes_its_station(db, places):
    """Else it would keep a state that its station no longer has: each does not see what the other writes."""
    station = places[2][0]
    db.commit()
    with get_engine().connect() as goes_offline, get_engine().connect() as adds:
        goes_offline.execute(update(Station).where(Station.id == station.id).values(online=False))
        adds.execute(text("SET LOCAL lock_timeout = '100ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            adds.execute(insert(Outlet).values(station_id=station.id, number=2))


def test_a_state_that_is_told_while_the_line_is_lost_is_noted_once(db, places):
    """Two transactions change what one state follows from; whoever comes second sees what the first one wrote."""
    station, outlet = places[2][0], db.scalars(select(Outlet).where(Outlet.station_id == places[2][0].id)).one()
    state_rollups.fold(db)
    db.commit()
    with get_engine().connect() as tells, ThreadPoolExecutor() as threads:
        tells.execute(update(Outlet).where(Outlet.id == outlet.id).values(status=OutletStatus.CHARGING))
        losing = threads.submit(lose_line, station.id)
        wait_until(lambda: waits_for_lock(tells))
        tells.commit()
        losing.result()
    notes = db.execute(select(OutletStateNote.before, OutletStateNote.after).order_by(OutletStateNote.id)).all()
    assert notes == [(OutletState.AVAILABLE, OutletState.CHARGING), (OutletState.CHARGING, OutletState.OFFLINE)]


def lose_line(station_id: int) -> None:
    with get_engine().begin() as connection:
        connection.execute(update(Station).where(Station.id == station_id).values(online=False))


def waits_for_lock(connection: Connection) -> bool:
    return bool(connection.scalar(text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")))


def test_each_sees_only_what_is_theirs(db, places):
    sites, floors, stations = places
    periods = between(date(2026, 1, 1), date(2026, 12, 31), Unit.MONTH, ZoneInfo("UTC"))
    db.execute(update(OutletStateNote).values(at=BEGIN))
    of_harbour = Viewer(5, RoleName.SITE_ADMINISTRATOR, frozenset({sites[1].id}))
    hours = (NOW - BEGIN).total_seconds()
    for fold in (False, True):
        if fold:
            state_rollups.fold(db)
        for viewer, node, outlets in (
            (ADMINISTRATOR, System(id=1), 3),
            (Viewer(2, RoleName.SUPPORT), sites[0], 2),
            (of_harbour, System(id=1), 1),
            (of_harbour, sites[1], 1),
            (of_harbour, sites[0], 0),
            (of_harbour, floors[0], 0),
            (of_harbour, stations[0], 0),
            (Viewer(6, RoleName.EV_USER), System(id=1), 0),
            (Viewer(6, RoleName.EV_USER), stations[0], 0),
            (Viewer(7, None), System(id=1), 0),
        ):
            found = uptime.together(uptime.read(db, viewer, node, periods, NOW))
            assert found.whole_seconds == pytest.approx(outlets * hours)


def test_before_recording_there_is_nothing_rather_than_no_uptime(db, places):
    db.execute(update(OutletStateNote).values(at=BEGIN + timedelta(days=2)))
    state_rollups.fold(db)
    periods = between(date(2026, 3, 27), date(2026, 3, 30), Unit.DAY, ZoneInfo("UTC"))
    shares = [each.up for each in uptime.read(db, ADMINISTRATOR, System(id=1), periods, NOW)]
    assert shares == [None, None, pytest.approx(2 / 3), pytest.approx(2 / 3)]
    assert uptime.recorded_since(db, ADMINISTRATOR, System(id=1)) == BEGIN + timedelta(days=2)
