"""A driver's energy by month over a year; a session counts in the month in which it began."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_date, lazy_gettext
from sqlalchemy import Date, Row, cast, func, select
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import ChargingSession
from domain.scope import Viewer, visible
from portal.formats import user_time_zone
from portal.pages.dashboard.bars import Bars
from portal.pages.dashboard.pane import DRIVERS, Figures, Pane

MONTHS = 12


@dataclass(frozen=True)
class Month:
    """`seconds` are those of the sessions that are over."""

    label: str
    sessions: int
    energy_wh: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class OwnEnergy(Figures):
    months: list[Month]
    """Twelve, the last is the present one."""
    bars: Bars


def read(db: Session, viewer: Viewer) -> OwnEnergy:
    zone = user_time_zone()
    firsts = _firsts_of_months(now().astimezone(zone).date())
    found = {row.month: row for row in _rows(db, viewer, firsts[0], zone)}
    months = [_month(first, found.get(first)) for first in firsts]
    return OwnEnergy(
        months=months,
        bars=Bars.of((month.label, month.energy_wh, month is months[-1]) for month in months),
    )


def _firsts_of_months(today: date) -> list[date]:
    numbers = range(today.year * 12 + today.month - MONTHS, today.year * 12 + today.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def _rows(db: Session, viewer: Viewer, first: date, zone: ZoneInfo) -> list[Row[Any]]:
    month = cast(func.date_trunc("month", func.timezone(zone.key, ChargingSession.started_at)), Date).label("month")
    figures = (
        func.count().label("sessions"),
        func.coalesce(func.sum(ChargingSession.energy_wh), 0).label("energy_wh"),
        func.coalesce(func.sum(ChargingSession.duration_seconds), 0.0).label("seconds"),
    )
    begins_at = datetime.combine(first, time(), zone)
    return list(
        db.execute(
            select(month, *figures)
            .where(visible(ChargingSession, viewer), ChargingSession.user_id == viewer.user_id)
            .where(ChargingSession.started_at >= begins_at)
            .group_by(month)
        )
    )


def _month(first: date, row: Row[Any] | None) -> Month:
    label = format_date(first, "LLLL y", rebase=False)
    return Month(label, row.sessions, int(row.energy_wh), row.seconds) if row else Month(label, 0, 0, 0.0)


PANE = Pane(
    "own_energy",
    lazy_gettext("My energy by month"),
    DRIVERS,
    read,
    lazy_gettext("My sessions"),
    "ChargingSessionView.list",
)
