"""The profile FirmwareManagement. Addresses and signatures come with the order (domain/fulfilment.py)."""

from domain import clock
from domain.models import CommandState
from domain.reports import Order
from engine.ocpp1.commands.question import Payload, Verdict, renamed, times
from engine.ocpp1.fields import format_at

TRIES = {"retries": "retries", "retry_seconds": "retryInterval"}


def update_firmware(order: Order) -> Payload:
    """UpdateFirmware (5.19). Without a time it is wanted now."""
    return {
        "location": order.parameters["location"],
        "retrieveDate": retrieve_date(order),
        **renamed(order.parameters, TRIES),
    }


def get_diagnostics(order: Order) -> Payload:
    """GetDiagnostics (5.9)."""
    return {
        "location": order.parameters["location"],
        **times(order.parameters, {"since": "startTime", "until": "stopTime"}),
        **renamed(order.parameters, TRIES),
    }


def diagnostics_verdict(answer: Payload) -> Verdict:
    """Without a name there is nothing to upload (5.9)."""
    return Verdict(CommandState.ACCEPTED, renamed(answer, {"fileName": "file_name"}))


def retrieve_date(order: Order) -> str:
    at = times(order.parameters, {"retrieve_at": "at"})
    return str(at.get("at", format_at(clock.now())))
