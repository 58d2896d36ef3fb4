"""Every view of the portal, in one table: nothing registers itself by being imported."""

from flask_appbuilder import AppBuilder

from portal.pages.configuration import ConfigurationView
from portal.pages.search import SearchView
from portal.pages.tree import TreeView
from portal.views.charging_session import ChargingSessionView
from portal.views.floor import FloorView
from portal.views.id_token import IdTokenView
from portal.views.outlet import OutletView
from portal.views.site import SiteView
from portal.views.station import StationView
from portal.views.system import SystemView
from portal.views.unknown_station import UnknownStationView

VIEWS = (
    SearchView,
    TreeView,
    ChargingSessionView,
    ConfigurationView,
    SystemView,
    SiteView,
    FloorView,
    StationView,
    OutletView,
    IdTokenView,
    UnknownStationView,
)


def add_views(builder: AppBuilder) -> None:
    """Register them; the menu is a table of its own (portal/menu.py)."""
    for view in VIEWS:
        builder.add_view_no_menu(view)
