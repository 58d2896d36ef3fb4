"""The stations that delivered most energy in the last 30 days."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import BigInteger, Row, cast, func, select
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import ChargingSession, Station
from domain.scope import Viewer, visible
from portal.pages.dashboard.minute import shared
from portal.pages.dashboard.pane import OPERATORS, Figures, Pane

DAYS = 30
MOST_SHOWN = 5


@dataclass(frozen=True)
class Ranked:
    """One station; `station_id` is None if it is gone."""

    station_id: int | None
    name: str
    sessions: int
    energy_wh: int
    percent_of_first: float


@dataclass(frozen=True, kw_only=True)
class TopStations(Figures):
    stations: list[Ranked]


def read(db: Session, viewer: Viewer) -> TopStations:
    rows, read_at = shared("top_stations", viewer, lambda: [list(row) for row in _read(db, viewer)])
    highest_wh = max((energy_wh for *_, energy_wh in rows), default=0)
    return TopStations(
        read_at=read_at,
        stations=[
            Ranked(station_id, name, sessions, energy_wh, 100 * energy_wh / max(highest_wh, 1))
            for station_id, name, sessions, energy_wh in rows
        ],
    )


def _read(db: Session, viewer: Viewer) -> list[Row[Any]]:
    """Under the name that a station has now; one that is gone, under the name it had."""
    energy_wh = func.sum(ChargingSession.energy_wh)
    first = (
        select(
            ChargingSession.node_id,
            func.max(ChargingSession.station_name).label("name"),
            func.count().label("sessions"),
            cast(energy_wh, BigInteger).label("energy_wh"),
        )
        .where(
            visible(ChargingSession, viewer),
            ChargingSession.started_at > now() - timedelta(days=DAYS),
            ChargingSession.energy_wh > 0,
        )
        .group_by(ChargingSession.node_id)
        .order_by(energy_wh.desc(), ChargingSession.node_id)
        .limit(MOST_SHOWN)
        .subquery()
    )
    return list(
        db.execute(
            select(Station.id, func.coalesce(Station.name, first.c.name), first.c.sessions, first.c.energy_wh)
            .select_from(first)
            .outerjoin(Station, (Station.id == first.c.node_id) & visible(Station, viewer))
            .order_by(first.c.energy_wh.desc(), first.c.node_id)
        )
    )


PANE = Pane(
    "top_stations",
    lazy_gettext("Top stations, last 30 days"),
    OPERATORS,
    read,
    lazy_gettext("All stations"),
    "StationView.list",
)
