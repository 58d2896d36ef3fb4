"""For how long the outlets at a node were in each state, in each of some periods.

How many are in a state is known of now, and what changed since of all that was recorded. So the level at any moment is
that of now less the changes since, and the time under it follows as in domain/charts/figures.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import DateTime, Double, Integer, Select, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from domain.charts.figures import MOMENTS, QUARTER, US_PER_SECOND, seconds_between
from domain.charts.periods import Periods
from domain.charts.source import rolled_up_sites
from domain.charts.state_source import history_since, outlets_now, parts
from domain.models import WHOLE_SYSTEM, OutletStateNote, StateQuarter, System
from domain.nodes import Node
from domain.roles import RoleName
from domain.scope import Viewer
from domain.state_rollups import MEASURES, STATES
from domain.statuses import UP, OutletState

NOW = 0
"""As the place of a row: how many there are now. After the last period comes what changed since."""


@dataclass(frozen=True, slots=True)
class Uptime:
    """For how long outlets were in each state, all of them together, as far as it is recorded."""

    seconds: Mapping[OutletState, float]

    @property
    def whole_seconds(self) -> float:
        """0 if nothing is recorded."""
        return sum(self.seconds.values())

    def share(self, *states: OutletState) -> float | None:
        """Of the time that is recorded, how much; None if there is none."""
        return sum(self.seconds[state] for state in states) / self.whole_seconds if self.whole_seconds else None

    @property
    def up(self) -> float | None:
        return self.share(*UP)


def together(periods: Iterable[Uptime]) -> Uptime:
    """All of them as one."""
    listed = list(periods)
    return Uptime({state: sum(each.seconds[state] for each in listed) for state in OutletState})


def recorded_since(db: Session, viewer: Viewer, node: Node) -> datetime | None:
    """Since when states are known of a node, to the quarter of an hour; None if none is yet."""
    quarters = select(func.min(StateQuarter.quarter_at)).where(StateQuarter.site_id == WHOLE_SYSTEM)
    first = db.scalar(quarters) or db.scalar(select(func.min(OutletStateNote.at)))
    return max(first, _kept_since(db, viewer, node)) if first else None


def _kept_since(db: Session, viewer: Viewer, node: Node) -> datetime:
    """What is added up from the history cannot go further back than that; sums can."""
    since = history_since(db) if rolled_up_sites(viewer, node) is None else None
    return since or datetime.min.replace(tzinfo=UTC)


def read(db: Session, viewer: Viewer, node: Node, periods: Periods, now: datetime) -> list[Uptime]:
    """One for each period that has begun."""
    # In one statement, so that what is now and what changed since are of one moment.
    found = db.execute(union_all(_now(viewer, node), _changed(viewer, node, periods)))
    rows = {row.place: row for row in found.mappings()}
    level = {state: rows[NOW][state] - _changes(rows, state) for state in STATES}
    return list(_walk(level, rows, periods, now, _kept_since(db, viewer, node)))


def _changes(rows: Mapping[int, Mapping[Any, Any]], state: str) -> float:
    """In all periods and since."""
    return sum((row[state] for place, row in rows.items() if place != NOW), 0.0)


def _walk(
    level: dict[str, float], rows: Mapping[int, Mapping[Any, Any]], periods: Periods, now: datetime, since: datetime
) -> Iterable[Uptime]:
    """`level` is how many outlets were in each state where the first period begins, or at `since`, if that is later."""
    first = periods.edges[0]
    for place, (begin, end) in enumerate(pairwise(periods.edges), 1):
        if begin > now:
            return
        row, seconds = rows.get(place), {}
        for state in STATES:
            time_seconds = level[state] * max(0.0, (end - max(begin, since)).total_seconds())
            if row is not None:
                # Each change lasts from the end of its quarter to that of the period, and for what was left of it.
                time_seconds += row[state] * (end - first - QUARTER).total_seconds() - row[f"{state}_since_first"]
                time_seconds += row[f"{state}_us"] / US_PER_SECOND
                level[state] += row[state]
            ahead_seconds = max(0.0, (end - now).total_seconds())
            seconds[OutletState(state)] = max(0.0, time_seconds - level[state] * ahead_seconds)
        yield Uptime(seconds)


def _now(viewer: Viewer, node: Node) -> Select[Any]:
    outlet = outlets_now(viewer, node).subquery("outlet_now")
    counts = (cast(func.count().filter(outlet.c.state == state), Double).label(state) for state in STATES)
    nothing = (cast(0, Double).label(f"{state}_{name}") for name in ("since_first", "us") for state in STATES)
    return select(literal(NOW, Integer).label("place"), *counts, *nothing)


def _changed(viewer: Viewer, node: Node, periods: Periods) -> Select[Any]:
    """What changed in each period; each change times the seconds since the first one began; and its time within."""
    part = parts(viewer, node, periods.edges[0])
    if isinstance(node, System) and viewer.role is RoleName.SITE_ADMINISTRATOR:
        # Many sites' rows of the same quarter: to add these up first halves the work. Of one site or all there is one.
        sums = (func.sum(cast(part.c[name], Double)).label(name) for name in MEASURES)
        part = select(part.c.quarter_at, *sums).group_by(part.c.quarter_at).subquery("quarter")
    place = func.width_bucket(part.c.quarter_at, literal(list(periods.edges), MOMENTS)).label("place")
    first = literal(periods.edges[0], DateTime(timezone=True))
    placed = select(place, seconds_between(first, part.c.quarter_at).label("since_first"), part).subquery("placed")
    changes = {state: cast(placed.c[state], Double) for state in STATES}
    return select(
        placed.c.place,
        *(func.sum(change).label(state) for state, change in changes.items()),
        *(func.sum(change * placed.c.since_first).label(f"{state}_since_first") for state, change in changes.items()),
        *(func.sum(cast(placed.c[f"{state}_us"], Double)).label(f"{state}_us") for state in STATES),
    ).group_by(placed.c.place)
