"""/api/v1/charging_sessions/"""

from collections.abc import Sequence
from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from marshmallow import Schema, fields
from sqlalchemy import ColumnElement, cast, null, select

from domain.changes import Cursor, Source, Stamped
from domain.grades import EnergySource, Grade
from domain.models import Authorization, ChargingSession, ChargingSessionDeletion
from domain.models.columns import LARGEST_BIG_KEY
from domain.privacy import hides_emails, mask_email, masked_email
from domain.scope import visible
from portal.api.export import ExportApi
from portal.api.fields import Moment, Number, Text, Whole
from portal.table.column import Expression
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
        metadata={
            "description": "0 anonymous, 1 RFID, 2 the portal's app, 3 a service",
            "enum": [each.value for each in Authorization],
        }
    )
    id_token = Text(ChargingSession.id_token)
    user_id = Whole(allow_none=True)
    email = Email(ChargingSession.email)
    meter_start_wh = Whole()
    meter_stop_wh = Whole(allow_none=True)
    meter_wh = Whole(metadata={"description": "the meter's value, the last that is certain"})
    energy_wh = Whole(allow_none=True, metadata={"description": "empty while charging"})
    stop_reason = Text(ChargingSession.stop_reason)
    energy_source = Text(
        ChargingSession.energy_source,
        metadata={
            "description": "what tells the energy; empty while charging",
            "enum": [each.value for each in EnergySource],
        },
    )
    grade = Text(
        ChargingSession.grade,
        metadata={
            "description": "how far the energy is known: A and B may be billed without a look; empty while charging",
            "enum": [each.value for each in Grade],
        },
    )
    needs_review = fields.Boolean(metadata={"description": "whether a person should look at it"})
    review_reasons = fields.List(
        fields.String(),
        metadata={"description": "what is odd about this session; a gap between samples alone asks for no review"},
    )
    reviewed_at = Moment(allow_none=True, metadata={"description": "when a person last looked at it"})
    is_corrected = fields.Boolean(metadata={"description": "whether a person put another energy in force"})
    original_energy_wh = Whole(
        allow_none=True, metadata={"description": "where it is corrected: what the station's figures give"}
    )
    original_ended_at = Moment(
        allow_none=True, metadata={"description": "where a person corrected the end: the one that was found"}
    )


class ExportedChargingSessionSchema(ChargingSessionSchema):
    """A charge as it is in a file, or what is left of one that was deleted."""

    deleted_at = Moment(
        allow_none=True,
        metadata={"description": "set where the session was deleted since; then id, start and site are all there is"},
    )


class ChargingSessionApi(ExportApi):
    """Stations write these; here they are read."""

    resource_name = "charging_sessions"
    datamodel = SQLAInterface(ChargingSession)
    schema = ChargingSessionSchema
    export_schema = ExportedChargingSessionSchema
    include_route_methods = {"info", "get_list", "get", "export"}
    largest_key = LARGEST_BIG_KEY

    def offers(self, name: str) -> bool:
        """Who sees e-mails only masked learns nothing from a filter or an order either."""
        return name != "email" or not hides_emails(viewer())

    def sources(self, conditions: Sequence[ColumnElement[bool]], after: Cursor | None) -> list[Source]:
        """Who begins has nothing that could be deleted. A filter cannot be asked about what is no more."""
        sessions = super().sources(conditions, after)
        if after is None:
            return sessions
        deletions = select(ChargingSessionDeletion).where(visible(ChargingSessionDeletion, viewer()))
        return [*sessions, Source(ChargingSessionDeletion, deletions)]

    def exported(self, model: type[Stamped], name: str) -> Expression:
        if model is ChargingSession and name == "email" and hides_emails(viewer()):
            return masked_email(ChargingSession.email)
        column = getattr(model, name, None)
        if column is None:
            return cast(null(), getattr(ChargingSession, name, ChargingSessionDeletion.deleted_at).type)
        return column
