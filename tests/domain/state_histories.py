"""What happens to outlets and stations by whatever way, and in which states outlets were, told the long way."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from domain.models import Floor, Outlet, OutletStateNote, Site, Station
from domain.statuses import OutletState, OutletStatus, shown_of_outlet
from tests.domain.charge_histories import BEGIN, HOURS

STATUSES = (None, *OutletStatus)


@dataclass
class Place:
    """Where an outlet was in a state, from one moment to another."""

    outlet_id: int
    station_id: int
    floor_id: int | None
    site_id: int
    state: OutletState
    begin: datetime
    end: datetime | None = None


@dataclass
class History:
    """Drives the database at random, and remembers what it should know."""

    db: Session
    sites: list[Site]
    floors: list[Floor]
    stations: list[Station]
    draw: Random
    at: datetime = BEGIN
    places: list[Place] = field(default_factory=list)
    noted: int = 0

    def begin(self) -> None:
        """Whatever is there begins to be recorded now."""
        self._remember()

    def go_on(self, steps: int) -> None:
        doings = (self._status, self._status, self._station_status, self._line, self._add, self._remove, self._move)
        for _ in range(steps):
            self.at += timedelta(seconds=self.draw.choice((0, 1, 30, 600, 4000, 30_000)) + self.draw.random())
            if self.at > BEGIN + timedelta(hours=HOURS):
                return
            self.draw.choice(doings)()
            self._remember()

    def _remember(self) -> None:
        """Notes bear the database's time: they are put where the history is. The long way needs no notes."""
        self.db.flush()
        noted = self.db.scalars(
            update(OutletStateNote)
            .where(OutletStateNote.id > self.noted)
            .values(at=self.at)
            .returning(OutletStateNote.id)
            .execution_options(synchronize_session=False)
        )
        self.noted = max(noted, default=self.noted)
        is_now = {
            row.outlet_id: row
            for row in self.db.execute(
                text(
                    "SELECT outlet.id AS outlet_id, station_id, floor_id, site_id, online, station.status AS whole,"
                    " outlet.status FROM outlet JOIN station ON station.id = station_id"
                )
            )
        }
        was = {place.outlet_id: place for place in self.places if place.end is None}
        for outlet_id in was.keys() | is_now.keys():
            old, row = was.get(outlet_id), is_now.get(outlet_id)
            new = row and Place(*row[:4], state_of(row.online, row.whole, row.status), self.at)
            if (
                old
                and new
                and (old.station_id, old.floor_id, old.site_id, old.state)
                == (
                    new.station_id,
                    new.floor_id,
                    new.site_id,
                    new.state,
                )
            ):
                continue
            if old:
                old.end = self.at
            if new:
                self.places.append(new)

    def _outlet(self) -> int | None:
        ids = self.db.scalars(select(Outlet.id).order_by(Outlet.id)).all()
        return self.draw.choice(ids) if ids else None

    def _station(self) -> Station:
        return self.draw.choice(self.stations)

    def _status(self) -> None:
        told = update(Outlet).where(Outlet.id == self._outlet()).values(status=self.draw.choice(STATUSES))
        self.db.execute(told.execution_options(synchronize_session=False))

    def _station_status(self) -> None:
        said = self.draw.choice((None, OutletStatus.AVAILABLE, OutletStatus.UNAVAILABLE, OutletStatus.FAULTED))
        self._station().status = said

    def _line(self) -> None:
        station = self._station()
        station.online = not station.online

    def _add(self) -> None:
        station = self._station()
        highest = self.db.scalar(select(func.max(Outlet.number)).where(Outlet.station_id == station.id)) or 0
        self.db.add(Outlet(station_id=station.id, number=highest + 1))

    def _remove(self) -> None:
        self.db.execute(delete(Outlet).where(Outlet.id == self._outlet()))
        self.db.expire_all()

    def _move(self) -> None:
        """To another floor, or another site."""
        station, floor = self._station(), self.draw.choice((None, *self.floors))
        place = (floor.site_id, floor.id) if floor else (self.draw.choice(self.sites).id, None)
        with self.db.no_autoflush:
            station.site_id, station.floor_id = place


def state_of(online: bool, whole: str | None, status: str | None) -> OutletState:
    """By the rules of what people see, with what was taken out of service apart."""
    said = [OutletStatus(word) if word else None for word in (whole, status)]
    if online and OutletStatus.UNAVAILABLE in said:
        return OutletState.OUT_OF_SERVICE
    return OutletState(shown_of_outlet(online, *said).value)
