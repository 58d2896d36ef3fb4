"""The tree: what stands below what, what may go, and how a device that called becomes a station."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import ARRAY, ColumnElement, String, any_, bindparam, select, true
from sqlalchemy import delete as delete_from
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.errors import HasChildrenError
from domain.models import ChargingSession, Floor, Outlet, Site, Station, System, UnknownStation

Node = System | Site | Floor | Station | Outlet
"""Anything in the tree."""

RemovableNode = Site | Floor | Station | Outlet
"""All but the root, of which there is always exactly one."""


class NodeKind(StrEnum):
    """The levels of the tree, from the root down."""

    SYSTEM = "system"
    SITE = "site"
    FLOOR = "floor"
    STATION = "station"
    OUTLET = "outlet"


MODELS: dict[NodeKind, type[Node]] = {
    NodeKind.SYSTEM: System,
    NodeKind.SITE: Site,
    NodeKind.FLOOR: Floor,
    NodeKind.STATION: Station,
    NodeKind.OUTLET: Outlet,
}


def kind_of(node: Node) -> NodeKind:
    """The level on which a node stands."""
    return next(kind for kind, model in MODELS.items() if isinstance(node, model))


def parent(db: Session, node: Node) -> Node | None:
    """The node above; None above the root."""
    match node:
        case Outlet():
            return node.station
        case Station():
            return node.floor or node.site
        case Floor():
            return node.site
        case Site():
            return db.get(System, 1)
        case _:
            return None


def path(db: Session, node: Node) -> list[Node]:
    """The nodes from the root down to this one, both included."""
    above = parent(db, node)
    return [*(path(db, above) if above else []), node]


def stations_below(node: Node) -> ColumnElement[bool]:
    """The condition that keeps to the stations at this node and below it; an outlet's is the one it belongs to."""
    match node:
        case Site():
            return Station.site_id == node.id
        case Floor():
            return Station.floor_id == node.id
        case Station():
            return Station.id == node.id
        case Outlet():
            return Station.id == node.station_id
        case _:
            return true()


def charges_at(node: Node) -> ColumnElement[bool]:
    """The condition that keeps to the charges at this node and below it, where they were when these charges began."""
    match node:
        case Site():
            return ChargingSession.site_id == node.id
        case Floor():
            return ChargingSession.floor_id == node.id
        case Station():
            return ChargingSession.node_id == node.id
        case Outlet():
            return ChargingSession.outlet_id == node.id
        case _:
            return true()


def child_names(db: Session, node: RemovableNode) -> list[str]:
    """What stands directly below, as a person at the tree sees it: floors before stations, each by name."""
    match node:
        case Site():
            floors = db.scalars(select(Floor.name).where(Floor.site_id == node.id).order_by(Floor.name))
            stations = select(Station.name).where(Station.site_id == node.id, Station.floor_id.is_(None))
            return [*floors, *db.scalars(stations.order_by(Station.name))]
        case Floor():
            return list(db.scalars(select(Station.name).where(Station.floor_id == node.id).order_by(Station.name)))
        case Station():
            numbers = select(Outlet.number).where(Outlet.station_id == node.id).order_by(Outlet.number)
            return [f"{node.name} / {number}" for number in db.scalars(numbers)]
        case Outlet():
            return []


def check_deletable(db: Session, node: RemovableNode) -> None:
    """Refuse a node that has others below it (manual, "Topologi", "Bemærkninger").

    Raises:
        HasChildrenError: names what stands below.
    """
    if names := child_names(db, node):
        raise HasChildrenError(names)


def delete(db: Session, node: RemovableNode) -> None:
    """Remove a node that has nothing below it.

    Raises:
        HasChildrenError: names what stands below.
    """
    check_deletable(db, node)
    try:
        with db.begin_nested():
            db.delete(node)
    except IntegrityError as error:  # Somebody put a child there in the meantime.
        raise HasChildrenError(child_names(db, node)) from error


def add_station(db: Session, station: Station) -> None:
    """Add a station; a device that called under its name is no longer unknown."""
    add_stations(db, [station])


def add_stations(db: Session, stations: Sequence[Station]) -> None:
    """Add many; the statements do not grow with them."""
    db.add_all(stations)
    db.flush()
    names = [station.charge_box_id for station in stations]
    is_known_now = UnknownStation.charge_box_id == any_(bindparam(None, names, type_=ARRAY(String)))
    known_now = delete_from(UnknownStation).where(is_known_now)
    db.execute(known_now.execution_options(audit="the creation of the station tells it"))


def adopt(db: Session, unknown_station: UnknownStation, site: Site, floor: Floor | None = None) -> Station:
    """Make a station of a device that called: its next connection succeeds."""
    station = Station(
        name=unknown_station.charge_box_id,
        charge_box_id=unknown_station.charge_box_id,
        protocol=unknown_station.protocol,
        site=site,
        floor=floor,
    )
    add_station(db, station)
    return station
