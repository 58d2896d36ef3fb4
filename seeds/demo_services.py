"""The services of the demo company: a map that may fetch, and two that are not enabled, since nobody listens there."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import Outlet, Service, ServiceKind
from domain.services import outlet_values, setting_up
from domain.services.outlet_value import EVSE_UID, NOBIL_STATION, PROVIDER_OUTLET

FEED = {"country_code": "DK", "party_id": "FCR", "country": "DNK", "operator": "FastCars"}
HOOK = {"url": "https://hooks.example.com/charging", "topics": ["status", "charging_sessions"]}
PROVIDER = {"url": "https://parking.example.com/charging", "progress_minutes": 5}


def add(db: Session) -> None:
    """Once sites and outlets are there."""
    feed = _service(db, ServiceKind.MAP_FEED, "NOBIL", FEED)
    _service(db, ServiceKind.WEBHOOK, "Operations", HOOK)
    provider = _service(db, ServiceKind.PARKING, "EasyPark", PROVIDER)
    outlet = db.scalars(select(Outlet).order_by(Outlet.id).limit(1)).one()
    at_the_map = {(feed.id, NOBIL_STATION): "DNK_01234", (feed.id, EVSE_UID): "DNK_01234_1"}
    outlet_values.put(db, outlet, at_the_map | {(provider.id, PROVIDER_OUTLET): "1577-01"})
    setting_up.enable(feed)
    setting_up.check(db, feed, now())


def _service(db: Session, kind: ServiceKind, name: str, configuration: dict[str, Any]) -> Service:
    service = Service(kind=kind, name=name)
    setting_up.configure(service, configuration)
    setting_up.make_secrets(service)
    db.add(service)
    db.flush()
    return service
