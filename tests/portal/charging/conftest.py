"""A station with two outlets, and two drivers of whom each has a tag."""

import pytest
from sqlalchemy import select

from domain import clock, partitions, stations
from domain.models import Outlet, Site, Station
from domain.reports import ConnectReport
from domain.statuses import OutletStatus
from tests.portal.browser_like import Visitor
from tests.portal.people import add_driver, sign_in


@pytest.fixture
def station(db, portal):
    partitions.ensure(db, clock.now().date())
    site = Site(name="Harbour", city="Aarhus", latitude=56.16, longitude=10.2)
    db.add(site)
    db.flush()
    station = Station(site_id=site.id, name="Quay 7", charge_box_id="Q7")
    db.add(station)
    db.flush()
    db.add_all(Outlet(station_id=station.id, number=number, status=OutletStatus.AVAILABLE) for number in (1, 2))
    stations.connect(db, ConnectReport("Q7", "ocpp1.6", None, clock.now()))
    db.commit()
    return station


@pytest.fixture
def outlet(db, station):
    return db.scalars(select(Outlet).filter_by(station_id=station.id, number=1)).one()


@pytest.fixture
def eva(db, station):
    return add_driver(db, "eva@example.com", "11223344")


@pytest.fixture
def evas(portal, eva) -> Visitor:
    return sign_in(portal, eva)


@pytest.fixture
def ottos(db, portal, station) -> Visitor:
    return sign_in(portal, add_driver(db, "otto@example.com", "55667788"))
