"""The Core profile: charges, restarts, availability, the vendor's own. Configuration has a file of its own."""

from domain.reports import Order
from engine.ocpp1.commands.question import Payload, Verdict, by_status, connector, renamed


def remote_start(order: Order) -> Payload:
    """RemoteStartTransaction (5.11)."""
    return renamed(order.parameters, {"outlet": "connectorId", "id_token": "idTag"})


def remote_stop(order: Order) -> Payload:
    """RemoteStopTransaction (5.12): our number of the charge is the station's transactionId."""
    return {"transactionId": order.parameters["charging_session"]}


def reset(order: Order) -> Payload:
    """Reset (5.14)."""
    return {"type": order.parameters["type"].capitalize()}


def unlock(order: Order) -> Payload:
    """UnlockConnector (5.18)."""
    return {"connectorId": order.parameters["outlet"]}


def change_availability(order: Order) -> Payload:
    """ChangeAvailability (5.2)."""
    return {"connectorId": connector(order), "type": "Operative" if order.parameters["available"] else "Inoperative"}


def data_transfer(order: Order) -> Payload:
    """DataTransfer (5.6)."""
    return renamed(order.parameters, {"vendor_id": "vendorId", "message_id": "messageId", "data": "data"})


def data_transfer_verdict(answer: Payload) -> Verdict:
    verdict = by_status()(answer)
    return Verdict(verdict.state, {**verdict.outcome, **renamed(answer, {"data": "data"})})
