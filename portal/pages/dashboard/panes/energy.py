"""The energy of the last 30 days, day by day; a session counts on the day on which it began."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_date, lazy_gettext
from sqlalchemy.orm import Session

from domain.charts.figures import sums
from domain.charts.periods import Unit, between
from domain.clock import now
from domain.models import System
from domain.scope import Viewer
from portal.formats import user_time_zone
from portal.pages.dashboard.bars import Bars
from portal.pages.dashboard.minute import shared
from portal.pages.dashboard.pane import OPERATORS, Figures, Pane

DAYS = 30
SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class Energy(Figures):
    total_wh: int
    change_percent: float | None
    """Against as long a time just before; None if nothing was charged then."""
    first_day: date
    last_day: date
    bars: Bars


def read(db: Session, viewer: Viewer) -> Energy:
    zone = user_time_zone()
    today = now().astimezone(zone).date()
    first = today - timedelta(days=DAYS - 1)
    name = f"energy:{zone.key}:{today}"
    (by_day, before_wh), read_at = shared(name, viewer, lambda: _read(db, viewer, first, zone))
    days = [first + timedelta(days=number) for number in range(DAYS)]
    values = [by_day.get(day.isoformat(), 0) for day in days]
    return Energy(
        read_at=read_at,
        total_wh=sum(values),
        change_percent=100 * (sum(values) - before_wh) / before_wh if before_wh else None,
        first_day=first,
        last_day=today,
        bars=Bars.of(
            (format_date(day, "EEE d MMM", rebase=False), value, day.weekday() >= SATURDAY)
            for day, value in zip(days, values, strict=True)
        ),
    )


def _read(db: Session, viewer: Viewer, first: date, zone: ZoneInfo) -> tuple[dict[str, int], int]:
    """The energy of each day since `first`, and that of the 30 days before, up to this time of the day."""
    days = between(first, first + timedelta(days=DAYS - 1), Unit.DAY, zone)
    earlier = timedelta(days=DAYS)
    # To the quarter of an hour, as it is added up; and where clocks were changed since, not into the first day.
    until = min(now() - earlier, days.edges[0])
    edges = (days.edges[0] - earlier, until, *days.edges)
    before, _rest, *by_day = sums(db, viewer, System(id=1), replace(days, edges=edges), now())
    begins = (begin.date().isoformat() for begin in days.begins)
    return {day: found.energy_wh for day, found in zip(begins, by_day, strict=False)}, before.energy_wh


PANE = Pane(
    "energy",
    lazy_gettext("Energy, last 30 days"),
    OPERATORS,
    read,
    lazy_gettext("Statistics"),
    "ChargingSessionView.list",
)
