"""/api/v1/charging_sessions/"""

from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from marshmallow import Schema, fields

from domain.models import Authorization, ChargingSession
from domain.models.columns import LARGEST_BIG_KEY
from domain.privacy import hides_emails, mask_email
from portal.api.base import Api
from portal.api.fields import Moment, Number, Text, Whole
from portal.viewer import viewer


class Email(Text):
    """A driver's e-mail; masked for those who see e-mails only so."""

    def _serialize(self, value: str | None, *args: Any, **options: Any) -> str | None:
        return super()._serialize(mask_email(value) if hides_emails(viewer()) else value, *args, **options)


class ChargingSessionSchema(Schema):
    """One charge, from start to the cable's removal. It is history: it names nodes as they were."""

    id = Whole(metadata={"example": 1})
    started_at = Moment()
    stopped_at = Moment(allow_none=True, metadata={"description": "when the energy stopped"})
    ended_at = Moment(allow_none=True, metadata={"description": "when the cable left the car, if the station tells"})
    duration_seconds = Number(allow_none=True)
    logged_at = Moment(metadata={"description": "when the portal was told"})
    node_id = Whole(metadata={"description": "the station's id"})
    site_id = Whole()
    floor_id = Whole(allow_none=True)
    outlet_id = Whole()
    site_name = Text(ChargingSession.site_name)
    station_name = Text(ChargingSession.station_name)
    outlet_number = Whole()
    authorization = Whole(
        metadata={"description": "0 anonymous, 1 RFID, 3 a service", "enum": [each.value for each in Authorization]}
    )
    id_token = Text(ChargingSession.id_token)
    user_id = Whole(allow_none=True)
    email = Email(ChargingSession.email)
    meter_start_wh = Whole()
    meter_stop_wh = Whole(allow_none=True)
    meter_wh = Whole(metadata={"description": "the meter's value, the last that is certain"})
    energy_wh = Whole(allow_none=True, metadata={"description": "empty while charging"})
    stop_reason = Text(ChargingSession.stop_reason)
    review_reasons = fields.List(fields.String(), metadata={"description": "why a person should look at this session"})


class ChargingSessionApi(Api):
    """Stations write these; here they are read."""

    resource_name = "charging_sessions"
    datamodel = SQLAInterface(ChargingSession)
    schema = ChargingSessionSchema
    include_route_methods = {"info", "get_list", "get"}
    largest_key = LARGEST_BIG_KEY

    def offers(self, name: str) -> bool:
        """Who sees e-mails only masked learns nothing from a filter or an order either."""
        return name != "email" or not hides_emails(viewer())
