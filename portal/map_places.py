"""What maps show: places with their worst state and how many stations are in which, in one statement a level."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext
from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from domain.models import Floor, Site, Station
from domain.nodes import NodeKind
from domain.scope import visible
from domain.statuses import CONCERN, Shown, shown_of_station, worst
from portal import places
from portal.tree import natural, spoken
from portal.viewer import viewer


@dataclass(frozen=True)
class MapPlace:
    """A site, a floor or a station; without a position it stands in the list alone."""

    key: str
    kind: NodeKind
    label: str
    url: str
    state: Shown | None
    """The worst below; None where there is no station."""
    text: str
    """Its state, or how many are in which, in words."""
    count: int | None
    latitude: float | None = None
    longitude: float | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def of_system(db: Session) -> list[MapPlace]:
    """All sites that whoever looks may see."""
    states = _states(Station.site_id)
    rows = db.execute(
        select(Site.id, Site.name, Site.latitude, Site.longitude, states.c.online, states.c.status, states.c.outlets)
        .add_columns(states.c.stations)
        .outerjoin(states, states.c.key == Site.id)
        .where(visible(Site, viewer()))
    )
    known: dict[int, Any] = {}
    counts: dict[int, Counter[Shown]] = defaultdict(Counter)
    for row in rows:
        known[row.id] = row
        counts[row.id] += _counted(row)
    found = [
        _place(NodeKind.SITE, pk, row.name, _map_url(pk), counts[pk], row.latitude, row.longitude)
        for pk, row in known.items()
    ]
    return sorted(found, key=lambda place: natural(place.label))


def of_site(db: Session, site: Site) -> list[MapPlace]:
    """A site, its floors, and the stations that stand directly on it."""
    states = _states(Station.floor_id, Station.site_id == site.id, Station.floor_id.is_not(None))
    rows = db.execute(
        select(Floor.id, Floor.name, states.c.online, states.c.status, states.c.outlets, states.c.stations)
        .outerjoin(states, states.c.key == Floor.id)
        .where(Floor.site_id == site.id)
    )
    names: dict[int, str] = {}
    counts: dict[int, Counter[Shown]] = defaultdict(Counter)
    for row in rows:
        names[row.id] = row.name
        counts[row.id] += _counted(row)
    floors = [_place(NodeKind.FLOOR, pk, name, _plan_url(pk), counts[pk]) for pk, name in names.items()]
    stations = places.stations(db, (Station.site_id == site.id) & Station.floor_id.is_(None))
    whole = Counter(station.state for station in stations)
    for of_floor in counts.values():
        whole += of_floor
    itself = _place(
        NodeKind.SITE, site.id, site.name, _node_url(f"site-{site.id}"), whole, site.latitude, site.longitude
    )
    return [itself, *sorted(floors, key=lambda place: natural(place.label)), *map(_station, stations)]


def _states(group: InstrumentedAttribute[Any], *within: ColumnElement[bool]) -> Subquery:
    """How many stations of each group are in which state themselves, with outlets in which states."""
    stations = spoken(group, visible(Station, viewer()), *within)
    columns = (stations.c.key, stations.c.online, stations.c.status, stations.c.outlets)
    return select(*columns, func.count().label("stations")).group_by(*columns).subquery()


def _counted(row: Any) -> Counter[Shown]:
    if row.stations is None:
        return Counter()
    return Counter({shown_of_station(row.online, row.status, row.outlets): row.stations})


def _place(
    kind: NodeKind,
    pk: int,
    label: str,
    url: str,
    counts: Counter[Shown],
    latitude: float | None = None,
    longitude: float | None = None,
) -> MapPlace:
    state = worst(counts) if counts else None
    return MapPlace(f"{kind}-{pk}", kind, label, url, state, _in_words(counts), counts.total(), latitude, longitude)


def _station(station: places.ShownStation) -> MapPlace:
    key = f"station-{station.id}"
    return MapPlace(
        key,
        NodeKind.STATION,
        station.label,
        _node_url(key),
        station.state,
        station.state_text,
        None,
        station.latitude,
        station.longitude,
    )


def _in_words(counts: Mapping[Shown, int]) -> str:
    if not counts:
        return gettext("no station")
    return ", ".join(_so_many(state, counts[state]) for state in reversed(CONCERN) if counts.get(state))


def _so_many(state: Shown, number: int) -> str:
    match state:
        case Shown.AVAILABLE:
            return ngettext("%(num)d available", "%(num)d available", number)
        case Shown.CHARGING:
            return ngettext("%(num)d charging", "%(num)d charging", number)
        case Shown.FAULT:
            return ngettext("%(num)d with a fault", "%(num)d with a fault", number)
        case Shown.OFFLINE:
            return ngettext("%(num)d offline", "%(num)d offline", number)


def _node_url(key: str) -> str:
    return url_for("ConfigurationView.index", node=key)


def _map_url(site_id: int) -> str:
    return url_for("MapView.index", node=f"site-{site_id}")


def _plan_url(floor_id: int) -> str:
    return url_for("PositionsView.index", node=f"floor-{floor_id}")
