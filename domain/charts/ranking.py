"""The stations or sites at which most energy was charged, most charges began, or most of them took no energy.

Whole months in UTC are added up already. Where a time begins or ends within one, either what it has of it is read from
the charges themselves, or what it has not is taken from the month's sums, whichever is less: of the month that goes on,
that is nothing. So a year costs one month at the most.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, select, true, union_all
from sqlalchemy.orm import Session

from domain.charging_rollups import OF_CHARGES
from domain.charts.periods import Periods
from domain.charts.source import of_sites, parts_of, rolled_up_sites
from domain.models import ChargingChange, ChargingMonth, ChargingSession, Site, Station
from domain.nodes import Node, charges_at
from domain.partitions import next_month
from domain.scope import Viewer, visible


class Ranks(Enum):
    """What is ranked, with the column that tells its number."""

    STATIONS = "node_id"
    SITES = "site_id"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A station or a site, and what its charges that began in a time add up to."""

    node_id: int
    name: str
    """That it has now; of one that is gone, the one that it had."""
    is_there: bool
    begun: int
    finished: int
    without_energy: int
    energy_wh: int
    duration_seconds: float


def read(
    db: Session,
    viewer: Viewer,
    node: Node,
    periods: Periods,
    now: datetime,
    by: str,
    most: int,
    ranks: Ranks = Ranks.STATIONS,
) -> list[Ranked]:
    """The first `most` by one of `OF_CHARGES`; those that have none of it are left out."""
    part = union_all(*_parts(viewer, node, Pieces.of(periods.edges[0], periods.edges[-1], now), ranks)).subquery("part")
    sums = {name: cast(func.sum(part.c[name]), BigInteger) for name in OF_CHARGES}
    first = (
        select(part.c.key, *(total.label(name) for name, total in sums.items()))
        .group_by(part.c.key)
        .having(sums[by] > 0)
        .order_by(sums[by].desc(), part.c.key)
        .limit(most)
        .subquery("first")
    )
    model, last = (Station, "station_name") if ranks is Ranks.STATIONS else (Site, "site_name")
    last_name = (
        select(getattr(ChargingSession, last))
        .where(getattr(ChargingSession, ranks.value) == first.c.key)
        .order_by(ChargingSession.started_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    name = func.coalesce(model.name, last_name, "").label("name")
    rows = db.execute(
        select(first, name, model.id.is_not(None).label("is_there"))
        .select_from(first)
        .outerjoin(model, (model.id == first.c.key) & visible(model, viewer))
        .order_by(first.c[by].desc(), first.c.key)
    )
    return [
        Ranked(
            row.key,
            row.name,
            row.is_there,
            row.begun,
            row.finished,
            row.without_energy,
            row.energy_wh,
            row.duration_us / 1_000_000,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Pieces:
    """A time as whole months, and what is added to them or taken from them."""

    begin: datetime
    end: datetime
    first: datetime
    last: datetime
    """Where the whole months begin and end."""

    @classmethod
    def of(cls, begin: datetime, end: datetime, now: datetime) -> "Pieces":
        first = month_of(begin)
        if month_after(first) - begin <= begin - first:
            first = month_after(first)
        last = month_of(end)
        # What is ahead costs nothing.
        if end - last > max(timedelta(), min(month_after(last), now) - end):
            last = month_after(last)
        return cls(begin, end, first, last)

    def apart(self) -> Iterator[tuple[int, datetime, datetime]]:
        """Times that are read apart, each with 1 if it is to be added, or -1."""
        if self.first >= self.last:
            yield 1, self.begin, self.end
            return
        for begin, end in ((self.begin, self.first), (self.last, self.end)):
            yield (1, begin, end) if begin < end else (-1, end, begin)


def month_of(moment: datetime) -> datetime:
    """Where its month begins, in UTC."""
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def month_after(month: datetime) -> datetime:
    return datetime.combine(next_month(month.date()), month.time(), UTC)


def _parts(viewer: Viewer, node: Node, pieces: Pieces, ranks: Ranks) -> Iterator[Select[Any]]:
    """Rows of `key` and `OF_CHARGES`."""
    site_ids = rolled_up_sites(viewer, node)
    if site_ids is None:
        yield _of_charges(viewer, node, 1, pieces.begin, pieces.end, ranks)
        return
    for sign, begin, end in pieces.apart():
        if begin < end:
            yield _of_charges(viewer, node, sign, begin, end, ranks)
    for model, at in ((ChargingMonth, ChargingMonth.month_at), (ChargingChange, ChargingChange.quarter_at)):
        columns = (getattr(model, name) for name in OF_CHARGES)
        key = getattr(model, ranks.value).label("key")
        within = (at >= pieces.first, at < pieces.last)
        yield select(key, *columns).where(of_sites(model.site_id, site_ids), *within)


def _of_charges(viewer: Viewer, node: Node, sign: int, begin: datetime, end: datetime, ranks: Ranks) -> Select[Any]:
    seen = (visible(ChargingSession, viewer), charges_at(node))
    begun = (ChargingSession.started_at >= begin, ChargingSession.started_at < end)
    charge = select(ChargingSession).where(*seen, *begun).subquery("charge")
    part = parts_of(charge)
    columns = ((part.c[name] * sign).label(name) for name in OF_CHARGES)
    key = charge.c[ranks.value].label("key")
    return select(key, *columns).select_from(charge.join(part, true())).where(part.c.begun > 0)
