from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.audit import AuditedSession, acting, audited_session_factory
from domain.models import (
    AuditEntry,
    IdToken,
    Outlet,
    OutletMode,
    PortalUser,
    Site,
    Station,
)

ADDRESS = "192.0.2.7"
Line = tuple[str, str | None, str | None, dict[str, Any] | None, dict[str, Any] | None]

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
"""When every story of these tests begins."""

numbers = count(1)


def after(minutes: float) -> datetime:
    """So many minutes into the story."""
    return NINE + timedelta(minutes=minutes)


@pytest.fixture
def station(db: Session) -> Station:
    number = next(numbers)
    site = Site(name=f"Harbour {number}")
    db.add(site)
    db.flush()
    station = Station(site_id=site.id, name=f"Quay {number}", charge_box_id=f"quay-{number}")
    db.add(station)
    db.flush()
    return station


@pytest.fixture
def outlet(db: Session, station: Station) -> Outlet:
    outlet = Outlet(station_id=station.id, number=1, mode=OutletMode.RFID)
    db.add(outlet)
    db.flush()
    return outlet


@pytest.fixture
def user(db: Session) -> PortalUser:
    name = f"driver{next(numbers)}@example.com"
    user = PortalUser(first_name="Eva", last_name="Driver", username=name, email=name, active=True, password="-")
    db.add(user)
    db.flush()
    return user


@pytest.fixture
def tag(db: Session, user: PortalUser) -> IdToken:
    tag = IdToken(token=f"TAG{next(numbers)}", user_id=user.id)
    db.add(tag)
    db.flush()
    return tag


@pytest.fixture
def asked(db: Session) -> Iterator[AuditedSession]:
    """A session in which user 7 acts."""
    with acting(7, ADDRESS), audited_session_factory()() as session:
        yield session


def lines(db: Session) -> list[Line]:
    """What the log says, without who and when."""
    columns = (AuditEntry.action, AuditEntry.object_kind, AuditEntry.object_id, AuditEntry.before, AuditEntry.after)
    return [tuple(row) for row in db.execute(select(*columns).order_by(AuditEntry.id))]


@pytest.fixture
def said(db: Session) -> Callable[[], list[Line]]:
    """What the log says since the last time that it was asked."""
    seen = 0

    def new_lines() -> list[Line]:
        nonlocal seen
        db.rollback()
        found = lines(db)[seen:]
        seen += len(found)
        return found

    return new_lines


@pytest.fixture
def sites(db: Session) -> list[int]:
    places = [Site(name="Central"), Site(name="Harbour"), Site(name="West")]
    db.add_all(places)
    db.flush()
    return [site.id for site in places]
