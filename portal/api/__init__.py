"""The REST API: one visible table of what it offers.

The modules speak JSON with programs; they sign in with a token and never with a browser's cookie, so that no other
site's page can act through somebody's browser.
"""

from flask import Flask
from flask_appbuilder import AppBuilder

from portal.api import errors
from portal.api.alarm import AlarmApi, AlarmHistoryApi
from portal.api.body import JsonProvider
from portal.api.charging_session import ChargingSessionApi
from portal.api.command import CommandApi, StationCommandApi
from portal.api.command_batch import CommandBatchApi
from portal.api.firmware_image import FirmwareImageApi
from portal.api.floor import FloorApi
from portal.api.floor_plan import FloorPlanApi
from portal.api.id_token import IdTokenApi
from portal.api.meter_value import MeterValueApi
from portal.api.openapi import OpenApi, SwaggerView
from portal.api.outlet import OutletApi
from portal.api.outlet_service import OutletServiceApi
from portal.api.parameter import StationParameterApi
from portal.api.site import SiteApi
from portal.api.station import StationApi
from portal.api.user import UserApi

RESOURCES = (
    SiteApi,
    FloorApi,
    StationApi,
    OutletApi,
    ChargingSessionApi,
    MeterValueApi,
    IdTokenApi,
    UserApi,
    CommandApi,
    CommandBatchApi,
    FirmwareImageApi,
    AlarmApi,
    AlarmHistoryApi,
)

CONFIGURATION = {
    # Of Flask-AppBuilder's own: neither its menu for programs, nor its document, which knows not what we answer.
    "FAB_ADD_MENU_API": False,
    "FAB_ADD_OPENAPI_VIEWS": False,
}


def init_app(app: Flask, appbuilder: AppBuilder) -> None:
    """Once Flask-AppBuilder is set up on `app`."""
    app.json = JsonProvider(app)
    errors.init_app(app)
    for resource in RESOURCES:
        appbuilder.add_api(resource)
    appbuilder.add_api(StationCommandApi)
    appbuilder.add_api(StationParameterApi)
    appbuilder.add_api(OutletServiceApi)
    appbuilder.add_api(FloorPlanApi)
    appbuilder.add_api(OpenApi)
    appbuilder.add_view_no_menu(SwaggerView)
