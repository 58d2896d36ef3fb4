"""What outlets are called at services (manual, "Tabel over egenskaber for udtag og stik").

Each service has its lines at each outlet, enabled or not, so that a value may be entered before.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import DomainError
from domain.models import Outlet, Service, ServiceOutletValue, Station
from domain.services.adapters import ADAPTERS
from domain.services.outlet_value import Key, OutletValue, of_outlets
from domain.writing import is_writable


class OutletValueError(DomainError):
    """A value cannot be kept; `key` says which one."""

    def __init__(self, key: Key, reason: str) -> None:
        super().__init__(reason)
        self.key = key


class UnknownValueError(OutletValueError):
    """There is no such service, or it has no such value."""


class TooLongError(OutletValueError):
    def __init__(self, key: Key, longest: int) -> None:
        super().__init__(key, f"At most {longest} characters.")
        self.longest = longest


class UnwritableError(OutletValueError):
    def __init__(self, key: Key) -> None:
        super().__init__(key, "This contains characters that cannot be written.")


class TakenError(OutletValueError):
    """Another outlet has this value, and no two may."""

    def __init__(self, key: Key, other: str) -> None:
        super().__init__(key, f"{other} has this value already.")
        self.other = other


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an outlet's table."""

    service: Service
    wanted: OutletValue
    value: str

    @property
    def key(self) -> Key:
        return self.service.id, self.wanted.name


def lines(db: Session, outlet: Outlet) -> list[Line]:
    """The table of an outlet: each service by its name, with what it wants to know."""
    values = of_outlets(db, [outlet.id]).get(outlet.id, {})
    services = db.scalars(select(Service).order_by(Service.name)).all()
    return [
        Line(service, wanted, values.get((service.id, wanted.name), ""))
        for service in services
        for wanted in ADAPTERS[service.kind].outlet_values
    ]


def put(db: Session, outlet: Outlet, values: Mapping[Key, str]) -> None:
    """Set these values of an outlet, an empty one to nothing; others stay. Raises OutletValueError."""
    known = {line.key: line.wanted for line in lines(db, outlet)}
    rows = {
        (row.service_id, row.name): row
        for row in db.scalars(select(ServiceOutletValue).where(ServiceOutletValue.outlet_id == outlet.id))
    }
    for key, written in values.items():
        value = written.strip()
        row = rows.get(key)
        if value == (row.value if row else ""):
            continue
        if key not in known:
            raise UnknownValueError(key, "There is no such service, or it has no such value.")
        _check(db, outlet, key, known[key], value)
        if row is not None and value:
            row.value = value
        elif row is not None:
            db.delete(row)
        else:
            service_id, name = key
            db.add(ServiceOutletValue(service_id=service_id, outlet_id=outlet.id, name=name, value=value))


def _check(db: Session, outlet: Outlet, key: Key, wanted: OutletValue, value: str) -> None:
    if len(value) > wanted.longest:
        raise TooLongError(key, wanted.longest)
    if not is_writable(value):
        raise UnwritableError(key)
    if value and wanted.is_unique and (other := _who_has(db, outlet, key, value)):
        raise TakenError(key, other)


def _who_has(db: Session, outlet: Outlet, key: Key, value: str) -> str | None:
    row = db.execute(
        select(Station.name, Outlet.number)
        .join(Outlet, Outlet.station_id == Station.id)
        .join(ServiceOutletValue, ServiceOutletValue.outlet_id == Outlet.id)
        .where(
            ServiceOutletValue.service_id == key[0],
            ServiceOutletValue.name == key[1],
            ServiceOutletValue.value == value,
            Outlet.id != outlet.id,
        )
        .limit(1)
    ).one_or_none()
    return f"{row.name} / {row.number}" if row else None
