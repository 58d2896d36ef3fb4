"""Two sites with all that panes show, one of which is foreign to everybody but those who see the whole system."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from domain import partitions
from domain.clock import now
from domain.db import owner_session_factory
from domain.models import (
    ChargingSession,
    IdToken,
    MeterValue,
    News,
    Outlet,
    PortalUser,
    Site,
    Station,
    UnknownStation,
)
from domain.queue import get_redis
from domain.roles import RoleName
from domain.statuses import OutletStatus
from tests.portal.browser_like import Visitor
from tests.portal.people import add_person, sign_in


@dataclass
class World:
    """What there is; `mine` is the site of the site administrator, Mads the driver whose figures are looked at."""

    db: Session
    mine: Site
    foreign: Site
    mads: PortalUser
    signe: PortalUser

    def add_session(self, site: Site, user: PortalUser | None, **fields: object) -> ChargingSession:
        """A session at the site's first outlet, over since an hour unless told otherwise."""
        station = self.db.query(Station).filter_by(site_id=site.id).order_by(Station.id).first()
        outlet = self.db.query(Outlet).filter_by(station_id=station.id).first()
        started_at = now() - timedelta(hours=2)
        usual: dict[str, object] = {
            "started_at": started_at,
            "ended_at": started_at + timedelta(hours=1),
            "logged_at": started_at,
            "meter_start_wh": 0,
            "energy_wh": 10_000,
            "review_reasons": [],
            "node_id": station.id,
            "site_id": site.id,
            "outlet_id": outlet.id,
            "site_name": site.name,
            "station_name": station.name,
            "outlet_number": 1,
            "authorization": 1,
            "id_token": "-",
            "user_id": user.id if user else None,
            "email": user.email if user else None,
        }
        row = ChargingSession(**usual | fields)
        self.db.add(row)
        self.db.commit()
        return row

    @staticmethod
    def forget() -> None:
        """Let the figures that are kept for a minute be read anew."""
        for key in get_redis().scan_iter("dashboard:*"):
            get_redis().delete(key)

    def add_reading(self, charge: ChargingSession, energy_wh: float, power_w: float) -> None:
        self.db.add(
            MeterValue(
                outlet_id=charge.outlet_id,
                charging_session_id=charge.id,
                received_at=now(),
                measured_at=now(),
                energy_wh=energy_wh,
                power_w=power_w,
                samples=[],
            )
        )
        self.db.commit()


def _add_site(db: Session, name: str, first_outlet: OutletStatus) -> Site:
    site = Site(name=f"{name} site")
    db.add(site)
    db.flush()
    for number, status in ((1, first_outlet), (2, OutletStatus.AVAILABLE)):
        name_of_station = f"{name} station {number}"
        station = Station(
            site_id=site.id, name=name_of_station, charge_box_id=name_of_station, online=True, last_seen_at=now()
        )
        db.add(station)
        db.flush()
        db.add(Outlet(station_id=station.id, number=1, status=status))
    return site


@pytest.fixture
def world(portal: Flask, db: Session) -> World:
    with owner_session_factory().begin() as owner:
        partitions.ensure(owner, (now() - timedelta(days=400)).date(), now().date())
    mine = _add_site(db, "Mine", OutletStatus.CHARGING)
    foreign = _add_site(db, "Foreign", OutletStatus.FAULTED)
    mads = add_person(db, RoleName.EV_USER, "mads@example.com")
    signe = add_person(db, RoleName.EV_USER, "signe@example.com")
    db.add_all(
        [
            IdToken(token="1111111111", description="mads tag", user_id=mads.id),
            IdToken(token="2222222222", description="signe tag", user_id=signe.id),
            UnknownStation(charge_box_id="Foreign caller"),
            News(title="Foreign plans", body="-", published_from_at=now(), roles=["Administrator"]),
        ]
    )
    db.commit()
    return World(db, mine, foreign, mads, signe)


@pytest.fixture
def as_role(portal: Flask, world: World) -> Callable[[RoleName], Visitor]:
    """The browser of somebody of each role; the site administrator has one site, the driver is Mads."""

    def open_browser(role: RoleName) -> Visitor:
        if role is RoleName.EV_USER:
            return sign_in(portal, world.mads)
        sites = [world.mine] if role is RoleName.SITE_ADMINISTRATOR else []
        return sign_in(portal, add_person(world.db, role, f"{role.name.lower()}@example.com", sites))

    return open_browser
