"""What services are told: written where it follows from what happened, delivered by workers until it is taken.

What is about the same subject is told in its order: a later one waits until the one before is delivered or given up.
A message has a number of its own that stays the same however often it is sent, and one with a number that is there
already is not written again.

Each that is not taken is tried again, ever later, for three days. When a service does not answer at all, or says that
it cannot, the rest would fare no better: then only the oldest is tried, and once that is taken all others follow.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from domain.models import DeliveryState, Service, ServiceDelivery

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_REST = timedelta(minutes=5)
"""A service that was down is found to be back within that."""
JITTER = 0.2
"""Each pause is longer or shorter by up to so much of it, so that many do not come back at the same moment."""
GIVEN_UP_AFTER = timedelta(days=3)
LEASE = timedelta(minutes=2)
"""What a worker took and did not settle by then was not sent, as far as anybody knows."""
LONGEST_ANSWER = 300

TOO_MANY, TIMEOUT = 429, 408
EARLIER = aliased(ServiceDelivery)


@dataclass(frozen=True, slots=True)
class Told:
    """One message for one service."""

    key: str
    """What it tells, of all that this service is ever told: the same key is the same message."""
    kind: str
    subject: str
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; without a status nothing did."""

    status: int | None
    words: str
    retry_after: timedelta = timedelta(0)
    """For how long it wants to be left alone."""

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_outage(self) -> bool:
        """Whether others would fare no better."""
        return self.status is None or self.status >= 500 or self.status in (TOO_MANY, TIMEOUT)


def message_id(service_id: int, key: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"charge-portal:{service_id}:{key}")


def put(db: Session, service_id: int, messages: Iterable[Told], now: datetime) -> int:
    """Write what a service is told; returns how many are new."""
    rows = [_row(service_id, told, now) for told in messages]
    if not rows:
        return 0
    written = insert(ServiceDelivery).on_conflict_do_nothing().returning(ServiceDelivery.id)
    return len(db.scalars(written, rows).all())


def _row(service_id: int, told: Told, now: datetime) -> dict[str, Any]:
    number = message_id(service_id, told.key)
    body = {"id": str(number), "type": told.kind, "timestamp": told.at.isoformat(), "data": told.data}
    return {
        "service_id": service_id,
        "message_id": number,
        "kind": told.kind,
        "subject": told.subject,
        "body": orjson.dumps(body).decode(),
        "created_at": now,
        "state": DeliveryState.WAITING,
        "next_try_at": now,
    }


def services_with_due(db: Session, now: datetime) -> list[int]:
    """The services that something can be delivered to now."""
    due = exists().where(
        ServiceDelivery.service_id == Service.id,
        ServiceDelivery.state == DeliveryState.WAITING,
        or_(ServiceDelivery.next_try_at <= now, Service.resumes_at.is_not(None)),
    )
    is_rested = or_(Service.resumes_at.is_(None), Service.resumes_at <= now)
    return list(db.scalars(select(Service.id).where(Service.is_enabled, is_rested, due).order_by(Service.id)))


def claim(db: Session, service: Service, now: datetime, most: int) -> Sequence[ServiceDelivery]:
    """The next messages to send, for so long nobody else's; while the service fails, one that shows how it is."""
    if not service.is_enabled or (service.resumes_at is not None and service.resumes_at > now):
        return []
    is_probe = service.resumes_at is not None
    due = () if is_probe else (ServiceDelivery.next_try_at <= now,)
    chosen = (
        select(ServiceDelivery)
        .where(_waits(ServiceDelivery, service.id), *due, ~exists().where(*_before()))
        .order_by(ServiceDelivery.id)
        .limit(1 if is_probe else most)
        .with_for_update(skip_locked=True)
    )
    deliveries = db.scalars(chosen).all()
    for delivery in deliveries:
        delivery.next_try_at = now + LEASE
    if is_probe:
        # Whoever else asks meanwhile waits for what becomes of this one.
        service.resumes_at = now + LEASE
    return deliveries


def _before() -> tuple[ColumnElement[bool], ...]:
    """What is about the same and was told earlier."""
    return (
        EARLIER.service_id == ServiceDelivery.service_id,
        EARLIER.subject == ServiceDelivery.subject,
        EARLIER.state == DeliveryState.WAITING,
        EARLIER.id < ServiceDelivery.id,
    )


def _waits(model: Any, service_id: int) -> ColumnElement[bool]:
    waits: ColumnElement[bool] = (model.service_id == service_id) & (model.state == DeliveryState.WAITING)
    return waits


def settle(db: Session, service: Service, answers: Sequence[tuple[ServiceDelivery, Answer]], now: datetime) -> None:
    """Write down what became of messages that were claimed."""
    for delivery, answer in answers:
        _settle_one(delivery, answer, now)
    taken = [answer for _, answer in answers if answer.is_taken]
    failed = [answer for _, answer in answers if not answer.is_taken]
    if taken:
        service.told_at = now
    if failed:
        _note_failure(service, failed[-1], any(answer.is_outage for answer in failed), now)
    elif taken:
        if service.failing_since_at is not None:
            _hurry(db, service.id, now)
        service.failures, service.failing_since_at, service.resumes_at, service.trouble = 0, None, None, None


def _settle_one(delivery: ServiceDelivery, answer: Answer, now: datetime) -> None:
    delivery.tries += 1
    delivery.tried_at = now
    delivery.status_code = answer.status
    delivery.answer = answer.words[:LONGEST_ANSWER]
    if answer.is_taken:
        delivery.state, delivery.next_try_at = DeliveryState.DELIVERED, None
    elif delivery.created_at < now - GIVEN_UP_AFTER:
        delivery.state, delivery.next_try_at = DeliveryState.GIVEN_UP, None
    else:
        delivery.next_try_at = now + max(pause(delivery.tries, LONGEST_PAUSE), answer.retry_after)


def _note_failure(service: Service, answer: Answer, is_outage: bool, now: datetime) -> None:
    service.failures += 1
    service.failing_since_at = service.failing_since_at or now
    service.trouble = (f"HTTP {answer.status}: {answer.words}" if answer.status else answer.words)[:LONGEST_ANSWER]
    rest = max(pause(service.failures, LONGEST_REST), answer.retry_after)
    service.resumes_at = now + rest if is_outage else None


def _hurry(db: Session, service_id: int, now: datetime) -> None:
    """It is back: what failed because it was away need not wait any longer."""
    is_outage = or_(
        ServiceDelivery.status_code.is_(None),
        ServiceDelivery.status_code >= 500,
        ServiceDelivery.status_code.in_((TOO_MANY, TIMEOUT)),
    )
    db.execute(
        update(ServiceDelivery)
        .where(_waits(ServiceDelivery, service_id), ServiceDelivery.tries > 0, is_outage)
        .values(next_try_at=now)
        .execution_options(synchronize_session=False)
    )


def pause(tries: int, longest: timedelta) -> timedelta:
    """Before the next try, after so many."""
    doubled = FIRST_PAUSE * int(2 ** min(tries - 1, 20))
    return min(doubled, longest) * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - nobody need guess it


def send_again(service: Service, delivery: ServiceDelivery, now: datetime) -> None:
    """Whatever became of it; and at once, even if the service fails."""
    delivery.state, delivery.next_try_at = DeliveryState.WAITING, now
    service.resumes_at = None


def waiting(db: Session, service_ids: Sequence[int]) -> dict[int, int]:
    """How many messages wait for each of these services."""
    counted = (
        select(ServiceDelivery.service_id, func.count())
        .where(ServiceDelivery.service_id.in_(service_ids), ServiceDelivery.state == DeliveryState.WAITING)
        .group_by(ServiceDelivery.service_id)
    )
    return {row[0]: row[1] for row in db.execute(counted)}


def latest(db: Session, service_id: int, most: int) -> Sequence[ServiceDelivery]:
    """The newest first."""
    of_service = select(ServiceDelivery).where(ServiceDelivery.service_id == service_id)
    return db.scalars(of_service.order_by(ServiceDelivery.id.desc()).limit(most)).all()


def forget_before(db: Session, before: datetime) -> int:
    """Messages of an earlier time, delivered or not; returns how many."""
    old = delete(ServiceDelivery).where(ServiceDelivery.created_at < before).returning(ServiceDelivery.id)
    return len(db.scalars(old.execution_options(synchronize_session=False)).all())
