"""The stations or the sites that were up for the least part of a time.

How long outlets were in a state follows from how many are in it now, and from each change since: one that came into it
was not in it from the beginning until then. Whole months are added up already. Where a time begins or ends within one,
that is made good by what the history has of it, of which only what took an outlet down or up again counts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Double,
    Select,
    cast,
    func,
    literal,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from domain.charts import uptime
from domain.charts.figures import MICROSECOND, MOMENTS, US_PER_SECOND, seconds_between
from domain.charts.periods import Periods
from domain.charts.ranking import Pieces, Ranks, month_after, month_of
from domain.charts.source import of_sites, rolled_up_sites
from domain.charts.state_source import Changes, changes_at, history_since, outlets_now, parts_of
from domain.models import DOWN_OR_UP, OutletStateChange, OutletStateNote, Site, StateMonth, Station
from domain.nodes import Node
from domain.scope import Viewer, visible
from domain.state_rollups import STATES
from domain.statuses import UP, OutletState

MOMENT = DateTime(timezone=True)
DOWN = tuple(state.value for state in OutletState if state not in UP)
TIMES = ("there", *DOWN)
"""What is told of each: for how long outlets were there at all, and for how long in each state that is not up."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time asked for, as far as it has passed."""

    begin: datetime
    end: datetime

    @property
    def length_us(self) -> int:
        return (self.end - self.begin) // MICROSECOND

    def weigh(self, at: ColumnElement[datetime]) -> ColumnElement[float]:
        """For how many seconds of it something was not yet so that became so then, or after it."""
        return seconds_between(literal(self.begin, MOMENT), func.least(at, literal(self.end, MOMENT)))

    def weigh_in_month(self, at: ColumnElement[datetime]) -> ColumnElement[float]:
        """The same as the sums of months have it, which know of no beginning and no end."""
        return seconds_between(literal(self.begin, MOMENT), at)


@dataclass(frozen=True, slots=True)
class RankedUptime:
    """A station or a site, and of the time of its outlets which share was up, and which not, and why."""

    node_id: int
    name: str
    up: float
    fault: float
    out_of_service: float
    offline: float


NEAR = timedelta(days=1)
"""Months of a time zone begin so near to those in UTC."""


def span_of(db: Session, viewer: Viewer, node: Node, periods: Periods, now: datetime) -> Span:
    """The time asked for, as far as it is known: without the history, sums of months tell of whole months alone."""
    span = Span(periods.edges[0], min(periods.edges[-1], now))
    since = history_since(db)
    if since is None or since <= span.begin:
        return span
    if rolled_up_sites(viewer, node) is not None:
        begin, end = (each if each >= since else _month_near(each) for each in (span.begin, span.end))
        if begin is not None and end is not None:
            return Span(begin, end)
    return Span(since, span.end)


def recorded_since(db: Session, viewer: Viewer, node: Node, periods: Periods, now: datetime) -> datetime | None:
    """Since when states are known of what a ranking tells; None if none is yet."""
    first = uptime.recorded_since(db, viewer, node)
    begin = span_of(db, viewer, node, periods, now).begin
    return max(first, begin) if first and begin == history_since(db) else first


def _month_near(moment: datetime) -> datetime | None:
    month = month_of(moment + NEAR)
    return month if abs(moment - month) <= NEAR else None


def read(
    db: Session, viewer: Viewer, node: Node, periods: Periods, now: datetime, ranks: Ranks, most: int
) -> list[RankedUptime]:
    """The first `most`, the lowest first, of those that are there."""
    span = span_of(db, viewer, node, periods, now)
    if span.length_us <= 0:
        return []
    part = union_all(*_parts(viewer, node, span, now, ranks)).subquery("part")
    sums = {name: func.sum(part.c[name]) for name in TIMES}
    time = (
        select(part.c.key, *(total.label(name) for name, total in sums.items()))
        .group_by(part.c.key)
        .having(sums["there"] > 0)
        .subquery("time")
    )
    model = Station if ranks is Ranks.STATIONS else Site
    shares = [(time.c[name] / time.c.there).label(name) for name in DOWN]
    up = (1 - sum(time.c[name] for name in DOWN) / time.c.there).label("up")
    rows = db.execute(
        select(time.c.key, model.name, up, *shares)
        .join(model, (model.id == time.c.key) & visible(model, viewer))
        .order_by(up, model.name, time.c.key)
        .limit(most)
    )
    return [RankedUptime(key, name, *(min(1.0, max(0.0, share)) for share in told)) for key, name, *told in rows]


def _parts(viewer: Viewer, node: Node, span: Span, now: datetime, ranks: Ranks) -> Iterator[Select[Any]]:
    """Rows of `key` and `TIMES`: for as long as it is now, less what was otherwise before."""
    yield _as_now(viewer, node, span, ranks)
    yield _less(viewer, node, span.begin, None, ranks, OutletStateNote, span.weigh)
    site_ids = rolled_up_sites(viewer, node)
    first = Pieces.of(span.begin, span.end, now).first
    last = month_of(span.end)
    if last < span.end:
        last = month_after(last)
    history = OutletStateChange
    if site_ids is None or first >= last:
        yield _less(viewer, node, span.begin, None, ranks, history, span.weigh)
        return
    yield _less_months(span, site_ids, ranks, first, last, now)
    if span.begin < first:
        yield _less(viewer, node, span.begin, first, ranks, history, span.weigh)
    else:
        yield _less(viewer, node, first, span.begin, ranks, history, lambda at: -span.weigh_in_month(at))
    yield _less(viewer, node, span.end, last, ranks, history, lambda at: span.weigh(at) - span.weigh_in_month(at))


def _as_now(viewer: Viewer, node: Node, span: Span, ranks: Ranks) -> Select[Any]:
    outlet = outlets_now(viewer, node).subquery("outlet_now")
    length = literal(float(span.length_us), Double)
    counts = (func.count().filter(outlet.c.state == state) for state in DOWN)
    key = outlet.c[ranks.value]
    return select(key.label("key"), *_named(func.count() * length, *(count * length for count in counts))).group_by(key)


def _less(
    viewer: Viewer,
    node: Node,
    since: datetime,
    until: datetime | None,
    ranks: Ranks,
    model: Changes,
    weigh: Callable[[Any], ColumnElement[float]],
) -> Select[Any]:
    part = parts_of(model)
    times = (delta * weigh(model.at) * -US_PER_SECOND for delta in _deltas(part.c))
    found = select(getattr(model, ranks.value).label("key"), *_named(*times)).select_from(model).join(part, true())
    found = found.where(*changes_at(viewer, node, model, since), text(DOWN_OR_UP))
    return found if until is None else found.where(model.at < until)


def _less_months(
    span: Span, site_ids: frozenset[int], ranks: Ranks, first: datetime, last: datetime, now: datetime
) -> Select[Any]:
    """Each month's changes as if they were at its end, less how long before it they were; those after the time, as if
    they were at the end of that."""
    months = list(_months(first, max(last, now)))
    until_us = [
        (month_after(month) - span.begin) // MICROSECOND if month < last else span.length_us for month in months
    ]
    is_within = [int(month < last) for month in months]
    month = func.unnest(
        literal(months, MOMENTS), literal(until_us, ARRAY(BigInteger)), literal(is_within, ARRAY(BigInteger))
    )
    told = month.table_valued("month_at", "until_us", "is_within").render_derived(name="told")
    times = (
        cast(left, Double) * told.c.is_within - cast(delta, Double) * told.c.until_us
        for delta, left in zip(_deltas(_columns()), _deltas(_columns("_us")), strict=True)
    )
    key: InstrumentedAttribute[int] = getattr(StateMonth, ranks.value)
    found = select(key.label("key"), *_named(*times))
    return found.join(told, told.c.month_at == StateMonth.month_at).where(of_sites(StateMonth.site_id, site_ids))


def _months(first: datetime, end: datetime) -> Iterator[datetime]:
    while first < end:
        yield first
        first = month_after(first)


def _columns(suffix: str = "") -> dict[str, Any]:
    return {state: getattr(StateMonth, f"{state}{suffix}") for state in STATES}


def _deltas(columns: Any) -> list[ColumnElement[Any]]:
    """By how many more outlets are there, and in each state of `DOWN`."""
    total: Any = sum((columns[state] for state in STATES[1:]), columns[STATES[0]])
    return [total, *(columns[state] for state in DOWN)]


def _named(*times: Any) -> list[Any]:
    return [time.label(name) for name, time in zip(TIMES, times, strict=True)]
