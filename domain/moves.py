"""Moving what stands in the tree: a station to a site or a floor, a floor with all its stations to another site.

What was charged, asked and noted before stays where it happened; only what comes from now on belongs to the new place.
Whether whoever asks may see both ends is checked by the caller (domain/scope.py). The audit log and the event log tell
of it by themselves (domain/audit.py, domain/tree_changes.py).
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.errors import DomainError
from domain.models import Floor, Site, Station
from domain.nodes import Node

MovableNode = Station | Floor


class CannotMoveError(DomainError):
    """Such a node cannot stand at such a place."""


class NameTakenError(DomainError):
    """Another floor of the site has the same name."""

    def __init__(self, name: str, site: str) -> None:
        super().__init__(f"{site} has a floor {name} already.")
        self.name, self.site = name, site


def move(db: Session, node: Node, place: Node) -> None:
    """Put a station on a site or a floor, or a floor on a site; where it stands already, nothing happens.

    Raises:
        CannotMoveError: nothing of this kind can stand there.
        NameTakenError: the site has a floor of this name.
    """
    match node, place:
        case Station(), Floor():
            _move_station(db, node, place.site_id, place.id)
        case Station(), Site():
            _move_station(db, node, place.id, None)
        case Floor(), Site():
            _move_floor(db, node, place)
        case _:
            raise CannotMoveError(f"{node} cannot stand on {place}.")


def _move_station(db: Session, station: Station, site_id: int, floor_id: int | None) -> None:
    station.site_id, station.floor_id = site_id, floor_id
    db.flush()
    db.expire(station, ["site", "floor"])


def _move_floor(db: Session, floor: Floor, site: Site) -> None:
    same = select(Floor.id).where(
        Floor.site_id == site.id, Floor.id != floor.id, func.lower(Floor.name) == func.lower(floor.name)
    )
    if db.scalar(same) is not None:
        raise NameTakenError(floor.name, site.name)
    floor.site = site
    db.flush()
    # Its stations came along in the database: their key to the floor holds the site (fk_station_floor).
    for station in db.identity_map.values():
        if isinstance(station, Station) and station.floor_id == floor.id:
            db.expire(station, ["site_id", "site"])
