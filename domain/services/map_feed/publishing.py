"""What became another than was last told of it; `last_updated` is the moment at which that was found.

One publisher at a time for each feed, and nobody reads in between: so moments are told in the order in which they
become visible, and whoever asks for everything since the latest one that they saw misses nothing. A moment is a
millisecond that no other publishing had.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from domain.models import ChangeKind, FeedEvse, FeedLocation, Outlet, Service, ServiceChange, Site, Station
from domain.services.map_feed import words
from domain.services.map_feed.described import Described, Evse, describe

ALONE = text("SELECT pg_advisory_xact_lock(hashtext('map feed'), :service_id)")
SITES_AT_ONCE = 50
MILLISECOND = timedelta(milliseconds=1)
OF_STATE = (ChangeKind.OUTLET_STATUS, ChangeKind.STATION_STATUS, ChangeKind.STATION_LINE)
KINDS = frozenset({*OF_STATE, ChangeKind.PLACE})
"""The changes that a map is told of."""


def tell(db: Session, service: Service, changes: Sequence[ServiceChange], now: datetime) -> None:
    sites = {change.site_id for change in changes if change.kind is ChangeKind.PLACE and change.site_id is not None}
    stations = {change.station_id for change in changes if change.kind in OF_STATE and change.station_id is not None}
    at = _begin(db, service, now)
    if sites:
        _publish_sites(db, service, sites, at)
    if stations:
        _publish_states(db, service, stations, at)


def check(db: Session, service: Service, now: datetime) -> None:
    """All sites, and those that are told of and there no more."""
    at = _begin(db, service, now)
    known = set(db.scalars(select(FeedLocation.site_id).where(FeedLocation.service_id == service.id)))
    ids = sorted(known | set(db.scalars(select(Site.id))))
    for first in range(0, len(ids), SITES_AT_ONCE):
        _publish_sites(db, service, set(ids[first : first + SITES_AT_ONCE]), at)


def _begin(db: Session, service: Service, now: datetime) -> datetime:
    db.execute(ALONE, {"service_id": service.id})
    latest = db.scalar(select(func.max(FeedLocation.updated_at)).where(FeedLocation.service_id == service.id))
    at = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return at if latest is None else max(at, latest + MILLISECOND)


def _publish_states(db: Session, service: Service, station_ids: Collection[int], at: datetime) -> None:
    """Nothing but the states of these stations' outlets."""
    rows = db.execute(
        select(FeedEvse, Station.online, Station.status.label("station_status"), Outlet.status)
        .join(Outlet, Outlet.id == FeedEvse.outlet_id)
        .join(Station, Station.id == Outlet.station_id)
        .where(FeedEvse.service_id == service.id, ~FeedEvse.is_removed, FeedEvse.station_id.in_(station_ids))
        .order_by(FeedEvse.location_id, FeedEvse.uid)
        .execution_options(populate_existing=True)
    )
    touched = set()
    for evse, is_online, station_status, outlet_status in rows:
        status = words.status(is_online, station_status, outlet_status)
        if status != evse.body["status"]:
            evse.body = evse.body | {"status": status}
            evse.updated_at = at
            touched.add(evse.location_id)
    _touch(db, service, touched, at)


def _publish_sites(db: Session, service: Service, site_ids: Collection[int], at: datetime) -> None:
    """Everything about these sites."""
    described = describe(db, service, site_ids)
    touched = _publish_evses(db, service, described, site_ids, at)
    _publish_locations(db, service, described, site_ids, touched, at)
    db.flush()


def _publish_evses(
    db: Session, service: Service, described: Described, site_ids: Collection[int], at: datetime
) -> set[str]:
    """Returns which Locations are touched by it."""
    concerned = or_(FeedEvse.site_id.in_(site_ids), FeedEvse.location_id.in_(described.locations.keys()))
    of_sites = select(FeedEvse).where(FeedEvse.service_id == service.id, concerned)
    known = {
        (evse.location_id, evse.uid): evse for evse in db.scalars(of_sites.execution_options(populate_existing=True))
    }
    wanted = {(evse.location_id, evse.uid): evse for evse in described.evses}
    touched = set()
    for key, evse in wanted.items():
        if _publish_evse(db, service, known.get(key), evse, at):
            touched.add(evse.location_id)
    for key, row in known.items():
        if key not in wanted and not row.is_removed:
            row.is_removed, row.updated_at = True, at
            row.body = row.body | {"status": words.REMOVED}
            touched.add(row.location_id)
    return touched


def _publish_evse(db: Session, service: Service, row: FeedEvse | None, evse: Evse, at: datetime) -> bool:
    """Whether it is news."""
    if row is None:
        row = FeedEvse(service_id=service.id, location_id=evse.location_id, uid=evse.uid, connector_updated_at=at)
        db.add(row)
    elif row.body == evse.body and not row.is_removed and row.outlet_id == evse.outlet_id:
        row.station_id = evse.station_id
        return False
    elif row.body["connectors"] != evse.body["connectors"]:
        row.connector_updated_at = at
    row.site_id, row.station_id, row.outlet_id = evse.site_id, evse.station_id, evse.outlet_id
    row.body, row.is_removed, row.updated_at = evse.body, False, at
    return True


def _publish_locations(
    db: Session,
    service: Service,
    described: Described,
    site_ids: Collection[int],
    touched: Collection[str],
    at: datetime,
) -> None:
    concerned = or_(FeedLocation.site_id.in_(site_ids), FeedLocation.location_id.in_(described.locations.keys()))
    of_sites = select(FeedLocation).where(FeedLocation.service_id == service.id, concerned)
    known = {row.location_id: row for row in db.scalars(of_sites.execution_options(populate_existing=True))}
    for location_id, (site_id, body) in described.locations.items():
        row = known.get(location_id)
        if row is None:
            location = {"service_id": service.id, "location_id": location_id, "site_id": site_id}
            db.add(FeedLocation(**location, body=body, updated_at=at))
        elif row.body != body or location_id in touched:
            row.site_id, row.body, row.updated_at = site_id, body, at
    for location_id, row in known.items():
        if location_id not in described.locations and (row.body["publish"] or location_id in touched):
            row.body, row.updated_at = _withdrawn(row.body), at


def _withdrawn(body: Mapping[str, Any]) -> dict[str, Any]:
    """Of a site that is gone, or not to be shown any more: its EVSEs are REMOVED."""
    return {**body, "publish": False}


def _touch(db: Session, service: Service, location_ids: Collection[str], at: datetime) -> None:
    """An EVSE that becomes another makes its Location another (8.2.2)."""
    if not location_ids:
        return
    chosen = select(FeedLocation).where(
        FeedLocation.service_id == service.id, FeedLocation.location_id.in_(location_ids)
    )
    for row in db.scalars(chosen.execution_options(populate_existing=True)):
        row.updated_at = at
    db.flush()
