"""Sites and outlets as Locations and EVSEs, as they are at this moment: whole sites, in a few statements for all."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from config import get_settings
from domain.models import FeedLocation, Floor, Outlet, OutletMode, Service, Site, Station, System
from domain.services.configuration import MapFeedConfiguration
from domain.services.map_feed import words
from domain.services.outlet_value import EVSE_UID, NOBIL_STATION, Key, of_outlets

LONGEST_REFERENCE, LONGEST_LEVEL, LONGEST_ADDRESS = 16, 4, 45
AC_VOLTS, DC_VOLTS = 230, 500
"""Between line and neutral (8.3.3)."""

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Evse:
    location_id: str
    uid: str
    site_id: int
    station_id: int
    outlet_id: int
    body: Body


@dataclass(frozen=True, slots=True)
class Described:
    """What there is to tell of some sites."""

    locations: Mapping[str, tuple[int, Body]]
    """By their id: the site, and what is told of it."""
    evses: Sequence[Evse]


def describe(db: Session, service: Service, site_ids: Collection[int]) -> Described:
    configuration = MapFeedConfiguration.model_validate(service.configuration)
    sites = _sites(db, configuration, site_ids)
    rows = _outlets(db, sites)
    values = of_outlets(db, [row.outlet_id for row in rows])
    location_ids = _location_ids(db, service.id, rows, values)
    evses = [
        _evse(configuration, service.id, row, values.get(row.outlet_id, {}), location_ids[row.outlet_id])
        for row in rows
    ]
    operator = configuration.operator or db.scalar(select(System.name)) or ""
    locations = {
        evse.location_id: (evse.site_id, _location(configuration, operator, sites[evse.site_id], evse.location_id))
        for evse in evses
    }
    return Described(locations, evses)


def _sites(db: Session, configuration: MapFeedConfiguration, site_ids: Collection[int]) -> dict[int, Site]:
    """Those that are shown: with a position, and not excluded."""
    shown = set(site_ids).difference(configuration.excluded_site_ids)
    found = select(Site).where(Site.id.in_(shown), Site.latitude.is_not(None), Site.longitude.is_not(None))
    # As they are by now, whatever this session knew of them.
    return {site.id: site for site in db.scalars(found.execution_options(populate_existing=True))}


def _outlets(db: Session, site_ids: Iterable[int]) -> Sequence[Any]:
    outlets = (
        select(
            Outlet.id.label("outlet_id"),
            Outlet.uuid,
            Outlet.number,
            Outlet.mode,
            Outlet.connector_type,
            Outlet.parking,
            Outlet.max_current_a,
            Outlet.status,
            Station.id.label("station_id"),
            Station.site_id,
            Station.name.label("station_name"),
            Station.online,
            Station.status.label("station_status"),
            Station.latitude,
            Station.longitude,
            Floor.name.label("floor_name"),
        )
        .join(Outlet.station)
        .outerjoin(Station.floor)
        .where(Station.site_id.in_(site_ids))
        .order_by(Station.site_id, Station.name, Station.id, Outlet.number)
    )
    return db.execute(outlets).all()


def _location_ids(
    db: Session, service_id: int, rows: Sequence[Row[Any]], values: Mapping[int, Mapping[Key, str]]
) -> dict[int, str]:
    """In which Location each outlet stands: the one of its NOBIL station, else that of its site.

    A number that another site goes by is not taken for a second one.
    """
    wanted = {
        row.outlet_id: values.get(row.outlet_id, {}).get((service_id, NOBIL_STATION)) or str(row.site_id)
        for row in rows
    }
    known = select(FeedLocation.location_id, FeedLocation.site_id).where(
        FeedLocation.service_id == service_id,
        FeedLocation.location_id.in_(set(wanted.values())),
        FeedLocation.body["publish"].as_boolean(),
    )
    owners = {row[0]: row[1] for row in db.execute(known)}
    for row in rows:
        owners.setdefault(wanted[row.outlet_id], row.site_id)
    return {
        row.outlet_id: wanted[row.outlet_id] if owners[wanted[row.outlet_id]] == row.site_id else str(row.site_id)
        for row in rows
    }


def _evse(
    configuration: MapFeedConfiguration, service_id: int, row: Row[Any], values: Mapping[Key, str], location_id: str
) -> Evse:
    uid = values.get((service_id, EVSE_UID)) or str(row.uuid)
    body: Body = {
        "uid": uid,
        "evse_id": f"{configuration.country_code}*{configuration.party_id}*E{row.outlet_id}",
        "status": words.status(row.online, row.station_status, row.status),
        "capabilities": ["REMOTE_START_STOP_CAPABLE", *(["RFID_READER"] if row.mode is OutletMode.RFID else [])],
        "connectors": [_connector(configuration, row)],
        "physical_reference": _reference(row),
    }
    if row.floor_name and len(row.floor_name) <= LONGEST_LEVEL:
        body["floor_level"] = row.floor_name
    if row.latitude is not None and row.longitude is not None:
        body["coordinates"] = _coordinates(row.latitude, row.longitude)
    return Evse(location_id, uid, row.site_id, row.station_id, row.outlet_id, body)


def _reference(row: Row[Any]) -> str:
    """What stands on the device, as far as there is room (8.3.2)."""
    whole = f"{row.station_name} / {row.number}"
    return row.parking or whole if len(row.parking or whole) <= LONGEST_REFERENCE else whole[-LONGEST_REFERENCE:]


def _connector(configuration: MapFeedConfiguration, row: Row[Any]) -> Body:
    plug = words.plug(row.connector_type)
    ac = "AC_3_PHASE" if configuration.phases == 3 else "AC_1_PHASE"
    return {
        "id": "1",
        "standard": plug.standard,
        "format": plug.format,
        "power_type": "DC" if plug.is_dc else ac,
        "max_voltage": DC_VOLTS if plug.is_dc else AC_VOLTS,
        "max_amperage": row.max_current_a or configuration.amperes,
    }


def _location(configuration: MapFeedConfiguration, operator: str, site: Site, location_id: str) -> Body:
    latitude, longitude = float(site.latitude or 0), float(site.longitude or 0)
    body: Body = {
        "country_code": configuration.country_code,
        "party_id": configuration.party_id,
        "id": location_id,
        "publish": True,
        "name": site.name,
        "address": (site.street or site.name)[:LONGEST_ADDRESS],
        "city": (site.city or site.name)[:LONGEST_ADDRESS],
        "country": words.country(site.country, configuration.country),
        "coordinates": _coordinates(latitude, longitude),
        "time_zone": site.time_zone or get_settings().time_zone,
        "operator": {"name": operator},
    }
    if 0 < len(site.postal_code) <= 10:
        body["postal_code"] = site.postal_code
    return body


def _coordinates(latitude: float, longitude: float) -> Body:
    """As text, with the decimals that OCPI asks for (8.4.13)."""
    return {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}
