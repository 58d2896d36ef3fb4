"""SendLocalList as OCPP 1.5 says it: British in its name, and with a hash beside it.

The hash may be left out, and is: nothing says how to compute one, so that a station could but refuse ours (HashError).
The version of the list tells it the same.
"""

from domain.reports import Order
from engine.ocpp1.commands import local_list
from engine.ocpp1.commands.question import Payload


def send_local_list(order: Order) -> Payload:
    payload = local_list.send_local_list(order)
    payload["localAuthorisationList"] = payload.pop("localAuthorizationList")
    return payload
