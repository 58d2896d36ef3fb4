"""A driver's last charges."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import ChargingSession
from domain.scope import Viewer, visible
from portal.pages.dashboard.pane import DRIVERS, Figures, Pane

MOST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class OwnSessions(Figures):
    charging_sessions: Sequence[ChargingSession]


def read(db: Session, viewer: Viewer) -> OwnSessions:
    latest = (
        select(ChargingSession)
        .where(visible(ChargingSession, viewer))
        .order_by(ChargingSession.started_at.desc(), ChargingSession.id.desc())
        .limit(MOST_SHOWN)
    )
    return OwnSessions(charging_sessions=db.scalars(latest).all())


PANE = Pane(
    "own_sessions",
    lazy_gettext("My last sessions"),
    DRIVERS,
    read,
    lazy_gettext("My sessions"),
    "ChargingSessionView.list",
)
