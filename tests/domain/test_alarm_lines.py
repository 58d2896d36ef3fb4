"""Alarms of a station's line: never called, not heard any more, and many lost at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from domain import live, stations
from domain.alarms.sweeping import sweep
from domain.models import Alarm, AlarmHistory, AlarmKind, Floor, Site, Station, System
from domain.reports import ConnectReport, DisconnectReport
from tests.domain.conftest import after

NOT_REGISTERED, NO_NETWORK, SITE_UPLINK = AlarmKind.NOT_REGISTERED, AlarmKind.NO_NETWORK, AlarmKind.SITE_UPLINK


@pytest.fixture(autouse=True)
def times(db):
    """Two minutes of silence, a day until the first call, whatever the installation says."""
    system = db.get(System, 1) or System(id=1, name="System")
    system.silence_seconds, system.unregistered_seconds = 120, 86400
    db.add(system)
    db.flush()


def come(db, station, minute):
    return stations.connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", None, after(minute)))


def go(db, *connections):
    stations.disconnect(db, [DisconnectReport(each.station_id, each.number) for each in connections])


def of(db, station):
    db.expire_all()
    return db.scalars(select(Alarm).where(Alarm.station_id == station.id)).all()


def of_site(db, site_id):
    db.expire_all()
    return db.scalars(select(Alarm).where(Alarm.site_id == site_id, Alarm.station_id.is_(None))).all()


def over(db, station):
    past = select(AlarmHistory).where(AlarmHistory.station_id == station.id)
    return db.scalars(past.order_by(AlarmHistory.id)).all()


def many(db, station, number):
    """More stations of the same site."""
    made = [
        Station(site_id=station.site_id, name=f"L {at}", charge_box_id=f"{station.charge_box_id}-{at}")
        for at in range(number)
    ]
    db.add_all(made)
    db.flush()
    return made


def test_a_station_that_is_created_is_expected_to_call(db, station):
    (alarm,) = of(db, station)
    assert (alarm.kind, alarm.due_at - alarm.raised_at) == (NOT_REGISTERED, timedelta(days=1))
    sweep(db, alarm.due_at - timedelta(seconds=1))
    assert of(db, station)[0].due_at is not None
    due_at = of(db, station)[0].due_at
    sweep(db, due_at)
    assert of(db, station)[0].due_at is None


def test_its_first_call_ends_that(db, station):
    sweep(db, of(db, station)[0].due_at)
    db.info.pop(live.NOTED)
    come(db, station, 0)
    (alarm,) = of(db, station)
    assert (alarm.kind, alarm.calm_since) == (NOT_REGISTERED, after(0))
    assert live.Change(live.Kind.ALARM, station.site_id, station.site_id) in db.info.pop(live.NOTED)
    come(db, station, 0.1)
    assert live.Kind.ALARM not in {change.kind for change in db.info.pop(live.NOTED)}
    sweep(db, after(1))
    assert (of(db, station), over(db, station)[0].cleared_at) == ([], after(0))


def test_a_call_before_its_time_leaves_nothing(db, station):
    come(db, station, 0)
    assert of(db, station) == over(db, station) == []


def test_silence_counts_from_when_it_was_last_heard(db, station):
    connection = come(db, station, 0)
    db.execute(update(Station).where(Station.id == station.id).values(last_seen_at=after(7)))
    go(db, connection)
    (alarm,) = of(db, station)
    assert (alarm.kind, alarm.raised_at, alarm.due_at) == (NO_NETWORK, after(7), after(9))
    sweep(db, after(9))
    assert of(db, station)[0].due_at is None
    come(db, station, 20)
    assert of(db, station)[0].calm_since == after(20)
    sweep(db, after(21))
    assert (over(db, station)[0].raised_at, over(db, station)[0].cleared_at) == (after(7), after(20))


def test_a_short_silence_is_none(db, station):
    go(db, come(db, station, 0))
    come(db, station, 1)
    assert of(db, station) == over(db, station) == []


def test_a_line_that_flaps_is_one_alarm(db, station):
    connection = come(db, station, 0)
    go(db, connection)
    sweep(db, after(2))
    for minute in (3, 3.5, 4):
        go(db, come(db, station, minute))
        sweep(db, after(minute + 0.2))
    (alarm,) = of(db, station)
    assert (alarm.times_raised, alarm.calm_since, alarm.raised_at) == (4, None, after(0))


def test_the_loss_of_an_old_line_is_no_loss(db, station):
    old = come(db, station, 0)
    come(db, station, 1)
    go(db, old)
    assert of(db, station) == []


def test_a_station_that_a_dead_process_held_is_swept(db, station):
    come(db, station, 0)
    stations.sweep_silent(db, after(5))
    assert [(alarm.kind, alarm.due_at) for alarm in of(db, station)] == [(NO_NETWORK, after(2))]


@pytest.mark.parametrize(
    ("of_station", "of_site", "minutes"), [(None, None, 2), (None, 600, 10), (30, 600, 0.5), (0, None, 0)]
)
def test_the_time_of_the_station_counts_then_that_of_its_site(db, station, of_station, of_site, minutes):
    station.silence_seconds, station.site.silence_seconds = of_station, of_site
    db.flush()
    go(db, come(db, station, 0))
    assert of(db, station)[0].due_at == after(minutes)


def test_alarms_go_with_a_station_that_moves_and_bear_its_names(db, station):
    go(db, come(db, station, 0))
    sweep(db, after(2))
    floor = Floor(site_id=station.site_id, name="Level 1")
    other = Site(name="Another place")
    db.add_all([floor, other])
    db.flush()
    station.floor_id, station.name = floor.id, "Renamed"
    db.flush()
    assert of(db, station)[0].station_name == "Renamed"
    floor.site_id = other.id
    db.flush()
    assert (of(db, station)[0].site_id, of(db, station)[0].site_name) == (other.id, "Another place")
    other.name = "The same place"
    db.flush()
    assert of(db, station)[0].site_name == "The same place"


def test_what_a_station_leaves_when_it_is_deleted_is_history(db, station):
    go(db, come(db, station, 0))
    sweep(db, after(2))
    pk, name = station.id, station.name
    (alarm,) = of(db, station)
    number = alarm.id
    db.execute(text("DELETE FROM station WHERE id = :id"), {"id": pk})
    db.expunge_all()
    (past,) = db.scalars(select(AlarmHistory).where(AlarmHistory.station_id == pk)).all()
    assert (past.id, past.kind, past.station_name) == (number, NO_NETWORK, name)
    assert db.scalars(select(Alarm).where(Alarm.station_id == pk)).all() == []


def test_many_that_are_lost_at_once_are_one_alarm(db, station):
    lost = many(db, station, 4)
    stays = come(db, station, 0)
    go(db, *(come(db, each, at / 10) for at, each in enumerate(lost)))
    sweep(db, after(3))
    (uplink,) = of_site(db, station.site_id)
    assert (uplink.kind, uplink.raised_at, uplink.due_at) == (SITE_UPLINK, after(0), None)
    number = uplink.id
    assert {of(db, each)[0].parent_id for each in lost} == {number}

    go(db, stays)  # Much later: another story.
    db.execute(update(Alarm).where(Alarm.station_id == station.id).values(raised_at=after(50), due_at=after(52)))
    sweep(db, after(52))
    assert of(db, station)[0].parent_id is None

    for each in lost[:2]:
        come(db, each, 60)
    sweep(db, after(60))
    assert of_site(db, station.site_id)[0].calm_since == after(60)
    assert [of(db, each)[0].parent_id is None for each in lost] == [False, False, True, True]
    sweep(db, after(61))
    assert of_site(db, station.site_id) == []
    assert {past.parent_id for each in lost[:2] for past in over(db, each)} == {number}


@pytest.mark.parametrize(
    ("lost", "stay", "apart", "gathers"), [(2, 0, 0, False), (3, 0, 0, True), (3, 4, 0, False), (3, 0, 1, False)]
)
def test_few_or_far_apart_are_alarms_of_their_own(db, station, lost, stay, apart, gathers):
    """`apart` are the minutes between one loss and the next."""
    for each in many(db, station, stay):
        come(db, each, 0)
    go(db, *(come(db, each, at * apart * 1.1) for at, each in enumerate([station, *_others(db, station, lost - 1)])))
    sweep(db, after(30))
    assert bool(of_site(db, station.site_id)) is gathers


def _others(db, station, number):
    made = [
        Station(site_id=station.site_id, name=f"O {at}", charge_box_id=f"{station.charge_box_id}-other-{at}")
        for at in range(number)
    ]
    db.add_all(made)
    db.flush()
    return made


def test_who_comes_late_joins_those_that_were_lost_at_the_same_time(db, station):
    lost = many(db, station, 4)
    lost[3].silence_seconds = 600
    db.flush()
    go(db, *(come(db, each, 0) for each in lost))
    sweep(db, after(2))
    (uplink,) = of_site(db, station.site_id)
    assert of(db, lost[3])[0].parent_id is None
    sweep(db, after(10))
    assert of(db, lost[3])[0].parent_id == uplink.id


def test_a_sweep_reads_by_its_indexes(db, station):
    db.execute(text("SET LOCAL enable_seqscan = off"))
    for statement in (
        "SELECT id FROM alarm WHERE due_at <= now()",
        "SELECT id FROM alarm WHERE calm_since <= now()",
        "SELECT id FROM alarm WHERE station_id IS NULL AND kind = 'site_uplink'",
    ):
        plan = "\n".join(db.scalars(text(f"EXPLAIN {statement}")))
        assert "Index" in plan and "Seq Scan" not in plan
