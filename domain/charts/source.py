"""Where the figures of a node come from, whoever looks: sums that are there already, or few enough charges.

The system and its sites have roll-ups. What stands below a site has had so few charges that they are added up as they
are asked for, by the same function (`charging_parts`); and so are those of one driver. With the states of outlets it is
the same (`state_parts`).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    DateTime,
    Select,
    Subquery,
    TableValuedAlias,
    column,
    func,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from domain.charging_rollups import MEASURES
from domain.models import WHOLE_SYSTEM, ChargingChange, ChargingQuarter, ChargingSession, Floor, Outlet, Site, Station
from domain.nodes import Node, charges_at
from domain.roles import RoleName
from domain.scope import Viewer, visible

SEES_ALL = (RoleName.ADMINISTRATOR, RoleName.SUPPORT)
MEASURE_COLUMNS: tuple[ColumnClause[Any], ...] = tuple(column(name, BigInteger) for name in MEASURES)


def rolled_up_sites(viewer: Viewer, node: Node) -> frozenset[int] | None:
    """The sites whose roll-ups hold just what this person may see of the node; None where there are none."""
    if isinstance(node, Floor | Station | Outlet) or viewer.role not in (*SEES_ALL, RoleName.SITE_ADMINISTRATOR):
        return None
    if viewer.role in SEES_ALL:
        return frozenset({node.id if isinstance(node, Site) else WHOLE_SYSTEM})
    return viewer.site_ids & {node.id} if isinstance(node, Site) else viewer.site_ids


def parts(viewer: Viewer, node: Node, until: datetime) -> Subquery:
    """Rows of `quarter_at` and `MEASURES`, any number for a quarter, of what this person may see below the node.

    All that happened before `until` is in it, since how many charges run follows from all that began before.
    """
    site_ids = rolled_up_sites(viewer, node)
    return _added_up(viewer, node, until) if site_ids is None else _rolled_up(site_ids, until)


def of_sites(column: InstrumentedAttribute[int], site_ids: frozenset[int]) -> ColumnElement[bool]:
    """The condition that keeps rows to some sites, or to none in particular."""
    return true() if WHOLE_SYSTEM in site_ids else column.in_(site_ids)


def _rolled_up(site_ids: frozenset[int], until: datetime) -> Subquery:
    """The sums, and what is still to be added to them."""
    return union_all(
        *(rows.where(model.quarter_at < until) for model, rows in _sums_and_notes(site_ids)),
    ).subquery("part")


def parts_since(site_ids: frozenset[int], since: datetime) -> Subquery:
    """As `parts`, of the sites that have roll-ups, from a moment on until now."""
    return union_all(
        *(rows.where(model.quarter_at >= since) for model, rows in _sums_and_notes(site_ids)),
    ).subquery("part")


def _sums_and_notes(site_ids: frozenset[int]) -> Iterator[tuple[type[ChargingQuarter | ChargingChange], Select[Any]]]:
    sums, changes = ChargingQuarter, ChargingChange
    yield sums, select(*_columns(sums)).where(sums.site_id.in_(site_ids))
    yield changes, select(*_columns(changes)).where(of_sites(changes.site_id, site_ids))


def _columns(model: type[ChargingQuarter | ChargingChange]) -> list[InstrumentedAttribute[Any]]:
    return [getattr(model, name) for name in ("quarter_at", *MEASURES)]


def _added_up(viewer: Viewer, node: Node, until: datetime) -> Subquery:
    seen = (visible(ChargingSession, viewer), charges_at(node), ChargingSession.started_at < until)
    charge = select(ChargingSession).where(*seen).subquery("charge")
    part = parts_of(charge)
    columns = (part.c[name] for name in ("quarter_at", *MEASURES))
    return select(*columns).select_from(charge.join(part, true())).where(part.c.quarter_at < until).subquery("part")


def parts_of(charge: Subquery) -> TableValuedAlias:
    """The parts of each of some charges, to be joined with them."""
    moments = (charge.c.started_at, charge.c.stopped_at, charge.c.ended_at, charge.c.energy_wh)
    quarter_at = column("quarter_at", DateTime(timezone=True))
    return func.charging_parts(*moments).table_valued(quarter_at, *MEASURE_COLUMNS, name="charge_part")
