"""The Reservation profile's commands (OCPP 1.6, 5.2 and 5.13)."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ocpp.routing import after, on
from ocpp.v16 import call_result
from ocpp.v16.enums import Action, CancelReservationStatus, ReservationStatus

from simulator.reservations import Reservation, reserve

if TYPE_CHECKING:
    from simulator.outlet import Outlet
    from simulator.station import Station


class ReservationCommands:
    station: "Station"

    @on(Action.reserve_now)
    def on_reserve_now(
        self,
        connector_id: int,
        expiry_date: str,
        id_tag: str,
        reservation_id: int,
        parent_id_tag: str | None = None,
        **_: Any,
    ) -> call_result.ReserveNow:
        reservation = Reservation(reservation_id, id_tag, parent_id_tag, datetime.fromisoformat(expiry_date))
        status, outlet = reserve(self.station.chosen(connector_id), reservation)
        if outlet is not None:
            self.station.begin(self.station.keep_reservation(outlet, reservation))
        return call_result.ReserveNow(ReservationStatus(status))

    @on(Action.cancel_reservation)
    def on_cancel_reservation(self, reservation_id: int, **_: Any) -> call_result.CancelReservation:
        outlet = self._reserved(reservation_id)
        if outlet is None:
            return call_result.CancelReservation(CancelReservationStatus.rejected)
        outlet.reservation = None
        return call_result.CancelReservation(CancelReservationStatus.accepted)

    @after(Action.reserve_now)
    async def after_reserve_now(self, **_: Any) -> None:
        await self.station.tell_idle()

    @after(Action.cancel_reservation)
    async def after_cancel_reservation(self, **_: Any) -> None:
        await self.station.tell_idle()

    def _reserved(self, reservation_id: int) -> "Outlet | None":
        reserved = (outlet for outlet in self.station.outlets.values() if outlet.reservation is not None)
        return next((outlet for outlet in reserved if outlet.reservation.id == reservation_id), None)
