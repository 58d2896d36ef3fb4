"""What plans show: the stations of a place, each with its state and its outlets, in one statement however many."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from flask_babel import gettext, ngettext
from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from domain.models import Outlet, Station
from domain.statuses import Shown, shown_of_outlet, shown_of_station
from portal.tree import natural, state_text


@dataclass(frozen=True)
class ShownOutlet:
    label: str
    state: Shown
    state_text: str


@dataclass(frozen=True)
class ShownStation:
    """A station as a symbol shows it, and what is told of it on a closer look."""

    id: int
    label: str
    state: Shown
    state_text: str
    note: str
    outlets: tuple[ShownOutlet, ...]
    x: float | None
    y: float | None
    latitude: float | None
    longitude: float | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


STATIONS = (
    select(
        Station.id,
        Station.name,
        Station.online,
        Station.status,
        Station.last_seen_at,
        Station.plan_x,
        Station.plan_y,
        Station.latitude,
        Station.longitude,
        Outlet.number,
        Outlet.status.label("outlet_status"),
    )
    .outerjoin(Outlet, Outlet.station_id == Station.id)
    .order_by(Station.id, Outlet.number)
)


def stations(db: Session, within: ColumnElement[bool]) -> list[ShownStation]:
    """By name, as in the tree."""
    rows = db.execute(STATIONS.where(within))
    found = [_shown(list(of_station)) for _, of_station in groupby(rows, key=lambda row: row.id)]
    return sorted(found, key=lambda station: natural(station.label))


def _shown(rows: list[Row[Any]]) -> ShownStation:
    """A station of its rows, one for each outlet."""
    first = rows[0]
    spoken = [row for row in rows if row.number is not None]
    state = shown_of_station(first.online, first.status, [row.outlet_status for row in spoken])
    return ShownStation(
        first.id,
        first.name,
        state,
        state_text(state),
        _note(len(spoken), was_seen=first.last_seen_at is not None),
        tuple(_outlets(spoken)),
        first.plan_x,
        first.plan_y,
        first.latitude,
        first.longitude,
    )


def _outlets(rows: Iterable[Row[Any]]) -> Iterable[ShownOutlet]:
    for row in rows:
        state = shown_of_outlet(row.online, row.status, row.outlet_status)
        yield ShownOutlet(gettext("Outlet %(number)d", number=row.number), state, state_text(state))


def _note(outlets: int, *, was_seen: bool) -> str:
    if not was_seen:
        return gettext("Never seen")
    return ngettext("%(num)d outlet", "%(num)d outlets", outlets)
