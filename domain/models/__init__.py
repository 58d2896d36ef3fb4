"""All models, on the one MetaData that Flask-AppBuilder's tables share."""

from flask_appbuilder import Model

from domain.models.charging_session import Authorization, ChargingSession
from domain.models.event import Event
from domain.models.id_token import IdToken
from domain.models.meter_value import MeterValue
from domain.models.node import Floor, Site, Station, StationKind, System, UnknownStation
from domain.models.outlet import Outlet, OutletMode
from domain.models.user import PortalUser

metadata = Model.metadata

__all__ = [
    "Authorization",
    "ChargingSession",
    "Event",
    "Floor",
    "IdToken",
    "MeterValue",
    "Outlet",
    "OutletMode",
    "PortalUser",
    "Site",
    "Station",
    "StationKind",
    "System",
    "UnknownStation",
    "metadata",
]
