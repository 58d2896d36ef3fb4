"""For how much of the last 30 days outlets were taken, day by day, beside the 30 days before."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_date, lazy_gettext
from sqlalchemy.orm import Session

from domain.charts import figures
from domain.charts.figures import LevelOf
from domain.charts.periods import Unit, between
from domain.clock import now
from domain.models import System
from domain.scope import Viewer
from portal.formats import user_time_zone
from portal.pages.charts.over_time import count_outlets
from portal.pages.dashboard.bars import Bars
from portal.pages.dashboard.minute import shared
from portal.pages.dashboard.pane import OPERATORS, Figures, Pane

DAYS = 30
SATURDAY = 5
Day = tuple[float, float]
"""For how many seconds outlets were taken, all of them together, and how many of it have passed."""


@dataclass(frozen=True, kw_only=True)
class Utilisation(Figures):
    percent: float | None
    """None while there is no outlet."""
    change_points: float | None
    """Against the 30 days before, in percentage points; None if nobody charged then."""
    bars: Bars


def read(db: Session, viewer: Viewer) -> Utilisation:
    zone = user_time_zone()
    today = now().astimezone(zone).date()
    (outlets, days), read_at = shared(f"utilisation:{zone.key}:{today}", viewer, lambda: _read(db, viewer, today, zone))
    earlier, latest = days[:DAYS], days[DAYS:]
    percent, before = _percent(latest, outlets), _percent(earlier, outlets)
    first = today - timedelta(days=DAYS - 1)
    dates = [first + timedelta(days=number) for number in range(DAYS)]
    return Utilisation(
        read_at=read_at,
        percent=percent,
        change_points=percent - before if percent is not None and before else None,
        bars=Bars.of(
            (format_date(day, "EEE d MMM", rebase=False), _percent([told], outlets) or 0.0, day.weekday() >= SATURDAY)
            for day, told in zip(dates, latest, strict=True)
        ),
    )


def _read(db: Session, viewer: Viewer, today: date, zone: ZoneInfo) -> tuple[int, list[Day]]:
    """How many outlets there are, and each of twice 30 days."""
    system = System(id=1)
    periods = between(today - timedelta(days=2 * DAYS - 1), today, Unit.DAY, zone)
    found = figures.levels(db, viewer, system, periods, now(), LevelOf.CHARGES)
    return count_outlets(db, viewer, system), [(each.times_seconds, each.span_seconds) for each in found]


def _percent(days: list[Day], outlets: int) -> float | None:
    there_seconds = outlets * sum(passed for _taken, passed in days)
    return 100 * sum(taken for taken, _passed in days) / there_seconds if there_seconds else None


PANE = Pane(
    "utilisation",
    lazy_gettext("Utilisation, last 30 days"),
    OPERATORS,
    read,
    lazy_gettext("Charts"),
    "ChartsView.index",
    {"chart": "utilisation"},
)
