"""Parking payment from end to end: the portal as it runs, a simulated station, and a simulated provider."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select, update

from config import get_settings
from domain.clock import now
from domain.db import session_factory
from domain.models import (
    Authorization,
    ChargingSession,
    Outlet,
    Service,
    ServiceCharge,
    ServiceDelivery,
    ServiceKind,
    Site,
    Station,
)
from domain.services import setting_up
from simulator.parking import ParkingProvider
from simulator.station import Station as SimulatedStation
from tests.browser.simulated import living
from tests.fixtures.environment import using
from tests.fixtures.product import PortalServer
from tests.waiting import wait_until

CHARGE_BOX_ID = "PARK-1"
PATIENCE_SECONDS = 200
"""A message is left for two minutes to whoever took it and may have died (domain/services/outbox.py, LEASE)."""


@pytest.fixture
def here(start_server: Callable[..., PortalServer], monkeypatch: pytest.MonkeyPatch) -> Iterator[PortalServer]:
    """A server that may call this machine; the code of this process works with its database and its secret."""
    server = start_server(SERVICES_ALLOW_LOOPBACK="true", SECRET_KEY=get_settings().session_secret())
    places = {"DATABASE_URL": server.database_url, "DATABASE_OWNER_URL": server.database_owner_url}
    with using(**places, REDIS_URL=server.redis_url):
        monkeypatch.setattr(get_settings(), "services_allow_loopback", True)
        yield server


@pytest.fixture
def outlet(here: PortalServer) -> Outlet:
    with session_factory().begin() as db:
        site = Site(name="Harbour")
        db.add(site)
        db.flush()
        station = Station(site_id=site.id, name="Quay", charge_box_id=CHARGE_BOX_ID, parameters_read_at=now())
        db.add(station)
        db.flush()
        outlet = Outlet(station_id=station.id, number=1)
        db.add(outlet)
        db.flush()
        db.refresh(outlet)
        return outlet


@pytest.fixture
def provider(here: PortalServer) -> Iterator[ParkingProvider]:
    """The service is set up as an administrator does it, once the provider has said where it listens."""
    provider = ParkingProvider(here.url, "", "")
    with session_factory().begin() as db:
        service = Service(kind=ServiceKind.PARKING, name="EasyPark")
        setting_up.configure(service, {"url": provider.url, "progress_minutes": 1})
        made = setting_up.make_secrets(service)
        provider.token, provider.secret = made["token"], made["secret"]
        db.add(service)
        setting_up.enable(service)
        setting_up.check(db, service, now())
    try:
        yield provider
    finally:
        provider.close()


def is_free(provider: ParkingProvider, outlet: Outlet) -> bool:
    status, told = provider.status(outlet=str(outlet.uuid))
    return status == 200 and told["is_free"]


def test_a_charge_is_started_followed_stopped_and_billed_once(here, outlet, provider):
    with living(SimulatedStation(CHARGE_BOX_ID, here.ws_url)):
        wait_until(lambda: is_free(provider, outlet))
        provider.unwilling = 2  # It is down for the first messages: they come again.
        status, asked = provider.start("EP-17", str(outlet.uuid))
        assert (status, asked["state"]) == (202, "asked")
        assert provider.start("EP-17", str(outlet.uuid))[0] == 200

        started = provider.wait_for("EP-17", "parking.started", PATIENCE_SECONDS)["data"]
        assert (started["state"], started["outlet"]) == ("charging", str(outlet.uuid))
        assert provider.told.refused == [503, 503]
        assert provider.status(reference="EP-17")[1]["charging_session"] == started["charging_session"]
        with session_factory().begin() as db:  # A minute is long.
            db.execute(update(ServiceCharge).values(next_progress_at=now()))
        progress = provider.wait_for("EP-17", "parking.progress", PATIENCE_SECONDS)["data"]
        assert progress["energy_wh"] is not None

        assert provider.stop("EP-17")[0] == 202
        final = provider.wait_for("EP-17", "parking.final", PATIENCE_SECONDS)["data"]
        assert (final["state"], final["energy_wh"], final["stop_reason"]) == ("ended", 1500, "remote")
        assert final["started_at"] < final["stopped_at"]
        assert provider.stop("EP-17") == (200, final)

        # The same outlet, and another charge.
        wait_until(lambda: is_free(provider, outlet))
        assert provider.start("EP-18", str(outlet.uuid))[0] == 202
        provider.wait_for("EP-18", "parking.started", PATIENCE_SECONDS)
        provider.stop("EP-18")
        provider.wait_for("EP-18", "parking.final", PATIENCE_SECONDS)

    assert [message["type"] for message in provider.messages("EP-17")].count("parking.final") == 1
    assert provider.told.repeated == 0
    with session_factory()() as db:
        session = db.scalars(select(ChargingSession).where(ChargingSession.id == final["charging_session"])).one()
        assert session.authorization == Authorization.SERVICE
        first = db.scalars(select(ServiceDelivery).order_by(ServiceDelivery.id)).first()
        assert (first.tries, first.status_code) == (3, 200)
