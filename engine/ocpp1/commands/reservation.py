"""The profile Reservation. Our number of the command that reserves is the reservation's."""

from domain.reports import Order
from engine.ocpp1.commands.question import Payload, connector, renamed, times


def reserve(order: Order) -> Payload:
    """ReserveNow (5.13)."""
    return {
        "connectorId": connector(order),
        "reservationId": order.command_id,
        **times(order.parameters, {"expires_at": "expiryDate"}),
        **renamed(order.parameters, {"id_token": "idTag", "parent_token": "parentIdTag"}),
    }


def cancel_reservation(order: Order) -> Payload:
    """CancelReservation (5.1)."""
    return {"reservationId": order.parameters["reservation"]}
