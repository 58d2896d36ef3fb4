"""From what changed to what each service is told; from time to time also what no change brings."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Service
from domain.services import changes
from domain.services.adapters import ADAPTERS


def tell(db: Session, now: datetime) -> int:
    """Take the next changes and write what follows for each service; returns how many changes those were."""
    taken = changes.take(db)
    if not taken:
        return 0
    for service in _enabled(db):
        adapter = ADAPTERS[service.kind]
        if heard := [change for change in taken if change.kind in adapter.hears]:
            adapter.tell(db, service, heard, now)
    return len(taken)


def tend(db: Session, now: datetime) -> None:
    """What the services do every few seconds."""
    for service in _enabled(db):
        ADAPTERS[service.kind].tend(db, service, now)


def check_all(db: Session, now: datetime) -> None:
    """Look through everything, for what was missed."""
    for service in _enabled(db):
        ADAPTERS[service.kind].check(db, service, now)


def _enabled(db: Session) -> list[Service]:
    return list(db.scalars(select(Service).where(Service.is_enabled).order_by(Service.id)))
