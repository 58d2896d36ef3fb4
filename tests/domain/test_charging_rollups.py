"""Roll-ups equal the sums of the charges, whatever happens to these."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from domain import charging_rollups
from domain.charging_rollups import MEASURES, OF_CHARGES
from domain.db import get_engine
from domain.models import WHOLE_SYSTEM, ChargingChange, ChargingMonth, ChargingQuarter, ChargingSession, Site, Station
from domain.rollups import Rollup
from tests.domain.charge_histories import BEGIN, Charge, charges, write

QUARTER = timedelta(minutes=15)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def stations(db: Session) -> list[Station]:
    """Two, on two sites."""
    sites = [Site(name="Central"), Site(name="Harbour")]
    db.add_all(sites)
    db.flush()
    stations = [Station(site_id=site.id, name=site.name, charge_box_id=site.name) for site in sites]
    db.add_all(stations)
    db.flush()
    return stations


def quarter_of(moment: datetime) -> datetime:
    return datetime.fromtimestamp(moment.timestamp() // 900 * 900, UTC)


def left_us(moment: datetime) -> int:
    return (quarter_of(moment) + QUARTER - moment) // MICROSECOND


def summed(rows: Sequence[ChargingSession], site_id: int | None = None) -> dict[datetime, Counter[str]]:
    """By quarter, the sums that are not 0, told the long way."""
    sums: dict[datetime, Counter[str]] = {}
    for row in rows:
        if site_id not in (None, row.site_id):
            continue
        began = sums.setdefault(quarter_of(row.started_at), Counter())
        began.update(begun=1, running=1, occupied_us=left_us(row.started_at))
        if row.ended_at is None:
            continue
        took_us = (row.ended_at - row.started_at) // MICROSECOND
        began.update(finished=1, energy_wh=row.energy_wh, duration_us=took_us, without_energy=int(row.energy_wh < 100))
        ended = sums.setdefault(quarter_of(row.ended_at), Counter())
        ended.update(running=-1, occupied_us=-left_us(row.ended_at))
        if power_w := mean_power_w(row):
            began.update(power_w=power_w, power_wus=power_w * left_us(row.started_at))
            stopped = sums.setdefault(quarter_of(row.stopped_at), Counter())
            stopped.update(power_w=-power_w, power_wus=-power_w * left_us(row.stopped_at))
    return filled(sums)


def mean_power_w(row: ChargingSession) -> int:
    seconds = (row.stopped_at - row.started_at).total_seconds()
    if seconds <= 0 or row.energy_wh * 3600 > 1_000_000 * seconds:
        return 0
    return round(row.energy_wh * 3600 / seconds)


def filled(sums):
    kept = {at: {name: value for name, value in sums[at].items() if value} for at in sorted(sums)}
    return {at: values for at, values in kept.items() if values}


def kept(db: Session, site_id: int) -> dict[datetime, dict[str, int]]:
    columns = (getattr(ChargingQuarter, name) for name in MEASURES)
    rows = db.execute(select(ChargingQuarter.quarter_at, *columns).where(ChargingQuarter.site_id == site_id))
    return filled({at: dict(zip(MEASURES, values, strict=True)) for at, *values in rows})


def kept_months(db: Session) -> dict[tuple[datetime, int, int], dict[str, int]]:
    months = ChargingMonth
    columns = (getattr(months, name) for name in OF_CHARGES)
    rows = db.execute(select(months.month_at, months.site_id, months.node_id, *columns))
    return {
        (at, site_id, node_id): values
        for at, site_id, node_id, *row in rows
        if any((values := dict(zip(OF_CHARGES, row, strict=True))).values())
    }


def check(db: Session, stations: Sequence[Station]) -> None:
    rows = db.scalars(select(ChargingSession).execution_options(populate_existing=True)).all()
    assert kept(db, WHOLE_SYSTEM) == summed(rows)
    for station in stations:
        assert kept(db, station.site_id) == summed(rows, station.site_id)
    months: dict[tuple[datetime, int, int], Counter[str]] = {}
    for row in rows:
        month = row.started_at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        for sums in summed([row]).values():
            of_charge = Counter({name: sums[name] for name in OF_CHARGES if name in sums})
            months.setdefault((month, row.site_id, row.node_id), Counter()).update(of_charge)
    assert kept_months(db) == {
        key: {name: values[name] for name in OF_CHARGES} for key, values in months.items() if any(values.values())
    }


def change_at_random(db: Session, rows: Sequence[ChargingSession], seed: int) -> None:
    """Some stop late, some are corrected, some deleted, some change hands to another site."""
    draw = Random(seed)
    for row in rows:
        match draw.randrange(5):
            case 0:
                row.stopped_at = row.ended_at = row.started_at + timedelta(minutes=draw.randrange(3000))
                row.energy_wh = draw.randrange(60_000)
            case 1 if row.ended_at:
                row.energy_wh = draw.randrange(60_000)
            case 2 if row.ended_at:
                row.ended_at += timedelta(seconds=draw.randrange(9000))
            case 3:
                db.flush()
                db.execute(delete(ChargingSession).where(ChargingSession.id == row.id))
    db.flush()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(charges(), min_size=1, max_size=8), seed=st.integers(0, 10_000))
def test_they_equal_the_charges_whatever_happens_to_these(db, stations, history, seed):
    with db.begin_nested() as example:
        rows = write(db, history, stations)
        charging_rollups.fold(db)
        check(db, stations)
        change_at_random(db, rows, seed)
        charging_rollups.fold(db)
        assert db.scalar(select(func.count()).select_from(ChargingChange)) == 0
        check(db, stations)
        example.rollback()


def test_what_does_not_change_a_sum_is_not_noted(db, stations):
    [row] = write(db, [Charge(0, 60, 60, 7000)], stations)
    charging_rollups.fold(db)
    row.email, row.review_reasons = "somebody@example.com", ["clock_wrong"]
    db.flush()
    assert charging_rollups.fold(db) == 0


def test_a_rebuild_makes_them_anew(db, stations):
    write(db, [Charge(0, 60, 75, 7000), Charge(30, None, None, None, 1)], stations)
    charging_rollups.fold(db)
    db.execute(delete(ChargingQuarter))
    db.commit()
    assert charging_rollups.rebuild(get_engine()) == 2
    db.rollback()
    check(db, stations)


def test_a_rebuild_loses_nothing_that_stations_tell_meanwhile(db, stations, monkeypatch):
    """A charge ends after the moment that the rebuild reads, and before it is done."""
    [row] = write(db, [Charge(0, None, None, None)], stations)
    db.commit()
    make_anew = Rollup.make_anew

    def as_a_charge_ends(rollup, connection):
        made = make_anew(rollup, connection)
        row.stopped_at = row.ended_at = BEGIN + timedelta(minutes=50)
        row.energy_wh = 9000
        db.commit()
        return made

    monkeypatch.setattr(Rollup, "make_anew", as_a_charge_ends)
    charging_rollups.rebuild(get_engine())
    charging_rollups.fold(db)
    check(db, stations)
