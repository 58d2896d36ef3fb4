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


# As arrays: a list of values would be another statement for each length of it.
FIND = text(
    "SELECT station_id, number, outlet.id FROM outlet"
    " JOIN unnest(CAST(:stations AS integer[]), CAST(:numbers AS integer[])) AS wanted (station_id, number)"
    " USING (station_id, number)"
)


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


def find(db: Session, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The ids of outlets by station and number, those that are missing made."""
    found = _find(db, wanted)
    missing = [key for key in wanted if key not in found]
    if missing:
        _make(db, missing)
        found |= _find(db, missing)
    return found


def _find(db: Session, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    stations, numbers = zip(*wanted, strict=True)
    rows = db.connection().execute(FIND, {"stations": list(stations), "numbers": list(numbers)})
    return {(station_id, number): outlet_id for station_id, number, outlet_id in rows}


def _make(db: Session, keys: Sequence[tuple[int, int]]) -> None:
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
