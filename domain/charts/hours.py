"""What begins in which hour of which weekday: 7 times 24 sums."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.charts.periods import Periods
from domain.charts.source import parts
from domain.nodes import Node
from domain.scope import Viewer


@dataclass(frozen=True, slots=True)
class HourOfWeek:
    """The charges that began in an hour of a weekday, Monday being 0."""

    weekday: int
    hour: int
    begun: int
    energy_wh: int


def read(db: Session, viewer: Viewer, node: Node, periods: Periods) -> list[HourOfWeek]:
    """Those in which any began, by the clock of the periods' zone."""
    part = parts(viewer, node, periods.edges[-1])
    local = func.timezone(periods.zone.key, part.c.quarter_at)
    weekday, hour = func.extract("isodow", local) - 1, func.extract("hour", local)
    rows = db.execute(
        select(weekday, hour, func.sum(part.c.begun), func.sum(part.c.energy_wh))
        .where(part.c.quarter_at >= periods.edges[0])
        .group_by(weekday, hour)
        .having(func.sum(part.c.begun) > 0)
    )
    return [HourOfWeek(*map(int, row)) for row in rows]
