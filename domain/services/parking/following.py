"""What becomes of a charge that a provider asked for, and what the provider is told of it.

It is told that the charge began, how far it is every few minutes, and once and for all how it ended: the final message
has a number of its own that is made of the charge, so that it is one message whoever finds out first. A charge that
never began has a final message too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import (
    ChangeKind,
    ChargingSession,
    Command,
    CommandState,
    FailReason,
    Service,
    ServiceChange,
    ServiceCharge,
    ServiceChargeState,
)
from domain.services import outbox
from domain.services.configuration import ParkingConfiguration
from domain.services.outbox import Told
from domain.services.parking.told import told

KINDS = frozenset({ChangeKind.CHARGE_STARTED, ChangeKind.CHARGE_STOPPED, ChangeKind.CHARGE_CORRECTED})
STARTED, PROGRESS, FINAL, CORRECTED = "parking.started", "parking.progress", "parking.final", "parking.corrected"

AS_IT_IS = {"populate_existing": True}
"""Once it is locked: others may have written it since this session read it."""

REASONS = {
    CommandState.REJECTED: FailReason.STATION_REFUSED,
    CommandState.FAILED: FailReason.NO_ANSWER,
    CommandState.TIMED_OUT: FailReason.NO_ANSWER,
}
"""Of a start that the station did not agree to."""


def tell(db: Session, service: Service, changes: Sequence[ServiceChange], now: datetime) -> None:
    ids = {change.charging_session_id for change in changes}
    of_sessions = select(ServiceCharge).where(
        ServiceCharge.service_id == service.id, ServiceCharge.charging_session_id.in_(ids)
    )
    charges = {
        charge.charging_session_id: charge
        for charge in db.scalars(of_sessions.with_for_update().execution_options(**AS_IT_IS))
    }
    for change in changes:
        if (charge := charges.get(change.charging_session_id)) is None:
            continue
        match change.kind:
            case ChangeKind.CHARGE_STARTED:
                _began(db, service, charge, now)
            case ChangeKind.CHARGE_STOPPED:
                _ended(db, charge, now)
            case ChangeKind.CHARGE_CORRECTED if charge.state is ServiceChargeState.ENDED:
                _put(db, charge, CORRECTED, f"change-{change.id}", now)


def tend(db: Session, service: Service, now: datetime) -> None:
    """Those that do not begin, and how far the others are."""
    _give_up(db, service, now)
    due = select(ServiceCharge).where(
        ServiceCharge.service_id == service.id,
        ServiceCharge.state == ServiceChargeState.CHARGING,
        ServiceCharge.next_progress_at <= now,
    )
    charges = db.scalars(
        due.order_by(ServiceCharge.id).with_for_update(skip_locked=True).execution_options(**AS_IT_IS)
    ).all()
    bodies = told(db, charges)
    messages = []
    for charge in charges:
        key = f"progress-{charge.id}-{(charge.next_progress_at or now).timestamp():.0f}"
        messages.append(Told(key, PROGRESS, _subject(charge), now, bodies[charge.id]))
        charge.next_progress_at = now + _pause(service)
    outbox.put(db, service.id, messages, now)


def check(db: Session, service: Service, now: datetime) -> None:
    """Those that began or ended while nobody told of it."""
    opened = select(ServiceCharge, ChargingSession.stopped_at).join(
        ChargingSession, ChargingSession.id == ServiceCharge.charging_session_id
    )
    charging = opened.where(ServiceCharge.service_id == service.id, ServiceCharge.state == ServiceChargeState.CHARGING)
    for charge, stopped_at in db.execute(
        charging.with_for_update(of=ServiceCharge).execution_options(**AS_IT_IS)
    ).all():
        _began(db, service, charge, now)
        if stopped_at is not None:
            _ended(db, charge, now)


def _began(db: Session, service: Service, charge: ServiceCharge, now: datetime) -> None:
    if charge.next_progress_at is None:
        _put(db, charge, STARTED, f"started-{charge.id}", now)
        charge.next_progress_at = now + _pause(service)


def _ended(db: Session, charge: ServiceCharge, now: datetime) -> None:
    charge.state, charge.next_progress_at = ServiceChargeState.ENDED, None
    _put(db, charge, FINAL, f"final-{charge.id}", now)


def fail(db: Session, charge: ServiceCharge, reason: FailReason, now: datetime) -> None:
    """It never begins: its tag is good for nothing from here on. The caller holds its lock."""
    charge.state, charge.reason = ServiceChargeState.FAILED, reason
    _put(db, charge, FINAL, f"final-{charge.id}", now)


def _give_up(db: Session, service: Service, now: datetime) -> None:
    asked = (
        select(ServiceCharge, Command.state)
        .outerjoin(Command, Command.id == ServiceCharge.command_id)
        .where(ServiceCharge.service_id == service.id, ServiceCharge.state == ServiceChargeState.ASKED)
        .order_by(ServiceCharge.id)
        .with_for_update(of=ServiceCharge, skip_locked=True)
        .execution_options(**AS_IT_IS)
    )
    for charge, command_state in db.execute(asked).all():
        if reason := REASONS.get(command_state):
            fail(db, charge, reason, now)
        elif charge.begins_until_at <= now:
            fail(db, charge, FailReason.NOT_BEGUN, now)


def _pause(service: Service) -> timedelta:
    return timedelta(minutes=ParkingConfiguration.model_validate(service.configuration).progress_minutes)


def _subject(charge: ServiceCharge) -> str:
    return f"service-charge-{charge.id}"


def _put(db: Session, charge: ServiceCharge, kind: str, key: str, now: datetime) -> None:
    db.flush()
    outbox.put(db, charge.service_id, [Told(key, kind, _subject(charge), now, told(db, [charge])[charge.id])], now)
