"""Open pages hear that the tree itself has changed: what stands where, and what it is called; and the event log keeps
where a station went."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from domain import clock
from domain.events import EventKind
from domain.live import Change, Kind, note
from domain.models import Event, Floor, Outlet, Site, Station, System

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
            if node in db.dirty:
                _record_moves(db, node)


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


def _record_moves(db: Session, node: Any) -> None:
    """An event at each station that stands elsewhere now."""
    if isinstance(node, Station):
        site_before, floor_before = _before(node, "site_id"), _before(node, "floor_id")
        stations, floor_now = [node.id], node.floor_id
        if (site_before, floor_before) == (node.site_id, floor_now):
            return
    elif isinstance(node, Floor) and (site_before := _before(node, "site_id")) != node.site_id:
        stations = list(db.scalars(select(Station.id).where(Station.floor_id == node.id)))
        floor_before = floor_now = node.id
        for pk in stations:  # They went along in the database (fk_station_floor).
            note(db, changed(node.site_id, pk))
    else:
        return
    old, new = _floor_name(db, floor_before), _floor_name(db, floor_now)
    # Whoever looks after one site learns nothing of the other.
    told = (
        [(node.site_id, {"from": old, "to": new})]
        if site_before == node.site_id
        else [(site_before, {"from": old}), (node.site_id, {"to": new})]
    )
    db.add_all(
        Event(kind=EventKind.STATION_MOVED, happened_at=clock.now(), site_id=site_id, station_id=pk, details=details)
        for pk in stations
        for site_id, details in told
    )


def _before(node: Any, name: str) -> Any:
    history = inspect(node).attrs[name].history
    return history.deleted[0] if history.deleted else getattr(node, name)


def _floor_name(db: Session, floor_id: int | None) -> str:
    """Empty for the site itself."""
    return db.scalar(select(Floor.name).where(Floor.id == floor_id)) or "" if floor_id is not None else ""
