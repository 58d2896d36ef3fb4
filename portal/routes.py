"""Every view of the portal, in one table: nothing registers itself by being imported."""

from flask_appbuilder import AppBuilder

from portal.pages.address import AddressView
from portal.pages.address_code import AddressCodeView
from portal.pages.bulk.view import BulkView
from portal.pages.charging.map import ChargingMapView
from portal.pages.charging.outlet import ChargingOutletView, OutletCodeView
from portal.pages.charging.own import MoreView, OwnSessionsView, OwnTagsView
from portal.pages.charging.view import ChargingView
from portal.pages.charts.view import ChartsView
from portal.pages.choices import ChoiceView
from portal.pages.configuration import ConfigurationView
from portal.pages.control.view import ControlView
from portal.pages.export_schedules import ExportSchedulesView
from portal.pages.exports import ExportsView
from portal.pages.forgotten_password import ForgottenPasswordView
from portal.pages.import_topology import ImportTopologyView
from portal.pages.import_users import ImportUsersView
from portal.pages.live import LiveView
from portal.pages.map import MapView
from portal.pages.news import NewsView
from portal.pages.parameters.view import ParametersView
from portal.pages.positions import PositionsView
from portal.pages.retention import RetentionView
from portal.pages.saved_views import SavedViewView
from portal.pages.search import SearchView
from portal.pages.second_factor import SecondFactorView
from portal.pages.settings.view import SettingsView
from portal.pages.topology import TopologyView
from portal.pages.tree import TreeView
from portal.views.alarm import AlarmHistoryView, AlarmView
from portal.views.alarm_acknowledge import AlarmAcknowledgeView
from portal.views.alarm_rule import AlarmRuleView
from portal.views.audit_entry import AuditEntryView
from portal.views.backup import BackupView
from portal.views.charging_session import ChargingSessionView
from portal.views.charging_session_review import ChargingSessionReviewView
from portal.views.charging_session_review_many import ReviewManyView
from portal.views.command import CommandView
from portal.views.command_batch import CommandBatchView
from portal.views.event import EventView
from portal.views.file_access import FileAccessView
from portal.views.firmware_image import FirmwareImageView
from portal.views.floor import FloorView
from portal.views.floor_plan import FloorPlanView
from portal.views.id_token import IdTokenView
from portal.views.message import MessageView
from portal.views.news import NewsItemView
from portal.views.outlet import OutletView
from portal.views.rollout import RolloutView
from portal.views.service import ServiceView
from portal.views.site import SiteView
from portal.views.station import StationView
from portal.views.station_file import StationFileView
from portal.views.station_password import StationPasswordView
from portal.views.supply_load import SupplyLoadView
from portal.views.system import SystemView
from portal.views.unknown_station import UnknownStationView
from portal.views.user import UserView

VIEWS = (
    ForgottenPasswordView,
    SecondFactorView,
    SearchView,
    ChoiceView,
    SettingsView,
    SavedViewView,
    ExportsView,
    ExportSchedulesView,
    TreeView,
    LiveView,
    ChargingView,
    ChargingMapView,
    ChargingOutletView,
    OutletCodeView,
    OwnSessionsView,
    OwnTagsView,
    MoreView,
    ChartsView,
    ChargingSessionView,
    ChargingSessionReviewView,
    ReviewManyView,
    AlarmView,
    AlarmHistoryView,
    AlarmAcknowledgeView,
    AlarmRuleView,
    EventView,
    MessageView,
    CommandView,
    CommandBatchView,
    AuditEntryView,
    BackupView,
    ConfigurationView,
    AddressCodeView,
    TopologyView,
    ImportTopologyView,
    SystemView,
    RetentionView,
    ServiceView,
    SiteView,
    FloorView,
    FloorPlanView,
    PositionsView,
    AddressView,
    MapView,
    StationView,
    StationPasswordView,
    SupplyLoadView,
    StationFileView,
    FileAccessView,
    FirmwareImageView,
    ControlView,
    BulkView,
    OutletView,
    ParametersView,
    RolloutView,
    IdTokenView,
    UnknownStationView,
    NewsView,
    NewsItemView,
    UserView,
    ImportUsersView,
)


def add_views(builder: AppBuilder) -> None:
    """Register them; the menu is a table of its own (portal/menu.py)."""
    for view in VIEWS:
        builder.add_view_no_menu(view)
