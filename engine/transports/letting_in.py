"""What a station is told by HTTP that is not let in, over WebSocket and SOAP alike."""

from collections.abc import Mapping

from flask import Request

from domain import station_passwords
from domain.station_passwords import Refusal
from engine.transports.basic import password_in

CHALLENGE = {"WWW-Authenticate": 'Basic realm="OCPP", charset="UTF-8"'}
LOCKED_SECONDS = int(station_passwords.LOCKED_FOR.total_seconds())
REFUSALS: Mapping[Refusal, tuple[int, str, dict[str, str]]] = {
    Refusal.NO_PASSWORD: (401, "This station signs in with its password (HTTP Basic), and sent none.", CHALLENGE),
    Refusal.NOT_SET: (401, "This station must have a password, and none is set for it here yet.", CHALLENGE),
    Refusal.WRONG: (401, "This is not the password of this station (HTTP Basic: charge box id and key).", CHALLENGE),
    Refusal.LOCKED: (
        429,
        "Too many wrong passwords came from this address; please connect again later.",
        {"Retry-After": str(LOCKED_SECONDS)},
    ),
}
"""Status, reason and headers."""


def keys_in(request: Request, charge_box_id: str) -> tuple[str, ...] | None:
    """What the password in a request may be found by; None if it has none."""
    password = password_in(request.headers.get("Authorization", ""), charge_box_id)
    return None if password is None else station_passwords.keys_of(password)


def unknown(charge_box_id: str) -> str:
    return f"No station with the charge box id {charge_box_id!r} is known here."
