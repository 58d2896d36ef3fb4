"""Outlets that are kept free for somebody (OCPP 1.6, 3.6 and 5.13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ocpp.v16.enums import ChargePointStatus, ReservationStatus

from simulator.outlet import Outlet


@dataclass(frozen=True)
class Reservation:
    id: int
    id_token: str
    parent_token: str | None
    expires_at: datetime

    def is_for(self, id_token: str) -> bool:
        return id_token in (self.id_token, self.parent_token)


def reserve(outlets: Iterable[Outlet], reservation: Reservation) -> tuple[ReservationStatus, Outlet | None]:
    """Keep one of these outlets: the free one, or the one that has this reservation already and gets a new time."""
    candidates = list(outlets)
    for outlet in candidates:
        if outlet.reservation is not None and outlet.reservation.id == reservation.id:
            outlet.reservation = reservation
            return ReservationStatus.accepted, outlet
    for outlet in candidates:
        if outlet.is_free:
            outlet.reservation = reservation
            return ReservationStatus.accepted, outlet
    return _reason(candidates), None


def _reason(outlets: list[Outlet]) -> ReservationStatus:
    """Why none of them can be kept."""
    if not outlets:
        return ReservationStatus.rejected
    statuses = {outlet.status for outlet in outlets}
    if statuses == {ChargePointStatus.faulted}:
        return ReservationStatus.faulted
    if not any(outlet.operative for outlet in outlets):
        return ReservationStatus.unavailable
    return ReservationStatus.occupied
