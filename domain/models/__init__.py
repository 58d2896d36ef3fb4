"""All models, on the one MetaData that Flask-AppBuilder's tables share."""

from flask_appbuilder import Model

from domain.models.alarm import Alarm, AlarmHistory, AlarmKind, AlarmRemark, AlarmRule
from domain.models.alarm_mail import AlarmDigestDay, AlarmMail, AlarmMailKind, AlarmMailState
from domain.models.api_key import PersonalApiKey
from domain.models.audit_entry import AuditEntry
from domain.models.backup import Backup, BackupState
from domain.models.charging_rollup import WHOLE_SYSTEM, ChargingChange, ChargingMonth, ChargingQuarter
from domain.models.charging_session import Authorization, ChargingSession
from domain.models.charging_session_deletion import ChargingSessionDeletion
from domain.models.charging_session_review import ChargingSessionReview, Verdict
from domain.models.command import Action, Command, CommandBatch, CommandReason, CommandState, Progress
from domain.models.erasure import Erasure
from domain.models.event import Event
from domain.models.export import (
    ExportEvery,
    ExportFault,
    ExportFile,
    ExportSchedule,
    ExportState,
    ExportTarget,
)
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
from domain.models.outlet_state import DOWN_OR_UP, OutletStateChange, OutletStateNote, StateMonth, StateQuarter
from domain.models.parameter import ParameterResult, StationParameter
from domain.models.password_reset import PasswordReset
from domain.models.retention import Kept, Retention
from domain.models.rollout import Rollout, RolloutState, RolloutStation, RolloutStep
from domain.models.saved_view import SavedView
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
    "DOWN_OR_UP",
    "WHOLE_SYSTEM",
    "Action",
    "Alarm",
    "AlarmDigestDay",
    "AlarmHistory",
    "AlarmKind",
    "AlarmMail",
    "AlarmMailKind",
    "AlarmMailState",
    "AlarmRemark",
    "AlarmRule",
    "AuditEntry",
    "Authorization",
    "Backup",
    "BackupState",
    "ChangeKind",
    "ChargingChange",
    "ChargingMonth",
    "ChargingQuarter",
    "ChargingSession",
    "ChargingSessionDeletion",
    "ChargingSessionReview",
    "Command",
    "CommandBatch",
    "CommandReason",
    "CommandState",
    "DeliveryState",
    "Direction",
    "Erasure",
    "Event",
    "ExportEvery",
    "ExportFault",
    "ExportFile",
    "ExportSchedule",
    "ExportState",
    "ExportTarget",
    "FailReason",
    "FeedEvse",
    "FeedLocation",
    "FileState",
    "FirmwareImage",
    "Floor",
    "FloorPlan",
    "IdToken",
    "Kept",
    "LocalList",
    "Message",
    "MessageKind",
    "MeterValue",
    "News",
    "Outlet",
    "OutletMode",
    "OutletStateChange",
    "OutletStateNote",
    "ParameterResult",
    "PasswordReset",
    "PersonalApiKey",
    "PortalUser",
    "Progress",
    "Retention",
    "Rollout",
    "RolloutState",
    "RolloutStation",
    "RolloutStep",
    "SavedView",
    "Service",
    "ServiceChange",
    "ServiceCharge",
    "ServiceChargeState",
    "ServiceDelivery",
    "ServiceKind",
    "ServiceOutletValue",
    "Site",
    "StateMonth",
    "StateQuarter",
    "Station",
    "StationFile",
    "StationKind",
    "StationParameter",
    "StationPasswordFailure",
    "System",
    "UnknownStation",
    "Verdict",
    "metadata",
    "news_read",
    "site_administrator",
    "site_driver",
]
