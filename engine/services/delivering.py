"""The outbox of one service is emptied: some messages at a time, each in a thread, until none is due.

The database is asked before and told after, in short transactions; none is open while the service is waited for.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import structlog

from config import get_settings
from domain import clock
from domain.db import session_factory
from domain.models import Service, ServiceDelivery
from domain.secrets import UnreadableSecretError
from domain.services import outbox, setting_up, signing
from domain.services.outbox import Answer
from engine.services.sending import post

AT_ONCE = 8
TAKEN_AT_ONCE = 40
BUDGET_SECONDS = 45.0
"""Then others have their turn; what is left is delivered by the next job, in seconds."""

log = structlog.get_logger()


def deliver(service_id: int) -> int:
    """Returns how many messages were sent, taken or not."""
    ends_at, sent = monotonic() + BUDGET_SECONDS, 0
    while monotonic() < ends_at:
        number = _deliver_some(service_id)
        sent += number
        if number == 0:
            break
    return sent


def _deliver_some(service_id: int) -> int:
    with session_factory().begin() as db:
        service = db.get(Service, service_id, with_for_update=True)
        deliveries = [] if service is None else outbox.claim(db, service, clock.now(), TAKEN_AT_ONCE)
    if service is None or not deliveries:
        return 0
    answers = _send(service, deliveries)
    with session_factory().begin() as db:
        again = db.get(Service, service_id, with_for_update=True)
        if again is None:
            return 0
        settled = [(db.merge(delivery), answer) for delivery, answer in zip(deliveries, answers, strict=True)]
        outbox.settle(db, again, settled, clock.now())
    return len(deliveries)


def _send(service: Service, deliveries: Sequence[ServiceDelivery]) -> list[Answer]:
    try:
        secret, url = setting_up.secret_of(service), setting_up.address_of(service)
    except UnreadableSecretError as error:
        return [Answer(None, str(error)) for _ in deliveries]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(lambda delivery: _send_one(url, secret, delivery), deliveries))


def _send_one(url: str, secret: str, delivery: ServiceDelivery) -> Answer:
    body = delivery.body.encode()
    signed = signing.headers(secret, str(delivery.message_id), int(clock.now().timestamp()), body)
    about = {"Content-Type": "application/json", "User-Agent": f"Charge-Portal ({get_settings().portal_url})"}
    return post(url, about | signed, body)
