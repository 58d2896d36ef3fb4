"""The charges that run, the latest first, with what their meters show now."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import charging_now
from domain.models import ChargingSession
from domain.scope import Viewer, visible
from portal.pages.dashboard.pane import OPERATORS, Figures, Pane

MOST_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class ChargingNow(Figures):
    count: int
    running: Sequence[charging_now.ChargingNow]


def read(db: Session, viewer: Viewer) -> ChargingNow:
    """The open charges have an index of their own, so that it does not matter how many others there are."""
    seen = visible(ChargingSession, viewer)
    count = select(func.count()).select_from(ChargingSession).where(seen, ChargingSession.ended_at.is_(None))
    return ChargingNow(count=db.scalar(count) or 0, running=charging_now.read(db, seen, most=MOST_SHOWN))


PANE = Pane(
    "charging_now",
    lazy_gettext("Charging now"),
    OPERATORS,
    read,
    lazy_gettext("All charging now"),
    "ChargingSessionView.list",
    {"ended_at": "empty"},
)
