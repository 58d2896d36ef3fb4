"""Two stations side by side, parameter by parameter, with what differs first."""

from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Station, StationParameter
from domain.secret_parameters import is_secret
from portal.pages.parameters import words
from portal.viewer import scoped

LONGEST_NAME = 100


class Difference(IntEnum):
    """In the order in which they are shown."""

    DIFFERENT = 0
    ONLY_HERE = 1
    ONLY_THERE = 2
    UNKNOWN = 3
    """Secrets, which nobody can compare."""
    SAME = 4


@dataclass(frozen=True)
class Pair:
    """One parameter at both stations; None where a station has it not."""

    key: str
    description: str
    here: str | None
    there: str | None
    difference: Difference
    is_readonly: bool

    @property
    def can_be_copied(self) -> bool:
        return self.here is not None and not self.is_readonly and not is_secret(self.key)


def find_station(db: Session, wanted: str) -> Station | None:
    """One that the viewer may see: by its charge box id, else by its name."""
    by = (Station.charge_box_id == wanted) | (Station.name == wanted)
    return db.scalar(
        scoped(select(Station), Station).where(by).order_by(Station.charge_box_id != wanted, Station.id).limit(1)
    )


def pairs(db: Session, here: Station, there: Station) -> list[Pair]:
    """Keys are the same whatever their case (OCPP 1.6, 7.29)."""
    parameters = db.scalars(
        scoped(select(StationParameter), StationParameter).where(StationParameter.station_id.in_((here.id, there.id)))
    )
    by_key: dict[str, dict[int, StationParameter]] = {}
    for row in parameters:
        by_key.setdefault(row.key.lower(), {})[row.station_id] = row
    found = [_pair(both.get(here.id), both.get(there.id)) for both in by_key.values()]
    return sorted(found, key=lambda pair: (pair.difference, pair.key.lower()))


def _pair(here: StationParameter | None, there: StationParameter | None) -> Pair:
    either = here or there
    assert either is not None  # noqa: S101 - the row is there because one of them is
    return Pair(
        either.key,
        words.description(either.key),
        None if here is None else here.value or "",
        None if there is None else there.value or "",
        _difference(here, there),
        is_readonly=here is not None and here.is_readonly,
    )


def _difference(here: StationParameter | None, there: StationParameter | None) -> Difference:
    if there is None:
        return Difference.ONLY_HERE
    if here is None:
        return Difference.ONLY_THERE
    if is_secret(here.key):
        return Difference.UNKNOWN
    return Difference.SAME if (here.value or "") == (there.value or "") else Difference.DIFFERENT
