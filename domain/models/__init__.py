"""All models, on the one MetaData that Flask-AppBuilder's tables share."""

from flask_appbuilder import Model

from domain.models.api_key import PersonalApiKey
from domain.models.audit_entry import AuditEntry
from domain.models.charging_session import Authorization, ChargingSession
from domain.models.command import Action, Command, CommandBatch, CommandReason, CommandState, Progress
from domain.models.event import Event
from domain.models.file import FileState, FirmwareImage, StationFile
from domain.models.floor_plan import FloorPlan
from domain.models.id_token import IdToken
from domain.models.local_list import LocalList
from domain.models.map_feed import FeedEvse, FeedLocation
from domain.models.message import Direction, Message, MessageKind
from domain.models.meter_value import MeterValue
from domain.models.news import News, news_read
from domain.models.node import Floor, Site, Station, StationKind, StationPasswordFailure, System, UnknownStation
from domain.models.outlet import Outlet, OutletMode
from domain.models.parameter import ParameterResult, StationParameter
from domain.models.password_reset import PasswordReset
from domain.models.rollout import Rollout, RolloutState, RolloutStation, RolloutStep
from domain.models.service import (
    ChangeKind,
    DeliveryState,
    Service,
    ServiceChange,
    ServiceDelivery,
    ServiceKind,
    ServiceOutletValue,
)
from domain.models.service_charge import FailReason, ServiceCharge, ServiceChargeState
from domain.models.user import PortalUser, site_administrator, site_driver

metadata = Model.metadata

__all__ = [
    "Action",
    "AuditEntry",
    "Authorization",
    "ChangeKind",
    "ChargingSession",
    "Command",
    "CommandBatch",
    "CommandReason",
    "CommandState",
    "DeliveryState",
    "Direction",
    "Event",
    "FailReason",
    "FeedEvse",
    "FeedLocation",
    "FileState",
    "FirmwareImage",
    "Floor",
    "FloorPlan",
    "IdToken",
    "LocalList",
    "Message",
    "MessageKind",
    "MeterValue",
    "News",
    "Outlet",
    "OutletMode",
    "ParameterResult",
    "PasswordReset",
    "PersonalApiKey",
    "PortalUser",
    "Progress",
    "Rollout",
    "RolloutState",
    "RolloutStation",
    "RolloutStep",
    "Service",
    "ServiceChange",
    "ServiceCharge",
    "ServiceChargeState",
    "ServiceDelivery",
    "ServiceKind",
    "ServiceOutletValue",
    "Site",
    "Station",
    "StationFile",
    "StationKind",
    "StationParameter",
    "StationPasswordFailure",
    "System",
    "UnknownStation",
    "metadata",
    "news_read",
    "site_administrator",
    "site_driver",
]
