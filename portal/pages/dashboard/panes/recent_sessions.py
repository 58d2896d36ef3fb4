"""How much was charged in the last 7 and the last 30 days."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import ChargingSession
from domain.scope import Viewer, visible
from portal.pages.dashboard.minute import shared
from portal.pages.dashboard.pane import OPERATORS, Figures, Pane

PERIODS_DAYS = (7, 30)


@dataclass(frozen=True)
class Period:
    """The sessions that began in the last so many days; energy and duration of those that are over."""

    days: int
    sessions: int
    energy_wh: int
    average_seconds: float | None


@dataclass(frozen=True, kw_only=True)
class RecentSessions(Figures):
    periods: list[Period]


def read(db: Session, viewer: Viewer) -> RecentSessions:
    rows, read_at = shared("recent_sessions", viewer, lambda: [_read(db, viewer, days) for days in PERIODS_DAYS])
    return RecentSessions(read_at=read_at, periods=[Period(*row) for row in rows])


def _read(db: Session, viewer: Viewer, days: int) -> tuple[int, int, int, float | None]:
    figures = (
        func.count(),
        func.coalesce(func.sum(ChargingSession.energy_wh), 0),
        func.avg(ChargingSession.duration_seconds),
    )
    since = ChargingSession.started_at > now() - timedelta(days=days)
    sessions, energy_wh, average_seconds = db.execute(
        select(*figures).where(visible(ChargingSession, viewer), since)
    ).one()
    return days, sessions, int(energy_wh), average_seconds


PANE = Pane(
    "recent_sessions",
    lazy_gettext("Sessions, last 7 and 30 days"),
    OPERATORS,
    read,
    lazy_gettext("Statistics"),
    "ChargingSessionView.list",
)
