"""How many stations are in each of the four states."""

from collections import Counter
from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain.models import Outlet, Station
from domain.roles import RoleName
from domain.scope import Viewer, visible
from domain.statuses import CONCERN, OutletStatus, Shown, shown_of_station
from portal.pages.dashboard.pane import OPERATORS, Figures, Pane


@dataclass(frozen=True)
class Slice:
    """One state: how many, and its part of the ring in percent."""

    state: Shown
    count: int
    percent: float
    begins_at_percent: float


@dataclass(frozen=True, kw_only=True)
class StationsNow(Figures):
    total: int
    slices: list[Slice]
    lacks_site: bool
    """Whether a site administrator has nothing to administer."""


def read(db: Session, viewer: Viewer) -> StationsNow:
    counts: Counter[Shown] = Counter()
    for online, status, outlet_statuses, stations in db.execute(_kinds(viewer)):
        spoken = [OutletStatus(word) if word else None for word in outlet_statuses]
        counts[shown_of_station(online, status, spoken)] += stations
    lacks_site = viewer.role is RoleName.SITE_ADMINISTRATOR and not viewer.site_ids
    return StationsNow(total=counts.total(), slices=_slices(counts), lacks_site=lacks_site)


def _kinds(viewer: Viewer) -> Select:
    """Every combination of states that occurs, and how often: a few dozen rows, however many stations there are."""
    stations = (
        select(Station.online, Station.status, func.array_agg(func.distinct(Outlet.status)).label("outlets"))
        .outerjoin(Outlet, Outlet.station_id == Station.id)
        .where(visible(Station, viewer))
        .group_by(Station.id)
        .subquery()
    )
    columns = (stations.c.online, stations.c.status, stations.c.outlets)
    return select(*columns, func.count()).group_by(*columns)


def _slices(counts: Counter[Shown]) -> list[Slice]:
    slices, begins_at = [], 0.0
    for state in CONCERN:
        percent = 100 * counts[state] / max(counts.total(), 1)
        slices.append(Slice(state, counts[state], percent, begins_at))
        begins_at += percent
    return slices


PANE = Pane(
    "stations_now",
    lazy_gettext("Stations now"),
    OPERATORS,
    read,
    lazy_gettext("All stations"),
    "StationView.list",
)
