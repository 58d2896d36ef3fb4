"""Supply controllers: a feed with a fuse, and the stations behind it, all on one site."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from domain.errors import DomainError
from domain.models import Station, StationKind

PHASES = (1, 3)
MOST_FUSE_A = 10_000
LEAST_VOLTAGE_V, MOST_VOLTAGE_V = 100, 1000
USUAL_VOLTAGE_V = 230
"""Between a phase and neutral, in Europe (IEC 60038)."""


class SupplyFault(StrEnum):
    NO_SUPPLY_CONTROLLER = "This is no supply controller."
    ON_ANOTHER_SITE = "The supply controller is on another site."
    BEHIND_ANOTHER = "A supply controller stands behind no other."
    HAS_STATIONS = "Stations stand behind it. Take them from it first."


class SupplyError(DomainError):
    """A station cannot stand behind this one."""

    def __init__(self, fault: SupplyFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules ask of a station, as it is or as it would be."""

    kind: str
    site: Hashable
    """Whatever tells sites apart."""


@dataclass(frozen=True, slots=True)
class Fuse:
    """What a feed can carry."""

    phases: int
    current_a: int
    """On each phase."""
    voltage_v: int

    @property
    def power_w(self) -> float:
        return self.phases * self.current_a * self.voltage_v


def fuse_of(controller: Station) -> Fuse | None:
    """None as long as it is not told in full."""
    if controller.fuse_a is None or controller.fuse_phases is None:
        return None
    return Fuse(controller.fuse_phases, controller.fuse_a, controller.voltage_v or USUAL_VOLTAGE_V)


def check(db: Session, station_id: int | None, kind: str, site_id: int | None, controller_id: int | None) -> None:
    """Whether a station, perhaps a new one, may be of this kind and stand behind this supply controller.

    Raises:
        SupplyError: it may not.
    """
    if kind != StationKind.SUPPLY_CONTROLLER and station_id is not None:
        behind = select(Station.id).where(Station.supply_controller_id == station_id).limit(1)
        if db.scalar(behind) is not None:
            raise SupplyError(SupplyFault.HAS_STATIONS)
    if controller_id is None:
        return
    found = db.get(Station, controller_id)
    controller = Standing(found.kind, found.site_id) if found else None
    if (fault := fault_behind(Standing(kind, site_id), controller)) is not None:
        raise SupplyError(fault)


def fault_behind(station: Standing, controller: Standing | None) -> SupplyFault | None:
    """What speaks against a station behind a controller; None for one that is not there."""
    if station.kind == StationKind.SUPPLY_CONTROLLER:
        return SupplyFault.BEHIND_ANOTHER
    if controller is None or controller.kind != StationKind.SUPPLY_CONTROLLER:
        return SupplyFault.NO_SUPPLY_CONTROLLER
    return SupplyFault.ON_ANOTHER_SITE if controller.site != station.site else None


def is_behind(controller: Station | type[Station]) -> ColumnElement[bool]:
    """The condition that keeps to the stations behind a supply controller: one that was moved away leaves them."""
    return (Station.supply_controller_id == controller.id) & (Station.site_id == controller.site_id)


def set_behind(db: Session, controller: Station, station_ids: Collection[int]) -> None:
    """Just these of its site's stations stand behind it from now on."""
    may_be = select(Station).where(Station.site_id == controller.site_id, Station.kind == StationKind.CHARGING_STATION)
    wanted = Station.id.in_(station_ids) | (Station.supply_controller_id == controller.id)
    for station in db.scalars(may_be.where(wanted)):
        station.supply_controller_id = controller.id if station.id in station_ids else None
