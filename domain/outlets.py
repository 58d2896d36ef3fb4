"""Outlets as stations speak of them: one that is not there yet appears by itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import live, tree_changes
from domain.models import Outlet, OutletMode, Site, Station

MOST_OUTLETS = 100
"""A station that speaks of a higher number is mistaken; see the translators."""


HIGHEST_NUMBER = 99
"""That a person may give one."""
MOST_CURRENT_A = 1000

Key = tuple[int, int]
"""A station and one of its outlets' numbers."""

# As arrays: a list of values would be another statement for each length of it.
FIND = text(
    "SELECT station_id, number, outlet.id FROM outlet"
    " JOIN unnest(CAST(:stations AS integer[]), CAST(:numbers AS integer[])) AS wanted (station_id, number)"
    " USING (station_id, number)"
)
LOCK = text(
    "SELECT outlet.id, outlet.station_id, number, occupied_at, site_id,"
    " (outlet.status = 'faulted' OR outlet.error_code IS NOT NULL OR outlet.vendor_error_code IS NOT NULL) IS TRUE"
    " FROM outlet"
    " JOIN unnest(CAST(:stations AS integer[]), CAST(:numbers AS integer[])) AS wanted (station_id, number)"
    " USING (station_id, number) JOIN station ON station.id = outlet.station_id"
    " ORDER BY outlet.id FOR UPDATE OF outlet"
)
"""In the order of their ids, so that two who want the same ones wait for each other once."""


@dataclass(frozen=True, slots=True)
class Locked:
    """An outlet that others wait for, and what of it may change under them."""

    id: int
    station_id: int
    number: int
    occupied_at: datetime | None
    site_id: int
    was_in_fault: bool
    """Whether what it said last may have raised an alarm (domain/alarms/rules.py)."""


@dataclass(frozen=True, slots=True)
class Place:
    """An outlet and where it stands."""

    id: int
    number: int
    mode: OutletMode
    occupied_at: datetime | None
    station_id: int
    station_name: str
    floor_id: int | None
    site_id: int
    site_name: str
    clock_offset_seconds: float | None
    """Of its station; empty while the clock is right."""


def lock(db: Session, station_id: int, number: int) -> Place:
    """The outlet, made if missing. Others who want it wait until the transaction is over."""
    place = _lock(db, station_id, number)
    if place is None:
        _make(db, [(station_id, number)])
        place = _lock(db, station_id, number)
    if place is None:
        raise LookupError(f"station {station_id} is gone")
    return place


def _lock(db: Session, station_id: int, number: int) -> Place | None:
    row = db.execute(
        select(
            Outlet.id,
            Outlet.number,
            Outlet.mode,
            Outlet.occupied_at,
            Outlet.station_id,
            Station.name.label("station_name"),
            Station.floor_id,
            Station.site_id,
            Site.name.label("site_name"),
            Station.clock_offset_seconds,
        )
        .join(Station, Station.id == Outlet.station_id)
        .join(Site, Site.id == Station.site_id)
        .where(Outlet.station_id == station_id, Outlet.number == number)
        .with_for_update(of=Outlet)
    ).one_or_none()
    return None if row is None else Place(**row._mapping)


def lock_many(db: Session, wanted: Collection[Key]) -> dict[Key, Locked]:
    """The same for many at once, by station and number."""
    locked = _lock_many(db, wanted)
    missing = [key for key in wanted if key not in locked]
    if missing:
        _make(db, missing)
        locked |= _lock_many(db, missing)
    return locked


def _lock_many(db: Session, wanted: Collection[Key]) -> dict[Key, Locked]:
    return {(row.station_id, row.number): Locked(*row) for row in db.connection().execute(LOCK, _arrays(wanted))}


def find(db: Session, wanted: Collection[Key]) -> dict[Key, int]:
    """The ids of outlets by station and number, those that are missing made."""
    found = _find(db, wanted)
    missing = [key for key in wanted if key not in found]
    if missing:
        _make(db, missing)
        found |= _find(db, missing)
    return found


def _find(db: Session, wanted: Collection[Key]) -> dict[Key, int]:
    rows = db.connection().execute(FIND, _arrays(wanted))
    return {(station_id, number): outlet_id for station_id, number, outlet_id in rows}


def _arrays(wanted: Collection[Key]) -> dict[str, list[int]]:
    stations, numbers = zip(*wanted, strict=True)
    return {"stations": list(stations), "numbers": list(numbers)}


def _make(db: Session, keys: Sequence[Key]) -> None:
    made = db.scalars(
        insert(Outlet)
        .values([{"station_id": station_id, "number": number} for station_id, number in sorted(keys)])
        .on_conflict_do_nothing()
        .returning(Outlet.station_id)
    )
    for station_id, site_id in db.execute(select(Station.id, Station.site_id).where(Station.id.in_(set(made)))):
        live.note(db, tree_changes.changed(site_id, station_id))


def forget_cars(db: Session, station_id: int) -> None:
    """After a restart nothing is known about the cables until the station tells."""
    db.execute(update(Outlet).where(Outlet.station_id == station_id).values(occupied_at=None))
