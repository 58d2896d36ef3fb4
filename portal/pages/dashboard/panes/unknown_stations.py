"""Devices that called under a name that nobody created, to be adopted with one click."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import get_settings
from domain.models import UnknownStation
from domain.scope import Viewer, visible
from portal.pages.dashboard.pane import BUILDERS, Figures, Pane

MOST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class UnknownStations(Figures):
    count: int
    stations: Sequence[UnknownStation]
    address: str
    """Where a station calls."""


def read(db: Session, viewer: Viewer) -> UnknownStations:
    seen = visible(UnknownStation, viewer)
    latest = select(UnknownStation).where(seen).order_by(UnknownStation.last_seen_at.desc()).limit(MOST_SHOWN)
    return UnknownStations(
        count=db.scalar(select(func.count()).select_from(UnknownStation).where(seen)) or 0,
        stations=db.scalars(latest).all(),
        address=get_settings().ocpp16_url,
    )


PANE = Pane(
    "unknown_stations",
    lazy_gettext("Unknown stations"),
    BUILDERS,
    read,
    lazy_gettext("All unknown stations"),
    "UnknownStationView.list",
)
