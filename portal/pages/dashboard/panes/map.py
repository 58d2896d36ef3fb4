"""Sites on a small map in the colour of their worst station; of somebody with one site, its stations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Site
from domain.nodes import NodeKind
from domain.roles import RoleName
from domain.scope import Viewer, visible
from portal import map_places
from portal.map_places import MapPlace
from portal.pages.address import map_data
from portal.pages.dashboard.pane import OPERATORS, Figures, Pane


@dataclass(frozen=True, kw_only=True)
class MapOfPlaces(Figures):
    ground: Mapping[str, Any]
    """What every map needs (static/map_ground.js)."""
    placed: Sequence[MapPlace]
    without_position: int
    first_key: str
    """Of one of those."""
    lacks_site: bool
    """Whether a site administrator has nothing to administer."""

    @property
    def as_json(self) -> list[dict[str, Any]]:
        return [place.as_json() for place in self.placed]


def read(db: Session, viewer: Viewer) -> MapOfPlaces:
    # What stands on a floor is shown by the floor's plan.
    places = [place for place in _places(db, viewer) if place.kind is not NodeKind.FLOOR]
    nowhere = [place.key for place in places if place.latitude is None]
    return MapOfPlaces(
        ground=map_data(),
        placed=[place for place in places if place.latitude is not None],
        without_position=len(nowhere),
        first_key=nowhere[0] if nowhere else "",
        lacks_site=viewer.role is RoleName.SITE_ADMINISTRATOR and not viewer.site_ids,
    )


def _places(db: Session, viewer: Viewer) -> list[MapPlace]:
    sites = db.scalars(select(Site).where(visible(Site, viewer)).limit(2)).all()
    return map_places.of_site(db, sites[0]) if len(sites) == 1 else map_places.of_system(db)


PANE = Pane("map", lazy_gettext("Map"), OPERATORS, read, lazy_gettext("Larger map"), "MapView.index")
