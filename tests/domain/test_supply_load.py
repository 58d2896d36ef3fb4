"""Supply controllers: who may stand behind one, and what their load is against the fuse."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from domain import meter_values, partitions, supply, supply_load
from domain.models import ChargingSession, Floor, Outlet, Site, Station, StationKind
from domain.reports import MeterReport, Reading
from domain.supply import Fuse, SupplyError, SupplyFault
from domain.supply_load import Quarter, Sum
from tests.statements import recorded

DAY = datetime(2026, 11, 20, tzinfo=UTC)
END = DAY + timedelta(days=1)
NOON = DAY + timedelta(hours=12)
SC, CS = StationKind.SUPPLY_CONTROLLER, StationKind.CHARGING_STATION


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@pytest.fixture
def feed(db: Session) -> Station:
    """A supply controller, 3 x 100 A, with two stations of an outlet behind it and one beside it."""
    partitions.ensure(db, DAY.date())
    site = Site(name="S")
    controller = Station(site=site, name="Feed", charge_box_id="F", kind=SC, fuse_phases=3, fuse_a=100)
    db.add(controller)
    db.flush()
    for name in ("A", "B", "C"):
        behind = controller.id if name != "C" else None
        station = Station(site_id=site.id, name=name, charge_box_id=name, supply_controller_id=behind)
        db.add(station)
        db.flush()
        db.add(Outlet(station_id=station.id, number=1))
    db.flush()
    return controller


def tell(
    db: Session, name: str, at: datetime, power_w: float | None = None, current_a: float | None = None,
    received_at: datetime | None = None,
) -> None:  # fmt: skip
    station = db.query(Station).filter_by(name=name).one()
    number = 0 if station.kind == SC else 1
    reading = Reading(at, None, power_w, current_a, None, [])
    meter_values.store(db, [MeterReport(station.id, received_at or at, number, None, (reading,))])


def charge(db: Session, name: str, started_at: datetime, stopped_at: datetime | None = None) -> None:
    station = db.query(Station).filter_by(name=name).one()
    db.add(
        ChargingSession(
            started_at=started_at, stopped_at=stopped_at, ended_at=stopped_at, logged_at=started_at,
            node_id=station.id, site_id=station.site_id, outlet_id=station.outlets[0].id, site_name="S",
            station_name=name, outlet_number=1, authorization=0, id_token="T", meter_start_wh=0,
        )
    )  # fmt: skip
    db.flush()


def day(db: Session, feed: Station, now: datetime = END) -> list[Quarter]:
    return supply_load.of_day(db, feed, DAY, END, now)


def test_the_sum_of_a_quarter_is_of_means_and_of_highest_currents(db: Session, feed: Station) -> None:
    for at, power_w, current_a in ((0, 6000, 10), (5, 8000, 30), (14.9, 7000, 20), (15, 1000, 5)):
        tell(db, "A", NOON + minutes(at), power_w, current_a)
    tell(db, "B", NOON + minutes(3), 2000, 8)
    tell(db, "C", NOON + minutes(3), 9999, 99)
    quarters = day(db, feed)
    assert len(quarters) == 96
    assert quarters[48].begins_at == NOON
    assert quarters[48].summed == Sum(9000, 38)
    assert quarters[49].summed == Sum(1000, 5)
    assert quarters[47].summed == quarters[48].measured == Sum()


def test_what_is_not_told_is_reckoned_and_marked(db: Session, feed: Station) -> None:
    tell(db, "A", NOON, power_w=6900)
    tell(db, "B", NOON, power_w=None, current_a=20)
    assert day(db, feed)[48].summed == Sum(6900 + 20 * 690, 10 + 20, is_reckoned=True)
    feed.fuse_phases, feed.voltage_v = 1, 100
    assert day(db, feed)[48].summed == Sum(6900 + 20 * 100, 69 + 20, is_reckoned=True)


def test_the_own_meter_of_the_feed_stands_apart(db: Session, feed: Station) -> None:
    tell(db, "Feed", NOON, 50_000, 80)
    tell(db, "A", NOON, 5_000, 8)
    quarter = day(db, feed)[48]
    assert (quarter.measured, quarter.summed) == (Sum(50_000, 80), Sum(5_000, 8))


def test_whoever_charges_and_tells_nothing_is_counted(db: Session, feed: Station) -> None:
    charge(db, "A", NOON + minutes(1), NOON + minutes(40))
    charge(db, "B", NOON - timedelta(days=1), None)
    charge(db, "C", NOON, NOON + minutes(5))
    tell(db, "A", NOON + minutes(2), 1000, 2)
    quarters = day(db, feed, NOON + minutes(20))
    assert [(q.charging, q.silent) for q in quarters[47:]] == [(1, 1), (2, 1), (2, 2)]


def test_a_reading_counts_when_it_was_measured_however_late_it_comes(db: Session, feed: Station) -> None:
    tell(db, "A", NOON, 1000, 2, received_at=END + timedelta(hours=3))
    tell(db, "A", NOON + minutes(30), 1000, 2, received_at=END + timedelta(days=2))
    tell(db, "A", END + minutes(1), 5000, 9)
    tell(db, "A", DAY - minutes(1), 5000, 9, received_at=DAY)
    told = [(q.begins_at, q.summed) for q in day(db, feed) if q.summed != Sum()]
    assert told == [(NOON, Sum(1000, 2))]


def test_a_day_that_is_not_over_ends_now_and_one_to_come_is_empty(db: Session, feed: Station) -> None:
    assert len(day(db, feed, NOON + minutes(1))) == 49
    assert day(db, feed, DAY) == []
    assert day(db, feed, DAY - minutes(1)) == []


@pytest.mark.parametrize("hours", [23, 25])
def test_days_in_which_clocks_change(db: Session, feed: Station, hours: int) -> None:
    ends_at = DAY + timedelta(hours=hours)
    assert len(supply_load.of_day(db, feed, DAY, ends_at, ends_at)) == hours * 4


def test_now_is_of_those_that_charge_and_tell(db: Session, feed: Station) -> None:
    charge(db, "A", NOON, None)
    charge(db, "B", NOON, None)
    tell(db, "A", NOON + minutes(1), 7000, 12)
    tell(db, "B", NOON + minutes(1), 3000)
    tell(db, "Feed", NOON + minutes(1), 40_000, 60)
    load = supply_load.of_now(db, feed, NOON + minutes(10))
    assert load.summed == Sum(10_000, 12 + 3000 / 690, is_reckoned=True)
    assert (load.measured, load.charging, load.silent) == (Sum(40_000, 60), 2, 0)
    later = supply_load.of_now(db, feed, NOON + minutes(30))
    assert (later.summed, later.measured, later.charging, later.silent) == (Sum(), Sum(), 2, 2)
    assert later.measured_at == NOON + minutes(1)


def test_the_statements_do_not_grow_with_stations_and_readings(db: Session, feed: Station) -> None:
    counts = []
    for number in (1, 40):
        for index in range(number):
            station = Station(
                site_id=feed.site_id, name=f"{number}-{index}", charge_box_id=f"{number}-{index}",
                supply_controller_id=feed.id,
            )  # fmt: skip
            db.add(station)
            db.flush()
            db.add(Outlet(station_id=station.id, number=1))
            charge(db, station.name, NOON)
            tell(db, station.name, NOON, 1000, 2)
        with recorded() as statements:
            day(db, feed)
            supply_load.of_now(db, feed, NOON)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_what_the_fuse_carries(feed: Station) -> None:
    assert supply.fuse_of(feed) == Fuse(3, 100, 230)
    assert Fuse(3, 100, 230).power_w == 69_000
    feed.fuse_a = None
    assert supply.fuse_of(feed) is None


def test_who_may_stand_behind_one(db: Session, feed: Station) -> None:
    other = Station(site=Site(name="T"), name="Other", charge_box_id="O", kind=SC)
    db.add(other)
    db.flush()
    station = db.query(Station).filter_by(name="A").one()
    supply.check(db, station.id, CS, feed.site_id, feed.id)
    for said, fault in (
        ((station.id, CS, feed.site_id, other.id), SupplyFault.ON_ANOTHER_SITE),
        ((None, CS, feed.site_id, station.id), SupplyFault.NO_SUPPLY_CONTROLLER),
        ((None, CS, feed.site_id, 999), SupplyFault.NO_SUPPLY_CONTROLLER),
        ((None, SC, feed.site_id, feed.id), SupplyFault.BEHIND_ANOTHER),
        ((feed.id, CS, feed.site_id, None), SupplyFault.HAS_STATIONS),
    ):
        with pytest.raises(SupplyError) as error:
            supply.check(db, *said)
        assert error.value.fault is fault


def test_just_these_stand_behind_it_from_now_on(db: Session, feed: Station) -> None:
    a, b, c = (db.query(Station).filter_by(name=name).one() for name in "ABC")
    elsewhere = Station(site=Site(name="T"), name="E", charge_box_id="E")
    db.add(elsewhere)
    db.flush()
    supply.set_behind(db, feed, [b.id, c.id, elsewhere.id, feed.id])
    assert [s.supply_controller_id for s in (a, b, c, elsewhere, feed)] == [None, feed.id, feed.id, None, None]
    assert [s.name for s in supply_load.stations_behind(db, feed)] == ["B", "C"]


def test_a_station_that_moves_to_another_site_leaves_the_feed(db: Session, feed: Station) -> None:
    a, b = (db.query(Station).filter_by(name=name).one() for name in "AB")
    there = Site(name="T")
    db.add(there)
    db.flush()
    a.site_id = there.id
    floor = Floor(site_id=feed.site_id, name="P")
    db.add(floor)
    db.flush()
    b.floor_id, b.site_id = floor.id, feed.site_id
    assert (a.supply_controller_id, b.supply_controller_id) == (None, feed.id)
    db.delete(feed)
    db.flush()
    db.refresh(b)
    assert b.supply_controller_id is None
