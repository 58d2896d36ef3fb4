"""What the navigator shows below a node: each level in a constant number of queries, however many stations."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from domain.models import Floor, Outlet, Site, Station, System
from domain.nodes import NodeKind
from domain.scope import visible
from domain.statuses import Shown, shown_of_outlet, shown_of_station, worst
from portal.viewer import scoped, viewer

NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True)
class TreeNode:
    """One line of the navigator; `count` is of stations, `hint` is a word beside the name."""

    key: str
    label: str
    kind: NodeKind
    state: Shown | None
    state_text: str
    has_children: bool
    count: int | None = None
    hint: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def root(db: Session) -> list[TreeNode]:
    """The system itself, as the only line of the top level."""
    system = db.get_one(System, 1)
    count = db.scalar(scoped(select(func.count(Station.id)), Station)) or 0
    has_children = bool(db.scalar(select(scoped(select(Site.id), Site).exists())))
    return [TreeNode("system", system.name, NodeKind.SYSTEM, None, "", has_children, count)]


def children(db: Session, kind: NodeKind, node_id: int) -> list[TreeNode]:
    """The lines below a node that this user may see, as far as they may see those too."""
    match kind:
        case NodeKind.SYSTEM:
            sites = scoped(select(Site.id, Site.name), Site)
            return _branches(db, NodeKind.SITE, sites, Station.site_id, visible(Station, viewer()))
        case NodeKind.SITE:
            floors = select(Floor.id, Floor.name).where(Floor.site_id == node_id)
            return _branches(db, NodeKind.FLOOR, floors, Station.floor_id, Station.site_id == node_id) + _stations(
                db, (Station.site_id == node_id) & Station.floor_id.is_(None)
            )
        case NodeKind.FLOOR:
            return _stations(db, Station.floor_id == node_id)
        case NodeKind.STATION:
            return _outlets(db, node_id)
        case NodeKind.OUTLET:
            return []


def state_of(db: Session, kind: NodeKind, node_id: int) -> Shown | None:
    """How a station or an outlet is shown; other nodes have no state of their own."""
    if kind is NodeKind.STATION:
        return _states(db, Station.id, Station.id == node_id).get(node_id)
    if kind is NodeKind.OUTLET:
        outlet = db.get_one(Outlet, node_id)
        return shown_of_outlet(outlet.station.online, outlet.station.status, outlet.status)
    return None


def state_text(state: Shown | None) -> str:
    """The word for a state, for those who do not see its colour."""
    return state_words()[state] if state else ""


def state_words() -> dict[Shown, str]:
    return {
        Shown.AVAILABLE: gettext("available"),
        Shown.CHARGING: gettext("charging"),
        Shown.FAULT: gettext("fault"),
        Shown.OFFLINE: gettext("offline"),
    }


def _branches(
    db: Session,
    kind: NodeKind,
    named: Select[tuple[int, str]],
    group: InstrumentedAttribute[Any],
    within: ColumnElement[bool],
) -> list[TreeNode]:
    """Sites or floors, each with the number of stations below and the worst of their states."""
    counting = select(group.label("key"), func.count().label("stations")).where(within).group_by(group)
    counts = {row.key: row.stations for row in db.execute(counting)}
    states = _states(db, group, within)
    opens = _with_floors(db) | counts.keys() if kind is NodeKind.SITE else counts.keys()
    lines = [
        TreeNode(
            f"{kind}-{pk}",
            name,
            kind,
            states.get(pk),
            state_text(states.get(pk)),
            pk in opens,
            counts.get(pk, 0),
        )
        for pk, name in db.execute(named)
    ]
    return sorted(lines, key=lambda line: natural(line.label))


def _with_floors(db: Session) -> set[int]:
    return set(db.scalars(select(Floor.site_id).distinct()))


def _stations(db: Session, within: ColumnElement[bool]) -> list[TreeNode]:
    """In one statement, so that all is of one moment, whoever adds and removes stations meanwhile."""
    said = spoken(Station.id, within)
    rows = select(Station.name, Station.last_seen_at, said).join(said, said.c.key == Station.id)
    lines = []
    for row in db.execute(rows):
        state = shown_of_station(row.online, row.status, row.outlets)
        hint = _station_hint(state, row.last_seen_at is not None)
        kind, text = NodeKind.STATION, state_text(state)
        lines.append(TreeNode(f"{kind}-{row.key}", row.name, kind, state, text, bool(row.outlet_count), hint=hint))
    return sorted(lines, key=lambda line: natural(line.label))


def _station_hint(state: Shown, was_seen: bool) -> str:
    if state is Shown.OFFLINE and not was_seen:
        return gettext("never seen")
    return "" if state is Shown.AVAILABLE else state_text(state)


def _outlets(db: Session, station_id: int) -> list[TreeNode]:
    rows = db.execute(
        select(Outlet.id, Outlet.number, Outlet.status, Station.online, Station.status)
        .join(Outlet.station)
        .where(Outlet.station_id == station_id)
        .order_by(Outlet.number)
    )
    lines = []
    for pk, number, status, online, station_status in rows:
        state = shown_of_outlet(online, station_status, status)
        hint = "" if state is Shown.AVAILABLE else state_text(state)
        label = gettext("Outlet %(number)d", number=number)
        lines.append(
            TreeNode(f"{NodeKind.OUTLET}-{pk}", label, NodeKind.OUTLET, state, state_text(state), False, hint=hint)
        )
    return lines


def _states(db: Session, group: InstrumentedAttribute[Any], within: ColumnElement[bool]) -> dict[int, Shown]:
    """The worst state in each group of stations, their outlets included."""
    found: dict[int, set[Shown]] = defaultdict(set)
    said = spoken(group, within).c
    for key, online, status, outlets in db.execute(select(said.key, said.online, said.status, said.outlets).distinct()):
        found[key].add(shown_of_station(online, status, outlets))
    return {key: worst(states) for key, states in found.items()}


def spoken(group: InstrumentedAttribute[Any], *within: ColumnElement[bool]) -> Subquery:
    """A row for each station: the key of its group, what it said of itself and, each once, of its outlets."""
    outlets = func.array_agg(func.distinct(Outlet.status)).label("outlets")
    return (
        select(group.label("key"), Station.online, Station.status, outlets, func.count(Outlet.id).label("outlet_count"))
        .outerjoin(Outlet, Outlet.station_id == Station.id)
        .where(*within)
        .group_by(Station.id)
        .subquery()
    )


def natural(name: str) -> list[Iterable[object]]:
    """Sorts CC-2 before CC-10."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in NUMBER.split(name) if part]
