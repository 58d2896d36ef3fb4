"""What an import of the topology meets in the database, looked up for all its rows at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Integer, String, Uuid, any_, bindparam, select
from sqlalchemy.orm import Session, aliased, selectinload

from domain import supply
from domain.models import Floor, Outlet, Site, Station
from domain.scope import Viewer, visible
from portal.imports.topology.rows import Rows


@dataclass(frozen=True)
class There:
    """What is there and in sight of whoever imports; seven queries, however many rows ask."""

    sites: Mapping[str, Site]
    """By name, and by name in small letters where only one site is called so."""
    floors: Mapping[tuple[int, str], Floor]
    """By site and, likewise, name."""
    stations: Mapping[str, Station]
    """By charge box id."""
    out_of_sight: frozenset[str]
    """Charge box ids of stations that this person may not see."""
    outlets: Mapping[tuple[int, int], Outlet]
    """By station and number."""
    uuids: Mapping[str, Outlet]
    fed_by: Mapping[int, str]
    """By station the charge box id of the supply controller that it stands behind."""
    behind: Mapping[str, Sequence[str]]
    """By charge box id of a supply controller those of the stations that name it, wherever they are."""

    @classmethod
    def look(cls, db: Session, rows: Rows, viewer: Viewer) -> "There":
        names = {row.site.lower() for row in rows.nodes}
        sites = [site for site in db.scalars(select(Site).where(visible(Site, viewer))) if site.name.lower() in names]
        floors = db.scalars(select(Floor).where(_is_one_of(Floor.site_id, Integer, [site.id for site in sites]))).all()
        wanted = list({name for row in rows.nodes for name in (row.charge_box_id, row.supply_controller) if name})
        is_wanted = _is_one_of(Station.charge_box_id, String, wanted)
        seen = visible(Station, viewer).label("seen")
        # With its place, so that a change of it is told without another query for each.
        places = (selectinload(Station.site), selectinload(Station.floor))
        stations = db.execute(select(Station, seen).where(is_wanted).options(*places)).all()
        in_sight = {station.charge_box_id: station for station, is_seen in stations if is_seen}
        ids = [station.id for station in in_sight.values()]
        outlets = db.scalars(select(Outlet).where(_is_one_of(Outlet.station_id, Integer, ids))).all()
        uuids = [UUID(row.uuid) for row in rows.nodes if row.uuid]
        holders = db.scalars(select(Outlet).where(_is_one_of(Outlet.uuid, Uuid, uuids))).all()
        controller = aliased(Station)
        fed_by = (
            select(Station.id, controller.charge_box_id)
            .join(controller, supply.is_behind(controller))
            .where(_is_one_of(Station.id, Integer, ids))
        )
        named_by = (
            select(controller.charge_box_id, Station.charge_box_id)
            .join(controller, Station.supply_controller_id == controller.id)
            .where(_is_one_of(controller.id, Integer, ids))
        )
        behind = defaultdict[str, list[str]](list)
        for of_controller, of_station in db.execute(named_by):
            behind[of_controller].append(of_station)
        return cls(
            _by_name(sites),
            _floors(floors),
            in_sight,
            frozenset(station.charge_box_id for station, is_seen in stations if not is_seen),
            {(outlet.station_id, outlet.number): outlet for outlet in outlets},
            {str(outlet.uuid): outlet for outlet in holders},
            dict(db.execute(fed_by).all()),
            behind,
        )

    def site(self, name: str) -> Site | None:
        return self.sites.get(name) or self.sites.get(name.lower())

    def floor(self, site: Site | None, name: str) -> Floor | None:
        if site is None:
            return None
        return self.floors.get((site.id, name)) or self.floors.get((site.id, name.lower()))


def _is_one_of(column: object, kind: type, values: Sequence[object]) -> ColumnElement[bool]:
    """As an array: a list of values would be another statement for each length of it."""
    return column == any_(bindparam(None, list(values), type_=ARRAY(kind)))  # type: ignore[return-value]


def _by_name(named: Iterable[Site | Floor]) -> dict[str, Site | Floor]:
    alike = defaultdict[str, list[Site | Floor]](list)
    for each in named:
        alike[each.name.lower()].append(each)
    only = {name: those[0] for name, those in alike.items() if len(those) == 1}
    return only | {each.name: each for those in alike.values() for each in those}


def _floors(floors: Iterable[Floor]) -> dict[tuple[int, str], Floor]:
    of_site = defaultdict[int, list[Floor]](list)
    for floor in floors:
        of_site[floor.site_id].append(floor)
    return {(site_id, name): floor for site_id, those in of_site.items() for name, floor in _by_name(those).items()}
