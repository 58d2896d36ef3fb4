"""Where stations stand on the plan of their floor.

A position is told in parts of the plan's width and height, so that it stays where it was when another picture of the
same plan has another size. It goes with the floor: a station that moves to another one waits there to be placed.
"""

import math

from sqlalchemy.orm import Session

from domain import live
from domain.errors import DomainError
from domain.models import Station


class NoFloorError(DomainError):
    """The station stands on no floor, so there is no plan to place it on."""


class OutsidePlanError(DomainError):
    """Not within the plan."""


def place(db: Session, station: Station, x: float, y: float) -> None:
    """Put a station on the plan of its floor, or elsewhere on it; `x` from the left and `y` from the top, 0 to 1.

    Raises:
        NoFloorError: it stands directly on a site.
        OutsidePlanError: the position is none on a plan.
    """
    if station.floor_id is None:
        raise NoFloorError(f"{station.name} stands on no floor")
    if not all(math.isfinite(part) and 0 <= part <= 1 for part in (x, y)):
        raise OutsidePlanError("a position on a plan is from 0 to 1, from the left and from the top")
    station.plan_x, station.plan_y = x, y
    tell(db, station.floor_id, station.site_id)


def take_off(db: Session, station: Station) -> None:
    """Take a station off the plan. It stays on its floor."""
    station.plan_x = station.plan_y = None
    if station.floor_id is not None:
        tell(db, station.floor_id, station.site_id)


def tell(db: Session, floor_id: int, site_id: int) -> None:
    """Let whoever looks at the plan of a floor look again."""
    live.note(db, live.Change(live.Kind.FLOOR, floor_id, site_id))
