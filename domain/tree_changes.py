"""Open pages hear that the tree itself has changed: what stands where, and what it is called."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from domain.live import Change, Kind, note
from domain.models import Floor, Outlet, Site, Station, System

SHOWN = ("name", "site_id", "floor_id", "station_id", "number", "kind")
"""What the navigator shows of a node, and where it shows it."""


def watch() -> None:
    """Once for each process that changes nodes through objects; what is written in bulk tells of it itself."""
    if not event.contains(Session, "after_flush", _look):
        event.listen(Session, "after_flush", _look)


def changed(site_id: int | None, station_id: int | None = None) -> Change:
    """To be noted (domain/live.py)."""
    return Change(Kind.TREE, station_id or site_id or 0, site_id, station_id)


def _look(db: Session, _: object) -> None:
    """Right after a flush, when objects still know what they were."""
    for node in (*db.new, *db.deleted, *db.dirty):
        if isinstance(node, (System, Site, Floor, Station, Outlet)):
            is_new_or_gone = node in db.new or node in db.deleted
            if is_new_or_gone or any(_has_changed(node, name) for name in SHOWN):
                for site_id in _sites(db, node):
                    note(db, changed(site_id, _station(node)))


def _has_changed(node: Any, name: str) -> bool:
    attribute = inspect(node).attrs.get(name)
    return attribute is not None and attribute.history.has_changes()


def _station(node: Any) -> int | None:
    match node:
        case Station():
            return node.id
        case Outlet():
            return node.station_id
    return None


def _sites(db: Session, node: Any) -> Iterator[int | None]:
    """Where it is, and where it was."""
    match node:
        case System():
            yield None
        case Site():
            yield node.id
        case Outlet():
            yield node.station.site_id if node.station else None
        case _:
            history = inspect(node).attrs.site_id.history
            yield from {*history.added, *history.unchanged, *history.deleted} - {None}
