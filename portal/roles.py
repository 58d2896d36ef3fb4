"""What each role may do, as code: for each view (portal/routes.py, portal/api) the methods that are open to the role.

Which rows it may do it to is told in domain/scope.py. Neither can be changed from outside: Flask-AppBuilder reads
these at every request, and no page or route edits a role.
"""

import re
from collections.abc import Mapping

from domain.models import PortalUser
from domain.roles import RoleName

ALL = ".*"
READ = "can_(list|show|export)"
WRITE = "can_(list|show|export|add|edit|delete)"
API_READ = "can_(get|info)"
API_EXPORT = "can_(get|info|export)"
API_WRITE = "can_(get|info|post|put|delete)"

EVERYONE = {
    "DashboardView|NewsView|SettingsView|SavedViewView|ExportsView|ExportSchedulesView": ALL,
    "ChartsView": ALL,
    "ChargingSessionView": READ,
    "ChargingSessionApi|MeterValueApi": API_EXPORT,
    "CommandApi": API_READ,
    "SwaggerView|OpenApi": ALL,
    # What a sticker's code leads to: the page that the role has of the outlet.
    "OutletCodeView": ALL,
    # One's own; another user's is reset by an administrator.
    "SecondFactorView": "can_(index|set_up|remove)",
}
OPERATORS = EVERYONE | {
    "SearchView|TreeView|LiveView|ConfigurationView": ALL,
    "SystemView": "can_show",
    "EventView|MessageView|AlarmHistoryView": READ,
    "AlarmView|AlarmAcknowledgeView": ALL,
    "ControlView|BulkView|CommandView|CommandBatchView": ALL,
    "FloorView|StationView|OutletView": WRITE,
    "FloorPlanView|PositionsView|AddressView|MapView": ALL,
    "TopologyView|ImportTopologyView|SupplyLoadView|AddressCodeView": ALL,
    "StationPasswordView|StationFileView|FileAccessView": ALL,
    "FirmwareImageView": READ,
    "FirmwareImageApi|AlarmHistoryApi": API_READ,
    "AlarmApi": "can_(get|info|acknowledge)",
    "ParametersView|RolloutView": ALL,
    "ChoiceView": "can_stations",
    "FloorApi|StationApi|OutletApi": API_WRITE,
    "FloorPlanApi": "can_(get|put|delete)",
    "StationCommandApi": "can_post",
    "StationParameterApi": "can_get",
    "OutletServiceApi": "can_(get|put)",
    "CommandApi|CommandBatchApi": "can_(get|info|post|cancel)",
}
"""Those who look after stations."""

RIGHTS: Mapping[RoleName, Mapping[str, str]] = {
    RoleName.ADMINISTRATOR: {ALL: ALL},
    RoleName.SITE_ADMINISTRATOR: OPERATORS
    | {
        "ChargingSessionReviewView|ReviewManyView": ALL,
        # A site is made by an administrator, who then assigns it.
        "SiteView": "can_(list|show|export|edit)",
        "SiteApi": "can_(get|info|put)",
        "UserView": READ,
        "UserApi": API_READ,
    },
    RoleName.SUPPORT: OPERATORS
    | {
        # What an energy is to be is decided by those who answer for it.
        "ChargingSessionReviewView": READ,
        "SystemView": "can_(show|edit)",
        "SiteView": WRITE,
        "SiteApi": API_WRITE,
        "UnknownStationView": "can_(list|export|adopt|delete)",
        "FirmwareImageView": WRITE,
        "FirmwareImageApi": API_WRITE,
    },
    RoleName.EV_USER: EVERYONE
    | {
        "ChargingView|ChargingOutletView|ChargingMapView": ALL,
        "OwnSessionsView|OwnTagsView|MoreView": ALL,
        # Of what is their own; see portal/live.py.
        "LiveView": ALL,
        "IdTokenView": READ,
        "IdTokenApi": API_READ,
    },
}

BUILT_IN_ROLES = {
    # Anchored at both ends: Flask-AppBuilder only looks whether a pattern matches at the beginning.
    role.value: [[f"^({views})$", f"^({methods})$"] for views, methods in rights.items()]
    for role, rights in RIGHTS.items()
}
"""The rights as Flask-AppBuilder takes them."""


def allows(role: RoleName, view: str, method: str) -> bool:
    """Whether a role has a right, where nobody is signed in, such as in a job."""
    return any(re.fullmatch(views, view) and re.fullmatch(methods, method) for views, methods in RIGHTS[role].items())


def may_sign_in(user: PortalUser) -> bool:
    """Whether the portal has anything for this person: one with a role."""
    return user.role is not None
