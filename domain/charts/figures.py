"""What the charges at a node add up to in each of some periods.

How many charges run, and what power they draw, follows from sums over what began and ended: the level at a moment is
the sum of all changes until then, or what it is now less all changes since; and the time under it is the sum of each
change times what was left of the period. So a charge that lasts for days costs as little as a short one, and no charge
is looked at twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Double,
    Integer,
    Select,
    Subquery,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from domain.charging_rollups import OF_CHARGES
from domain.charts.periods import Periods
from domain.charts.source import parts, parts_since, rolled_up_sites
from domain.models import ChargingSession
from domain.nodes import Node, charges_at
from domain.scope import Viewer, visible

QUARTER = timedelta(minutes=15)
QUARTER_US = 900_000_000
US_PER_SECOND = 1_000_000
MOMENTS: ARRAY[datetime] = ARRAY(DateTime(timezone=True))
MICROSECOND = timedelta(microseconds=1)
NOTHING = SimpleNamespace(**dict.fromkeys(OF_CHARGES, 0))
UNCHANGED = SimpleNamespace(first_at=None, change=0.0, under_us=0.0, most=None)
"""The rows of a period in which nothing changed."""
BEFORE = 0
"""As the place of a row: before the first period."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Of the charges that began in one period; of those that lie ahead there are none."""

    begun: int
    finished: int
    without_energy: int
    energy_wh: int
    """Of the charges that began in it and have ended."""
    duration_seconds: float
    """As `energy_wh`."""


class LevelOf(Enum):
    """What runs at any time, with the columns that tell by how much more does, and what that makes in its quarter."""

    CHARGES = ("running", "occupied_us")
    POWER_W = ("power_w", "power_wus")
    """Each charge draws its mean power from its start to its stop."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level in one period, as far as that has passed."""

    times_seconds: float
    """The level times the time: of charges, for how long outlets were taken, all of them together."""
    span_seconds: float
    """How long the period is."""
    highest: float
    """The highest mean of 15 minutes."""


def sums(db: Session, viewer: Viewer, node: Node, periods: Periods, now: datetime) -> list[Sums]:
    """One for each period that has begun."""
    part = parts(viewer, node, periods.edges[-1])
    place = func.width_bucket(part.c.quarter_at, literal(list(periods.edges), MOMENTS)).label("place")
    added = (func.sum(part.c[name]).label(name) for name in OF_CHARGES)
    found = select(place, *added).where(part.c.quarter_at >= periods.edges[0]).group_by(place)
    rows = {row.place: row for row in db.execute(found)}
    begun = sum(edge <= now for edge in periods.edges[:-1])
    return [Sums(**_of_charges(rows.get(place, NOTHING))) for place in range(1, begun + 1)]


def _of_charges(row: Any) -> dict[str, Any]:
    return {
        "begun": int(row.begun),
        "finished": int(row.finished),
        "without_energy": int(row.without_energy),
        "energy_wh": int(row.energy_wh),
        "duration_seconds": int(row.duration_us) / US_PER_SECOND,
    }


def levels(db: Session, viewer: Viewer, node: Node, periods: Periods, now: datetime, of: LevelOf) -> list[Level]:
    """One for each period that has begun."""
    change, under = of.value
    site_ids = rolled_up_sites(viewer, node)
    if site_ids is None:
        part = parts(viewer, node, periods.edges[-1])
        rows = {row.place: row for row in db.execute(_within(part, periods, change, under))}
        level = rows[BEFORE].change if BEFORE in rows else 0.0
    else:
        # What runs now is known, and what changed since: in one statement, so that both are of one moment.
        part = parts_since(site_ids, periods.edges[0])
        found = union_all(_within(part, periods, change, under), _now(viewer, node, of))
        rows = {row.place: row for row in db.execute(found)}
        level = rows.pop(BEFORE).change - sum(row.change for row in rows.values())
    return list(_walk(level, rows, periods, now))


def _walk(level: float, rows: Mapping[int, Any], periods: Periods, now: datetime) -> Iterator[Level]:
    """`level` is that where the first period begins; each row counts from 0 where its own begins."""
    for place, (begin, end) in enumerate(pairwise(periods.edges), 1):
        if begin > now:
            return
        row = rows.get(place, UNCHANGED)
        times_us = level * ((end - begin) // MICROSECOND) + row.under_us
        if now < end:
            times_us -= (level + row.change) * ((end - now) // MICROSECOND)
        starts_level = row.first_at is None or row.first_at > begin
        yield Level(
            times_seconds=max(0.0, times_us) / US_PER_SECOND,
            span_seconds=(min(end, now) - begin).total_seconds(),
            highest=_highest(row.most, level, starts_level),
        )
        level += row.change


def _highest(most: float | None, level: float, starts_level: bool) -> float:
    """`most` counts from the level of the beginning, which is one of those to choose from if it lasts a while."""
    if most is None:
        return level
    return level + max(most, 0.0) if starts_level else level + most


def _now(viewer: Viewer, node: Node, of: LevelOf) -> Select[Any]:
    """The level of now. Power is reckoned when a charge has ended, and by then it draws none."""
    seen = (visible(ChargingSession, viewer), charges_at(node), ChargingSession.ended_at.is_(None))
    running = select(func.count()).select_from(ChargingSession).where(*seen).scalar_subquery()
    change = cast(running if of is LevelOf.CHARGES else 0, Double)
    nothing = cast(null(), Double)
    return select(literal(BEFORE, Integer), cast(null(), DateTime(timezone=True)), change, nothing, nothing)


def _within(part: Subquery, periods: Periods, change: str, under: str) -> Select[Any]:
    """For each period in which something changed, and for what is before and after them, the level counted from 0."""
    place = func.width_bucket(part.c.quarter_at, literal(list(periods.edges), MOMENTS))
    # As floating point, whose sums cost a third of those of large whole numbers; a level needs no more digits.
    sums = (func.sum(cast(part.c[name], Double)).label(label) for name, label in ((change, "change"), (under, "under")))
    quarter = select(part.c.quarter_at, place.label("place"), *sums).group_by(part.c.quarter_at).subquery("quarter")
    of_place: dict[str, Any] = {"partition_by": quarter.c.place, "order_by": quarter.c.quarter_at}
    ends = func.unnest(literal(list(periods.edges[1:]), MOMENTS))
    period = ends.table_valued("end_at", with_ordinality="place").render_derived(name="period")
    end_at = period.c.end_at
    next_at = func.coalesce(func.lead(quarter.c.quarter_at).over(**of_place), end_at)
    level = (
        select(
            quarter,
            func.sum(quarter.c.change).over(**of_place).label("after"),
            (seconds_between(quarter.c.quarter_at + QUARTER, end_at) * US_PER_SECOND).label("left_us"),
            (next_at > quarter.c.quarter_at + QUARTER).label("lasts"),
        )
        .outerjoin(period, period.c.place == quarter.c.place)
        .subquery("level")
    )
    return select(
        level.c.place,
        func.min(level.c.quarter_at).label("first_at"),
        func.sum(level.c.change).label("change"),
        func.sum(level.c.change * level.c.left_us + level.c.under).label("under_us"),
        _most(level).label("most"),
    ).group_by(level.c.place)


def seconds_between(begin: ColumnElement[datetime], end: ColumnElement[datetime]) -> ColumnElement[float]:
    """As floating point from the beginning: `extract` reckons in decimal digits, which takes several times as long."""
    return func.date_part("epoch", end, type_=Double) - func.date_part("epoch", begin, type_=Double)


def _most(level: Subquery) -> Any:
    """The highest mean of the quarters in which something changed, and of those after them in which nothing did."""
    after = level.c.after
    mean = after - level.c.change + level.c.under / float(QUARTER_US)
    return func.max(case((level.c.lasts, func.greatest(mean, after)), else_=mean))
