"""/api/v1/outlets/"""

from flask_appbuilder.models.sqla.interface import SQLAInterface
from marshmallow import Schema, fields

from domain import nodes
from domain.models import Outlet, OutletMode, Station
from domain.outlets import MOST_CURRENT_A
from domain.statuses import OutletStatus
from portal.api.base import Api
from portal.api.fields import Key, Moment, Text, Whole

LARGEST_NUMBER = 2**15 - 1
"""What a charging session's outlet number holds."""


class OutletSchema(Schema):
    """What one car plugs into. Outlets appear by themselves when their station first speaks of them."""

    id = Whole(dump_only=True, metadata={"example": 1})
    station = Key(Station, attribute="station_id", required=True, metadata={"example": 1})
    number = Whole(1, LARGEST_NUMBER, required=True, metadata={"example": 1, "description": "as the station counts"})
    uuid = fields.UUID(dump_only=True)
    connector_type = Text(Outlet.connector_type, metadata={"example": "Type 2"})
    parking = Text(Outlet.parking, metadata={"example": "P-17"})
    max_current_a = Whole(
        1, MOST_CURRENT_A, allow_none=True, metadata={"example": 32, "description": "amperes on each phase"}
    )
    mode = fields.Enum(
        OutletMode, by_value=fields.String(), metadata={"description": "who may charge: everyone, or whom a tag admits"}
    )
    status = fields.Enum(OutletStatus, by_value=fields.String(), dump_only=True, allow_none=True)
    error_code = Text(Outlet.error_code, dump_only=True)
    vendor_error_code = Text(Outlet.vendor_error_code, dump_only=True)
    status_info = Text(Outlet.status_info, dump_only=True)
    status_at = Moment(dump_only=True, allow_none=True)


class OutletApi(Api):
    resource_name = "outlets"
    datamodel = SQLAInterface(Outlet)
    schema = OutletSchema
    fixed = ("station",)
    broken_rules = {
        "uq_outlet_station_id_number": ("number", "Another outlet of the station has this number."),
        "outlet_station_id_fkey": ("station", "The station is gone."),
    }

    def remove(self, item: Outlet) -> None:
        nodes.delete(self.db, item)
