"""What changed of the states of outlets at a node, whoever looks: sums that are there already, or the history itself.

As with charges (domain/charts/source.py), the system and its sites have roll-ups; below a site so little changed that
it is added up as it is asked for.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
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
from sqlalchemy.orm import Session

from domain.charts.source import rolled_up_sites
from domain.models import (
    Floor,
    Kept,
    Outlet,
    OutletStateChange,
    OutletStateNote,
    Retention,
    Site,
    StateQuarter,
    Station,
)
from domain.nodes import Node, stations_below
from domain.scope import Viewer, visible
from domain.state_rollups import MEASURES

Changes = type[OutletStateChange] | type[OutletStateNote]


def history_since(db: Session) -> datetime | None:
    """Before that no change is kept any more, and only sums tell of it; None while all are kept."""
    return db.scalar(select(Retention.done_until).where(Retention.kept == Kept.STATES))


def outlets_now(viewer: Viewer, node: Node) -> Select[Any]:
    """Their `state`, `node_id` and `site_id`."""
    itself = Outlet.id == node.id if isinstance(node, Outlet) else stations_below(node)
    columns: tuple[Any, ...] = (Outlet.state, Station.id.label("node_id"), Station.site_id)
    return select(*columns).join(Station, Station.id == Outlet.station_id).where(visible(Station, viewer), itself)


def parts(viewer: Viewer, node: Node, since: datetime) -> Subquery:
    """Rows of `quarter_at` and `MEASURES`, any number for a quarter, of what changed from the quarter `since` on."""
    site_ids = rolled_up_sites(viewer, node)
    noted = _added_up(viewer, node, OutletStateNote, since)
    if site_ids is None:
        return union_all(_added_up(viewer, node, OutletStateChange, since), noted).subquery("part")
    sums = (getattr(StateQuarter, name) for name in ("quarter_at", *MEASURES))
    kept = select(*sums).where(StateQuarter.site_id.in_(site_ids), StateQuarter.quarter_at >= since)
    return union_all(kept, noted).subquery("part")


def _added_up(viewer: Viewer, node: Node, model: Changes, since: datetime) -> Select[Any]:
    part = parts_of(model)
    columns = (part.c[name] for name in ("quarter_at", *MEASURES))
    return select(*columns).select_from(model).join(part, true()).where(*changes_at(viewer, node, model, since))


def changes_at(viewer: Viewer, node: Node, model: Changes, since: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions that keep to what changed at a node since a moment, where outlets stood then."""
    return visible(model, viewer), _at(node, model), model.at >= since


def _at(node: Node, model: Changes) -> ColumnElement[bool]:
    match node:
        case Site():
            return model.site_id == node.id
        case Floor():
            return model.floor_id == node.id
        case Station():
            return model.node_id == node.id
        case Outlet():
            return model.outlet_id == node.id
        case _:
            return true()


def parts_of(model: Changes) -> TableValuedAlias:
    """The part that each of some changes is, to be joined with them."""
    quarter_at = column("quarter_at", DateTime(timezone=True))
    measures = (column(name, BigInteger) for name in MEASURES)
    return func.state_parts(model.at, model.before, model.after).table_valued(
        quarter_at, *measures, name=f"{model.__tablename__}_part"
    )
