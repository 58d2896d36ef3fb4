"""The load of a feed: what the meters of the stations behind it told, summed, and what its own meter told.

One statement over the readings of a day, along the key of their table, whose answer does not grow with the readings:
by quarter of an hour. A reading counts for the quarter in which it was measured. Within one, an outlet's power is the
mean of its readings and its current the highest. Where a charge ran and its outlet told nothing, the sum is too low;
how many those were is told with it, for nobody to take the unknown for nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Select, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from domain import meter_values, supply
from domain.models import ChargingSession, MeterValue, Outlet, Station
from domain.supply import PHASES, USUAL_VOLTAGE_V, Fuse

QUARTER = timedelta(minutes=15)
LATE = timedelta(days=1)
"""Readings that a station kept while it had no line count if they come within this time."""
FRESH = timedelta(minutes=15)
"""An older reading says nothing of now."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What is known of some meters together."""

    power_w: float | None = None
    current_a: float | None = None
    """On each phase: the highest phase of each outlet, added up, so that it is not too low for want of phases."""
    is_reckoned: bool = False
    """Whether a part is reckoned: current from power or power from current, alike on all phases of the feed."""


NOTHING = Sum()


@dataclass(slots=True)
class Quarter:
    """A quarter of an hour."""

    begins_at: datetime
    summed: Sum = NOTHING
    measured: Sum = NOTHING
    """By the supply controller's own meter."""
    charging: int = 0
    """Outlets at which a charge ran."""
    silent: int = 0
    """Those of them that told nothing."""


@dataclass(frozen=True, slots=True)
class Now:
    summed: Sum
    measured: Sum
    measured_at: datetime | None
    """When the supply controller's own meter told last, however long ago."""
    charging: int
    silent: int


def stations_behind(db: Session, controller: Station) -> Sequence[Station]:
    return db.scalars(select(Station).where(supply.is_behind(controller)).order_by(Station.name, Station.id)).all()


def of_day(db: Session, controller: Station, begins_at: datetime, ends_at: datetime, now: datetime) -> list[Quarter]:
    """The quarters of a day as far as it has come. Days in which clocks change have 92 or 100 of them."""
    fuse = supply.fuse_of(controller)
    until = min(ends_at, now)
    quarters = [Quarter(begins_at + QUARTER * number) for number in range(max(0, -((begins_at - until) // QUARTER)))]
    heard: dict[int, set[int]] = defaultdict(set)
    for row in db.execute(_readings(controller, begins_at, ends_at)):
        if not 0 <= row.quarter < len(quarters):
            continue
        told = _sum(row.power_w, row.current_a, row.power_alone_w, row.current_alone_a, fuse)
        if row.is_main:
            quarters[row.quarter].measured = told
        else:
            quarters[row.quarter].summed = told
            heard[row.quarter].update(row.outlets)
    _count_charges(quarters, heard, _charges(db, controller, begins_at, until), now)
    return quarters


def of_now(db: Session, controller: Station, now: datetime) -> Now:
    """Of the outlets at which a charge runs; what was told too long ago is as if it were not told."""
    fuse = supply.fuse_of(controller)
    charging = {outlet_id for outlet_id, _, ended_at in _charges(db, controller, now, now) if ended_at is None}
    main = meter_values.main_meter(controller.id)
    latest = meter_values.latest(db, {*charging, main})
    own = latest.pop(main, None)
    fresh = [reading for reading in latest.values() if reading.measured_at > now - FRESH]
    told = [reading for reading in fresh if reading.power_w is not None or reading.current_a is not None]
    powers = [(reading.power_w, reading.current_a) for reading in told]
    is_fresh = own is not None and own.measured_at > now - FRESH
    return Now(
        _sum(
            _added(power for power, _ in powers),
            _added(current for _, current in powers),
            _added(power for power, current in powers if current is None),
            _added(current for power, current in powers if power is None),
            fuse,
        ),
        _of_one(own.power_w, own.current_a, fuse) if own is not None and is_fresh else NOTHING,
        own.measured_at if own else None,
        len(charging),
        len(charging) - len(told),
    )


def _added(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _of_one(power_w: float | None, current_a: float | None, fuse: Fuse | None) -> Sum:
    alone = (power_w if current_a is None else None, current_a if power_w is None else None)
    return _sum(power_w, current_a, *alone, fuse)


def _sum(
    power_w: float | None,
    current_a: float | None,
    power_alone_w: float | None,
    current_alone_a: float | None,
    fuse: Fuse | None,
) -> Sum:
    """`alone` are those parts for which the other quantity was not told."""
    phases, voltage_v = (fuse.phases, fuse.voltage_v) if fuse else (max(PHASES), USUAL_VOLTAGE_V)
    if power_alone_w is not None:
        current_a = (current_a or 0) + power_alone_w / phases / voltage_v
    if current_alone_a is not None:
        power_w = (power_w or 0) + current_alone_a * phases * voltage_v
    return Sum(power_w, current_a, bool(power_alone_w or current_alone_a))


def _readings(controller: Station, begins_at: datetime, ends_at: datetime) -> Select[Any]:
    """By quarter, and apart for the supply controller's own meter."""
    meters = union_all(
        select(Outlet.id.label("outlet_id")).join(Outlet.station).where(supply.is_behind(controller)),
        select(literal(meter_values.main_meter(controller.id), Integer)),
    ).subquery()
    quarter = func.floor(func.extract("epoch", MeterValue.measured_at - begins_at) / QUARTER.total_seconds())
    power, current = func.avg(MeterValue.power_w).label("power_w"), func.max(MeterValue.current_a).label("current_a")
    by_meter = (
        select(MeterValue.outlet_id, quarter.cast(Integer).label("quarter"), power, current)
        .join(meters, meters.c.outlet_id == MeterValue.outlet_id)
        .where(
            MeterValue.received_at >= begins_at,
            MeterValue.received_at < ends_at + LATE,
            MeterValue.measured_at >= begins_at,
            MeterValue.measured_at < ends_at,
            or_(MeterValue.power_w.is_not(None), MeterValue.current_a.is_not(None)),
        )
        .group_by(MeterValue.outlet_id, "quarter")
        .subquery()
    )
    told, is_main = by_meter.c, (by_meter.c.outlet_id < 0).label("is_main")
    return select(
        told.quarter,
        is_main,
        func.sum(told.power_w).label("power_w"),
        func.sum(told.current_a).label("current_a"),
        func.sum(told.power_w).filter(told.current_a.is_(None)).label("power_alone_w"),
        func.sum(told.current_a).filter(told.power_w.is_(None)).label("current_alone_a"),
        func.array_agg(told.outlet_id).label("outlets"),
    ).group_by(told.quarter, is_main)


Charge = tuple[int, datetime, datetime | None]
"""At which outlet, and from when to when."""


def _charges(db: Session, controller: Station, begins_at: datetime, until: datetime) -> list[Charge]:
    """Those that ran in this time behind the supply controller."""
    end = func.coalesce(ChargingSession.stopped_at, ChargingSession.ended_at)
    behind = select(Station.id).where(supply.is_behind(controller))
    rows = db.execute(
        select(ChargingSession.outlet_id, ChargingSession.started_at, end)
        .where(ChargingSession.node_id.in_(behind), ChargingSession.started_at <= until)
        .where(or_(ChargingSession.ended_at.is_(None), ChargingSession.ended_at > begins_at))
    )
    return [(outlet_id, started_at, ended_at) for outlet_id, started_at, ended_at in rows]


def _count_charges(
    quarters: Sequence[Quarter], heard: Mapping[int, set[int]], charges: Sequence[Charge], now: datetime
) -> None:
    ran: dict[int, set[int]] = defaultdict(set)
    for outlet_id, started_at, ended_at in charges:
        first = max(0, (started_at - quarters[0].begins_at) // QUARTER) if quarters else 0
        last = ((ended_at or now) - quarters[0].begins_at) // QUARTER if quarters else -1
        for number in range(first, min(last + 1, len(quarters))):
            ran[number].add(outlet_id)
    for number, outlets in ran.items():
        quarters[number].charging = len(outlets)
        quarters[number].silent = len(outlets - heard.get(number, set()))
