from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy.orm import Session

from domain.models import IdToken, Outlet, OutletMode, PortalUser, Site, Station

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
