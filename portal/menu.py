"""The functions at the left, in one table: what they are called, where they lead, which pages belong to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import lazy_gettext, lazy_pgettext
from flask_babel.speaklater import LazyString
from flask_login import current_user

from domain.models import StationKind
from domain.nodes import Node, NodeKind, kind_of
from domain.roles import RoleName
from portal.node import node_url, selected
from portal.viewer import may


@dataclass(frozen=True)
class Entry:
    """One line; `views` are the classes whose pages belong to it, the first one's `permission` opens it."""

    label: LazyString
    endpoint: str
    views: tuple[str, ...]
    permission: str = "can_list"
    only: RoleName | None = None
    """The one role that finds it here, though others may open it."""
    levels: tuple[NodeKind, ...] = tuple(NodeKind)
    """Where the selected node must stand for a tab to be shown."""
    of: StationKind | None = None
    """The one kind of station that has it."""
    kept: tuple[str, ...] = ()
    """The parameters of its address that hold for whichever node is selected."""
    counts_alarms: bool = False
    """Whether it tells how many alarms wait for somebody."""

    @property
    def url(self) -> str:
        return node_url(self.endpoint)

    @property
    def is_current(self) -> bool:
        return request.blueprint in self.views

    @property
    def is_current_tab(self) -> bool:
        """As `is_current`, but the page of a node is General, whichever list it stands in."""
        is_node_page = request.endpoint in NODE_PAGES or request.blueprint == "ConfigurationView"
        return is_node_page if self is CONFIGURATION_TABS[0] else self.is_current and not is_node_page

    def is_for(self, node: Node) -> bool:
        return kind_of(node) in self.levels and self.of in (None, getattr(node, "kind", None))

    @property
    def is_allowed(self) -> bool:
        if self.only is not None and self.only is not current_user.role:
            return False
        return may(self.permission, self.views[0])


NODE_VIEWS = ("SystemView", "SiteView", "FloorView", "StationView", "OutletView")
NODE_PAGES = (
    *(f"{view}.{page}" for view in NODE_VIEWS for page in ("show", "edit")),
    *(f"StationPasswordView.{page}" for page in ("index", "set", "make")),
    "AddressCodeView.show",
)

SYSTEM = (NodeKind.SYSTEM,)
ABOVE_STATIONS = (NodeKind.SYSTEM, NodeKind.SITE, NodeKind.FLOOR)
FLOOR = (NodeKind.FLOOR,)
STATION = (NodeKind.STATION,)

CONFIGURATION_TABS = (
    Entry(
        lazy_gettext("General"),
        "ConfigurationView.index",
        ("ConfigurationView", "SystemView", "StationPasswordView", "AddressCodeView"),
        "can_index",
    ),
    Entry(
        lazy_gettext("Address"), "AddressView.index", ("AddressView",), "can_index", levels=(NodeKind.SITE, *STATION)
    ),
    Entry(lazy_gettext("Map"), "MapView.index", ("MapView",), "can_index", levels=(NodeKind.SYSTEM, NodeKind.SITE)),
    Entry(lazy_gettext("Station positions"), "PositionsView.index", ("PositionsView",), "can_index", levels=FLOOR),
    Entry(lazy_gettext("Services"), "ServiceView.list", ("ServiceView",), levels=SYSTEM),
    Entry(
        lazy_gettext("Topology"),
        "TopologyView.index",
        ("TopologyView", "ImportTopologyView"),
        "can_index",
        levels=ABOVE_STATIONS,
    ),
    Entry(lazy_gettext("Control"), "ControlView.index", ("ControlView", "BulkView"), "can_index"),
    Entry(lazy_gettext("OCPP"), "ParametersView.index", ("ParametersView", "RolloutView"), "can_index", levels=STATION),
    Entry(
        lazy_gettext("Load"),
        "SupplyLoadView.index",
        ("SupplyLoadView",),
        "can_index",
        levels=STATION,
        of=StationKind.SUPPLY_CONTROLLER,
    ),
    Entry(lazy_gettext("Messages"), "MessageView.list", ("MessageView",), levels=STATION),
    Entry(lazy_gettext("Files"), "StationFileView.list", ("StationFileView", "FileAccessView"), levels=STATION),
    Entry(lazy_gettext("Sites"), "SiteView.list", ("SiteView",), levels=SYSTEM),
    Entry(lazy_gettext("Floors"), "FloorView.list", ("FloorView",), levels=ABOVE_STATIONS[:2]),
    Entry(lazy_gettext("Stations"), "StationView.list", ("StationView",), levels=ABOVE_STATIONS),
    Entry(lazy_gettext("Outlets"), "OutletView.list", ("OutletView",), levels=(*ABOVE_STATIONS, *STATION)),
    Entry(lazy_gettext("Rules of alarms"), "AlarmRuleView.list", ("AlarmRuleView",), levels=SYSTEM),
    Entry(lazy_gettext("Firmware"), "FirmwareImageView.list", ("FirmwareImageView",), levels=SYSTEM),
    Entry(lazy_gettext("Unknown stations"), "UnknownStationView.list", ("UnknownStationView",), levels=SYSTEM),
    Entry(lazy_gettext("Retention"), "RetentionView.index", ("RetentionView",), "can_index", levels=SYSTEM),
)
CHARGING_TABS = (
    Entry(
        lazy_pgettext("driver", "Map"),
        "ChargingMapView.index",
        ("ChargingMapView",),
        "can_index",
        only=RoleName.EV_USER,
    ),
    Entry(
        lazy_pgettext("driver", "Charge"),
        "ChargingView.index",
        ("ChargingView", "ChargingOutletView"),
        "can_index",
        only=RoleName.EV_USER,
    ),
    Entry(lazy_gettext("Sessions"), "OwnSessionsView.index", ("OwnSessionsView",), "can_index", only=RoleName.EV_USER),
    Entry(lazy_gettext("Tags"), "OwnTagsView.index", ("OwnTagsView",), "can_index", only=RoleName.EV_USER),
    Entry(lazy_pgettext("driver", "More"), "MoreView.index", ("MoreView",), "can_index", only=RoleName.EV_USER),
)
"""At the bottom of a phone, and above the page elsewhere."""
STATISTICS_TABS = (
    Entry(lazy_gettext("Statistics"), "ChargingSessionView.list", ("ChargingSessionView",)),
    Entry(lazy_gettext("Review"), "ChargingSessionReviewView.list", ("ChargingSessionReviewView",)),
)
USERS_TABS = (
    Entry(lazy_gettext("Users"), "UserView.list", ("UserView", "ImportUsersView")),
    Entry(lazy_gettext("ID tokens"), "IdTokenView.list", ("IdTokenView",)),
    Entry(lazy_gettext("News"), "NewsItemView.list", ("NewsItemView",)),
)
SERVICE_TABS = (
    Entry(lazy_gettext("Active alarms"), "AlarmView.list", ("AlarmView", "AlarmAcknowledgeView")),
    Entry(lazy_gettext("Alarm history"), "AlarmHistoryView.list", ("AlarmHistoryView",)),
    Entry(lazy_gettext("Event log"), "EventView.list", ("EventView",)),
    Entry(lazy_gettext("Commands"), "CommandView.list", ("CommandView", "CommandBatchView")),
    Entry(lazy_gettext("Audit log"), "AuditEntryView.list", ("AuditEntryView",)),
    Entry(lazy_gettext("Backups"), "BackupView.list", ("BackupView",), levels=SYSTEM),
)
TABS = (CHARGING_TABS, STATISTICS_TABS, USERS_TABS, SERVICE_TABS, CONFIGURATION_TABS)
TAB_ENDPOINTS = {tab.endpoint for tabs in TABS for tab in tabs}

FUNCTIONS = (
    Entry(
        lazy_gettext("My charging"),
        "ChargingView.index",
        ("ChargingView", *(view for tab in CHARGING_TABS for view in tab.views)),
        "can_index",
        only=RoleName.EV_USER,
    ),
    Entry(lazy_gettext("Dashboard"), "DashboardView.index", ("DashboardView",), "can_index"),
    Entry(
        lazy_gettext("Charts"),
        "ChartsView.index",
        ("ChartsView",),
        "can_index",
        kept=("chart", "unit", "first", "last", "by", "compare"),
    ),
    Entry(
        lazy_gettext("Statistics"),
        "ChargingSessionView.list",
        tuple(view for tab in STATISTICS_TABS for view in tab.views),
    ),
    Entry(lazy_pgettext("menu", "Users"), "UserView.list", tuple(view for tab in USERS_TABS for view in tab.views)),
    # For those who have no other page of Users.
    Entry(lazy_gettext("ID tokens"), "IdTokenView.list", ("IdTokenView",)),
    Entry(
        lazy_gettext("Service"),
        "AlarmView.list",
        tuple(view for tab in SERVICE_TABS for view in tab.views),
        counts_alarms=True,
    ),
    Entry(
        lazy_gettext("Configuration"),
        "ConfigurationView.index",
        tuple(view for tab in CONFIGURATION_TABS for view in tab.views),
        "can_index",
    ),
)


def functions() -> Iterator[Entry]:
    """Those that the user may open; what is a tab of one stands there only."""
    within: set[str] = set()
    for entry in FUNCTIONS:
        if entry.is_allowed and entry.views[0] not in within:
            within.update(entry.views)
            yield entry


def dock() -> list[Entry]:
    """What stands at the bottom of a phone: for drivers, and for nobody else."""
    return [tab for tab in CHARGING_TABS if tab.is_allowed]


def tabs() -> list[Entry]:
    """The pages of the open function that the user may open, if they are several."""
    of_function = next((tabs for tabs in TABS if any(tab.is_current for tab in tabs)), ())
    allowed = [tab for tab in of_function if (tab.is_for(selected()) or tab.is_current_tab) and tab.is_allowed]
    return allowed if len(allowed) > 1 else []


def function_url() -> str:
    """Where a click in the navigator leads, to be followed by a node's key: the function one is in, for another node;
    else its configuration."""
    entry = next((entry for entry in FUNCTIONS[2:] if entry.is_current), FUNCTIONS[-1])
    is_of_nodes = request.endpoint and (request.endpoint.endswith(".list") or request.endpoint in TAB_ENDPOINTS)
    path = request.path if is_of_nodes else url_for(entry.endpoint)
    kept = [(name, value) for name in entry.kept if (value := request.args.get(name))]
    return f"{path}?{urlencode([*kept, ('node', '')])}"
