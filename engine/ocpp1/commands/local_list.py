"""The profile LocalAuthListManagement. Version and entries come with the order (domain/fulfilment.py)."""

from collections.abc import Mapping
from typing import Any

from domain.models import CommandState
from domain.reports import Order
from engine.ocpp1.commands.question import Payload, Verdict, renamed, times

STATUSES = {"accepted": "Accepted", "blocked": "Blocked", "expired": "Expired", "invalid": "Invalid"}
FULL = "full"


def send_local_list(order: Order) -> Payload:
    """SendLocalList (5.15)."""
    update = order.parameters["update"]
    return {
        "listVersion": order.parameters["version"],
        "updateType": update.capitalize(),
        "localAuthorizationList": [_entry(entry, update) for entry in order.parameters["entries"]],
    }


def _entry(entry: Mapping[str, Any], update: str) -> Payload:
    """In a differential update a tag of which nothing is told is taken out of the list (7.1)."""
    tag: Payload = {"idTag": entry["id_token"]}
    if update == FULL or len(entry) > 1:
        tag["idTagInfo"] = {
            "status": STATUSES[entry.get("status", "accepted")],
            **times(entry, {"expires_at": "expiryDate"}),
            **renamed(entry, {"parent_token": "parentIdTag"}),
        }
    return tag


def version_verdict(answer: Payload) -> Verdict:
    """GetLocalListVersion (5.10): -1 says that the station keeps no list."""
    version = answer["listVersion"]
    if version < 0:
        return Verdict(CommandState.REJECTED, {"status": "not_supported", "version": version})
    return Verdict(CommandState.ACCEPTED, {"version": version})
