"""The energy of the last 30 days, day by day; a session counts on the day on which it began."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_date, lazy_gettext
from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import ChargingSession
from domain.scope import Viewer, visible
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
    begins_at = datetime.combine(first, time(), zone)
    day = cast(func.timezone(zone.key, ChargingSession.started_at), Date)
    energy_wh = func.coalesce(func.sum(ChargingSession.energy_wh), 0)
    seen = visible(ChargingSession, viewer)
    by_day = select(day, energy_wh).where(seen, ChargingSession.started_at >= begins_at).group_by(day)
    earlier = timedelta(days=DAYS)
    before = select(energy_wh).where(
        seen, ChargingSession.started_at >= begins_at - earlier, ChargingSession.started_at < now() - earlier
    )
    return {one.isoformat(): int(wh) for one, wh in db.execute(by_day)}, int(db.scalar(before) or 0)


PANE = Pane(
    "energy",
    lazy_gettext("Energy, last 30 days"),
    OPERATORS,
    read,
    lazy_gettext("Statistics"),
    "ChargingSessionView.list",
)
