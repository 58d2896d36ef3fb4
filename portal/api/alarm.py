"""/api/v1/alarms/, where they are acknowledged too, and /api/v1/alarm_history/."""

from typing import Any

from apispec import APISpec
from flask import Response
from flask_appbuilder.api import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import permission_name, protect
from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Query

from domain import clock
from domain.alarms import acknowledging
from domain.alarms.acknowledging import SHOWN, Word
from domain.models import Alarm, AlarmHistory, AlarmKind
from domain.models.columns import LARGEST_BIG_KEY
from domain.writing import is_writable
from portal.api.base import Api
from portal.api.body import json_body
from portal.api.errors import refuse
from portal.api.fields import Moment, Text, Whole
from portal.api.openapi_parts import answers, as_json, key_in_path, reference
from portal.viewer import viewer

LONGEST_NOTE = 2000
FOUND_BY = ("id", "cleared_at", "raised_at", "site_id", "station_id")
"""The others have no index, and there is much history."""


class AlarmSchema(Schema):
    """Something that is wrong now. Alarms come and go by themselves; people acknowledge them."""

    id = Whole(metadata={"example": 1})
    kind = fields.Enum(AlarmKind, by_value=fields.String())
    site_id = Whole(allow_none=True, metadata={"description": "null where it is of the portal itself"})
    site_name = Text(Alarm.site_name)
    station_id = Whole(allow_none=True, metadata={"description": "null where it is of a whole site, or of none"})
    station_name = Text(Alarm.station_name)
    outlet_number = Whole(metadata={"description": "0 is the station as a whole"})
    error_code = Text(Alarm.error_code, metadata={"description": "as the station said it, as are the next two"})
    vendor_error_code = Text(Alarm.vendor_error_code)
    info = Text(Alarm.info)
    raised_at = Moment()
    times_raised = Whole(metadata={"description": "it may come and go many times, and stays one alarm"})
    calm_since = Moment(
        allow_none=True, metadata={"description": "since when its cause is gone; a minute later it ends"}
    )
    parent_id = Whole(allow_none=True, metadata={"description": "the alarm of its site that it is gathered under"})
    acknowledged_at = Moment(allow_none=True)
    acknowledged_by_id = Whole(allow_none=True)


class AlarmHistorySchema(AlarmSchema):
    """An alarm that is over. It is history: it names nodes as they were."""

    class Meta:
        exclude = ("calm_since",)

    cleared_at = Moment()


class NoteSchema(Schema):
    """What is said with an acknowledgement."""

    note = fields.String(load_default="", validate=validate.Length(max=LONGEST_NOTE))


class AlarmApi(Api):
    resource_name = "alarms"
    datamodel = SQLAInterface(Alarm)
    schema = AlarmSchema
    include_route_methods = {"info", "get_list", "get", "acknowledge"}
    largest_key = LARGEST_BIG_KEY

    def rows(self) -> Query[Any]:
        return super().rows().filter(SHOWN)

    @expose("/<int:pk>/acknowledge", methods=["POST"])
    @protect()
    @permission_name("acknowledge")
    def acknowledge(self, pk: int) -> Response:
        """Say that one knows of it; again adds another note."""
        alarm = self.row(pk, for_update=True)
        word = Word(viewer().user_id, clock.now(), _note())
        acknowledging.acknowledge(self.db, [alarm], word)
        self.db.commit()
        return self._answer(200, alarm)


class AlarmHistoryApi(Api):
    resource_name = "alarm_history"
    datamodel = SQLAInterface(AlarmHistory)
    schema = AlarmHistorySchema
    include_route_methods = {"info", "get_list", "get"}
    largest_key = LARGEST_BIG_KEY

    def column(self, name: str) -> ColumnElement[Any] | None:
        return super().column(name) if name in FOUND_BY else None


def _note() -> str:
    try:
        note: str = NoteSchema().load(json_body())["note"]
    except ValidationError as error:
        refuse(422, error.messages_dict)
    if not is_writable(note, lines=True):
        refuse(422, {"note": ["Contains a character that cannot be stored."]})
    return note


def describe(spec: APISpec) -> None:
    """Add the acknowledgement to the document."""
    spec.components.schema("AlarmNote", schema=NoteSchema)
    spec.path(
        "/api/v1/alarms/{pk}/acknowledge",
        operations={
            "post": {
                "tags": ["alarms"],
                "operationId": "alarms.acknowledge",
                "summary": "Say that one knows of it",
                "parameters": [key_in_path()],
                "requestBody": {"required": True, "content": as_json(reference("schemas", "AlarmNote"))},
                "responses": answers(
                    200, "It is acknowledged", reference("schemas", "Alarm"), 400, 401, 403, 404, 413, 422
                ),
            }
        },
    )
