"""Who comes to a service's door: known by the token, let in as often as is good for both."""

from limits import parse

from domain import clock
from domain.models import Service, ServiceKind
from domain.services import tokens
from portal.database import database
from portal.limits import limiter

RATE = parse("300 per minute")
UNKNOWN_RATE = parse("60 per minute")


def let_in(kind: ServiceKind, written: list[str]) -> Service | None:
    """The service whose token one of these is."""
    for token in written:
        service = tokens.service_of(database(), kind, token) if token else None
        if service is not None:
            tokens.note_visit(database(), service, clock.now())
            database().commit()
            return service
    return None


def comes_too_often(service: Service) -> bool:
    return not limiter.limiter.hit(RATE, "service", str(service.id))


def strangers_come_too_often(address: str) -> bool:
    """Those at one address who have no token."""
    return not limiter.limiter.hit(UNKNOWN_RATE, "service strangers", address)
