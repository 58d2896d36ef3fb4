"""The topology as a file, in the columns in which it can be brought back (portal/imports/topology)."""

from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, String, case, cast, exists, literal_column, null, select, true, union_all
from sqlalchemy.orm import aliased

from domain import nodes, supply
from domain.clock import now
from domain.models import Floor, Outlet, Site, Station, StationKind
from domain.nodes import Node
from portal import formats
from portal.exports import Content
from portal.imports.emptying import is_mark, quoted
from portal.imports.topology.columns import (
    ATTRIBUTES,
    COLUMNS,
    FUSE,
    KIND_NAMES,
    MODE_NAMES,
    MODELS,
    SUPPLY_CONTROLLER,
    Level,
)
from portal.table.column import Column
from portal.table.columns import Choice, Number, Text
from portal.viewer import scoped

Controller = aliased(Station)
FOUND_BY = {
    "site": Site.name,
    "floor": Floor.name,
    "charge_box_id": Station.charge_box_id,
    "outlet": Outlet.number,
    "uuid": cast(Outlet.uuid, String),
}
NUMBERS = {"latitude": 6, "longitude": 6, **dict.fromkeys((*FUSE, "outlet", "max_current"), 0)}
"""With so many decimals in sight; the file holds all of them."""
NAMES = {"kind": KIND_NAMES, "mode": MODE_NAMES}
LEVEL_OF = {
    "site": Level.SITE,
    "floor": Level.FLOOR,
    "charge_box_id": Level.STATION,
    "outlet": Level.OUTLET,
    "uuid": Level.OUTLET,
    **{column: level for level, columns in ATTRIBUTES.items() for column in columns},
}
ORDER = ("site", "floor", "station", "charge_box_id", "outlet")


def content(node: Node, language: str) -> Content:
    """All rows at a node and below it that whoever asks may see."""
    columns = [_column(column.field, column.names[language][0], language) for column in COLUMNS]
    return Content(gettext("Topology"), _rows(node), columns, formats.user_time_zone(), now(), "")


def _column(field: str, heading: str, language: str) -> Column:
    expression: ColumnElement[Any] = literal_column(field)
    if field in NUMBERS:
        return Number(field, heading, expression, decimals=NUMBERS[field])
    if field in NAMES:
        return Choice(field, heading, expression, {code: of[language] for code, of in NAMES[field].items()})
    return Cell(field, heading, expression)


class Cell(Text):
    """A text that comes back as it was, even if it looks like the mark that empties a value."""

    def excel(self, value: Any, zone: ZoneInfo) -> Any:
        return quoted(value) if value else None

    def csv(self, value: Any, zone: ZoneInfo) -> Any:
        return value.strip() if is_mark(value) else super().csv(value, zone)

    def csv_form(self) -> None:
        """What is a mark only Python tells."""


def _rows(node: Node) -> Select[Any]:
    """A row for each outlet, for each station without one, and for each floor and site with nothing below it."""
    of_site, of_floor = _at(node)
    stations = (
        _select(Level.OUTLET)
        .select_from(Station)
        .join(Site, Site.id == Station.site_id)
        .outerjoin(Floor, Floor.id == Station.floor_id)
        .outerjoin(Outlet, Outlet.station_id == Station.id)
        .where(nodes.stations_below(node))
    )
    is_empty_floor = ~exists().where(Station.floor_id == Floor.id)
    floors = (
        _select(Level.FLOOR).select_from(Floor).join(Site, Site.id == Floor.site_id).where(of_floor, is_empty_floor)
    )
    is_empty_site = ~exists().where(Floor.site_id == Site.id) & ~exists().where(Station.site_id == Site.id)
    sites = _select(Level.SITE).select_from(Site).where(of_site, is_empty_site)
    all_of_them = union_all(scoped(stations, Station), scoped(floors, Floor), scoped(sites, Site)).subquery()
    return select(all_of_them).order_by(*(all_of_them.c[name].nulls_first() for name in ORDER))


def _at(node: Node) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Which empty sites and which empty floors are at a node."""
    match node:
        case Site():
            return Site.id == node.id, Floor.site_id == node.id
        case Floor():
            return ~true(), Floor.id == node.id
        case Station() | Outlet():
            return ~true(), ~true()
        case _:
            return true(), true()


def _select(deepest: Level) -> Select[Any]:
    """All columns down to a level, those below it empty."""
    levels = list(Level)
    shown = levels[: levels.index(deepest) + 1]
    return select(*((_expression(c.field) if LEVEL_OF[c.field] in shown else null()).label(c.field) for c in COLUMNS))


def _expression(field: str) -> Any:
    if field in FOUND_BY:
        return FOUND_BY[field]
    if field == SUPPLY_CONTROLLER:
        return select(Controller.charge_box_id).where(supply.is_behind(Controller)).scalar_subquery()
    level = LEVEL_OF[field]
    value = getattr(MODELS[level], ATTRIBUTES[level][field])
    # A station that was a supply controller once keeps its fuse and has none.
    return case((Station.kind == StationKind.SUPPLY_CONTROLLER, value)) if field in FUSE else value
