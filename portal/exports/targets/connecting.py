"""The line to a target: each address that its name leads to is judged, and that very one is connected to."""

import socket

from config import get_settings
from domain import endpoints
from domain.models import ExportFault
from portal.exports.targets.parcel import DeliveryError

CONNECT_SECONDS = 15
IDLE_SECONDS = 60


def connect(host: str, port: int) -> socket.socket:
    """As services are called (domain/endpoints.py). Raises DeliveryError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DeliveryError(ExportFault.UNREACHABLE, error) from error
    addresses = dict.fromkeys(str(address[0]) for *_kind, address in found)
    allowed = get_settings().services_allow_loopback
    callable_ones = [each for each in addresses if endpoints.is_callable(each, loopback_allowed=allowed)]
    if not callable_ones:
        raise DeliveryError(ExportFault.FORBIDDEN_HOST, host)
    last: OSError | None = None
    for address in callable_ones:
        try:
            line = socket.create_connection((address, port), timeout=CONNECT_SECONDS)
        except OSError as error:
            last = error
        else:
            line.settimeout(IDLE_SECONDS)
            return line
    raise DeliveryError(ExportFault.UNREACHABLE, last)
