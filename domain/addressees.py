"""The stations a command is asked of, and what it becomes for each of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, any_, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from domain.command_parameters import Parameters
from domain.models import Outlet, Station, StationKind
from domain.problems import Problems, one
from domain.sealed_parameters import sealed

WHOLE_STATION = 0


@dataclass(frozen=True, slots=True)
class Addressee:
    """A station of which something is asked."""

    id: int
    site_id: int
    kind: StationKind
    protocol: str | None
    online: bool
    local_list_id: int | None
    vendor: str | None
    model: str | None


@dataclass(frozen=True, slots=True)
class Fit:
    """One command, as it is kept and sent."""

    parameters: dict[str, Any]
    outlet_id: int | None = None
    charging_session_id: int | None = None


Found = Sequence[Fit] | Problems
"""What a station is to be sent, one after the other, or why it cannot be."""


def of_ids(db: Session, station_ids: Iterable[int]) -> list[Addressee]:
    """Those of them that there are, in the order of their ids."""
    columns = (getattr(Station, name) for name in Addressee.__slots__)
    statement = select(*columns).where(among(Station.id, station_ids)).order_by(Station.id)
    return [Addressee(*row) for row in db.execute(statement)]


def among(column: InstrumentedAttribute[int], keys: Iterable[int]) -> ColumnElement[bool]:
    """As `in_`, with one parameter however many keys."""
    return column == any_(bindparam(None, list(keys), type_=ARRAY(Integer)))


def dumped(asked: Parameters) -> dict[str, Any]:
    """The parameters as they are stored."""
    return sealed(asked.model_dump(mode="json", exclude_none=True))


def outlet_ids(db: Session, stations: Sequence[Addressee], number: int) -> dict[int, int]:
    """The outlet of this number at each of the stations that have one."""
    statement = select(Outlet.station_id, Outlet.id).where(
        among(Outlet.station_id, (station.id for station in stations)), Outlet.number == number
    )
    return dict(db.execute(statement).all())


def no_such_outlet(number: int) -> Problems:
    return one("outlet", "no_such_outlet", "The station has no outlet {outlet}", outlet=number)


def at_outlet(
    db: Session, stations: Sequence[Addressee], number: int | None, parameters: Mapping[int, dict[str, Any]]
) -> dict[int, Found]:
    """Each station's own parameters, for the outlet of this number or for the station as a whole."""
    if not number:
        return {station.id: [Fit(parameters[station.id])] for station in stations}
    ids = outlet_ids(db, stations, number)
    return {
        station.id: [Fit(parameters[station.id], ids[station.id])] if station.id in ids else no_such_outlet(number)
        for station in stations
    }
