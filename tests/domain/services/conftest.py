"""A webhook that is enabled, and what it is told."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Service, ServiceDelivery, ServiceKind
from domain.services import setting_up, telling
from tests.domain.conftest import after

URL = "https://hooks.example.com/charging"


def make_webhook(db: Session, name: str = "Ops", topics: tuple[str, ...] = ("status", "charging_sessions")) -> Service:
    service = Service(kind=ServiceKind.WEBHOOK, name=name)
    setting_up.configure(service, {"url": URL, "topics": topics})
    setting_up.make_secrets(service)
    db.add(service)
    setting_up.enable(service)
    setting_up.check(db, service, after(0))
    db.flush()
    return service


@pytest.fixture
def webhook(db: Session) -> Service:
    return make_webhook(db)


@pytest.fixture
def told(db: Session) -> Callable[[], list[dict[str, Any]]]:
    """What any service was told since the last time, in its order."""
    seen = 0

    def new() -> list[dict[str, Any]]:
        nonlocal seen
        db.flush()
        while telling.tell(db, after(0)):
            pass
        rows = db.scalars(select(ServiceDelivery).where(ServiceDelivery.id > seen).order_by(ServiceDelivery.id)).all()
        seen = max([row.id for row in rows], default=seen)
        return [orjson.loads(row.body) for row in rows]

    return new
