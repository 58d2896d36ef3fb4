"""Where a driver may charge: every outlet of a charging station is open to all who have a tag that it accepts.

Which of them are free is everybody's to see; who charges at the others is not, and is not read here.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from domain.addresses import Position, in_one_line
from domain.models import Floor, Outlet, Site, Station, StationKind
from domain.statuses import OutletStatus, Shown, shown_of_outlet

EARTH_RADIUS_M = 6_371_000


@dataclass(frozen=True, slots=True)
class OutletHere:
    """An outlet, and where it stands."""

    id: int
    uuid: UUID
    number: int
    parking: str
    connector_type: str
    max_current_a: int | None
    status: OutletStatus | None
    station_id: int
    station_name: str
    station_online: bool
    station_status: OutletStatus | None
    floor_name: str | None
    site_id: int
    site_name: str

    @property
    def shown(self) -> Shown:
        return _shown(self.station_online, self.station_status, self.status)


def _shown(online: bool, station_status: OutletStatus | None, status: OutletStatus | None) -> Shown:
    """As everywhere, but that nobody can start at an outlet that never told whether it is free."""
    return Shown.OFFLINE if status is None else shown_of_outlet(online, station_status, status)


@dataclass(frozen=True, slots=True)
class SiteHere:
    """A site with how many outlets are in which state."""

    id: int
    name: str
    address: str
    position: Position | None
    distance_m: float | None
    """From where somebody is, where that is known."""
    outlets: Counter[Shown] = field(default_factory=Counter)


OUTLETS = (
    select(
        Outlet.id,
        Outlet.uuid,
        Outlet.number,
        Outlet.parking,
        Outlet.connector_type,
        Outlet.max_current_a,
        Outlet.status,
        Station.id.label("station_id"),
        Station.name.label("station_name"),
        Station.online.label("station_online"),
        Station.status.label("station_status"),
        Floor.name.label("floor_name"),
        Site.id.label("site_id"),
        Site.name.label("site_name"),
    )
    .join(Station, Station.id == Outlet.station_id)
    .join(Site, Site.id == Station.site_id)
    .outerjoin(Floor, Floor.id == Station.floor_id)
    .where(Station.kind == StationKind.CHARGING_STATION)
)


def outlet(db: Session, uuid: UUID) -> OutletHere | None:
    """The one that carries this code."""
    found = _outlets(db, OUTLETS.where(Outlet.uuid == uuid))
    return found[0] if found else None


def outlets_of_site(db: Session, site_id: int, after: int | None, most: int) -> list[OutletHere]:
    """By the name of the station; `after` is the last one already shown."""
    statement = OUTLETS.where(Station.site_id == site_id)
    if after is not None:
        last = db.scalar(select(Station.name).join(Outlet, Outlet.station_id == Station.id).where(Outlet.id == after))
        statement = statement.where(tuple_(Station.name, Outlet.id) > tuple_(last or "", after))
    return _outlets(db, statement.order_by(Station.name, Outlet.id).limit(most))


def outlets_named(db: Session, words: str, most: int) -> list[OutletHere]:
    """Of the stations that have these words in their name or in their charge box id."""
    named = or_(*(column.icontains(words, autoescape=True) for column in (Station.name, Station.charge_box_id)))
    return _outlets(db, OUTLETS.where(named).order_by(Station.name, Outlet.id).limit(most))


def _outlets(db: Session, statement: Executable) -> list[OutletHere]:
    return [OutletHere(**row._mapping) for row in db.execute(statement)]


def sites(db: Session, words: str, near: Position | None, most: int) -> list[SiteHere]:
    """Those with an outlet, the nearest first, or by name where nobody told where they are."""
    has_station = exists().where(Station.site_id == Site.id, Station.kind == StationKind.CHARGING_STATION)
    statement = select(Site).where(has_station)
    if words:
        named = (column.icontains(words, autoescape=True) for column in (Site.name, Site.street, Site.city))
        statement = statement.where(or_(*named, Site.postal_code == words))
    order: Sequence[ColumnElement[Any]] = () if near is None else (_apart(near).asc().nulls_last(),)
    found = db.scalars(statement.order_by(*order, Site.name, Site.id).limit(most)).all()
    counts = _counts(db, [site.id for site in found])
    # To ask each station of the system for its outlets before would cost more than all the rest.
    return [_site(site, near, counts[site.id]) for site in found if counts[site.id]]


def _site(site: Site, near: Position | None, outlets: Counter[Shown]) -> SiteHere:
    known = site.latitude is not None and site.longitude is not None
    position = Position(site.latitude, site.longitude) if known else None  # type: ignore[arg-type]
    distance_m = None if near is None or position is None else metres(near, position)
    return SiteHere(site.id, site.name, in_one_line(site), position, distance_m, outlets)


def _apart(near: Position) -> ColumnElement[Any]:
    """What grows with the distance: enough to put sites in order without a map's mathematics."""
    degrees = func.abs(Site.longitude - near.longitude)
    east = func.least(degrees, 360 - degrees) * cos(radians(near.latitude))
    north = Site.latitude - near.latitude
    return north * north + east * east


def metres(one: Position, other: Position) -> float:
    """Along the earth's surface, taken as a ball: right to half a per cent."""
    north, east = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    square = sin(north / 2) ** 2 + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(square)))


def _counts(db: Session, site_ids: Sequence[int]) -> dict[int, Counter[Shown]]:
    """How many outlets of each site are in which state, counted by the database."""
    columns = (Station.site_id, Station.online, Station.status, Outlet.status.label("outlet_status"))
    rows = db.execute(
        select(*columns, func.count().label("outlets"))
        .join(Outlet, Outlet.station_id == Station.id)
        .where(Station.site_id.in_(site_ids), Station.kind == StationKind.CHARGING_STATION)
        .group_by(*columns)
    )
    counts: dict[int, Counter[Shown]] = defaultdict(Counter)
    for row in rows:
        counts[row.site_id][_shown(row.online, row.status, row.outlet_status)] += row.outlets
    return counts
