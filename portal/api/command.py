"""/api/v1/commands/, and /api/v1/stations/<pk>/commands, where they are made.

What is asked, and what becomes of it: a program asks once, gets the command with its id, and reads it again to see what
the station answered.
"""

from typing import Any

from flask import Response, url_for
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import permission_name, protect
from marshmallow import Schema, fields
from sqlalchemy import ColumnElement, select

from domain import asking, clock, commands
from domain.models import Action, Command, CommandReason, CommandState, Station
from domain.models.columns import LARGEST_BIG_KEY, LARGEST_KEY
from domain.secret_parameters import without_secrets
from portal.api.base import Api
from portal.api.command_body import asked, json_object, refusing
from portal.api.errors import refuse
from portal.api.fields import Flag, Moment, Text, Whole
from portal.commands import send
from portal.database import database
from portal.viewer import scoped, viewer

FOUND_BY = ("id", "station_id", "site_id", "outlet_id", "user_id", "batch_id", "action", "state", "created_at")
"""The others have no index, and there are many commands."""


class Shown(fields.Raw):
    """Whatever was asked and answered, without the secrets in it."""

    def _serialize(self, value: Any, *args: Any, **options: Any) -> Any:
        return without_secrets(value)


class CommandSchema(Schema):
    """What was asked of a station, and what became of it. It is history: it names things by id."""

    id = Whole(metadata={"example": 1})
    station_id = Whole()
    site_id = Whole(metadata={"description": "where the station stood"})
    outlet_id = Whole(allow_none=True)
    charging_session_id = Whole(allow_none=True)
    user_id = Whole(allow_none=True, metadata={"description": "who asked; null where the portal asked by itself"})
    batch_id = Whole(allow_none=True, metadata={"description": "the command to many stations that it is one of"})
    action = fields.Enum(Action, by_value=fields.String())
    parameters = Shown(metadata={"type": "object", "description": "as they were asked; secrets are masked"})
    waits = Flag(metadata={"description": "whether it waits for a station that is offline"})
    state = fields.Enum(CommandState, by_value=fields.String())
    reason = fields.Enum(CommandReason, by_value=fields.String(), allow_none=True)
    answer = Shown(allow_none=True, metadata={"description": "the station's own, whole, as its version of OCPP has it"})
    outcome = Shown(allow_none=True, metadata={"type": "object", "description": "the answer in the portal's words"})
    progress = Text(Command.progress, metadata={"description": "what the station told since, such as downloading"})
    progress_at = Moment(allow_none=True)
    created_at = Moment()
    sent_at = Moment(allow_none=True)
    answered_at = Moment(allow_none=True)
    deadline_at = Moment(metadata={"description": "until when the next step must come"})


class CommandApi(Api):
    resource_name = "commands"
    datamodel = SQLAInterface(Command)
    schema = CommandSchema
    include_route_methods = {"info", "get_list", "get", "cancel"}
    largest_key = LARGEST_BIG_KEY

    def column(self, name: str) -> ColumnElement[Any] | None:
        return super().column(name) if name in FOUND_BY else None

    @expose("/<int:pk>/cancel", methods=["POST"])
    @protect()
    @permission_name("cancel")
    def cancel(self, pk: int) -> Response:
        """Take it back, if it is not sent yet."""
        command = self.row(pk)
        if not commands.cancel(self.db, command):
            self.db.rollback()
            refuse(409, "It is not queued any more")
        self.db.commit()
        return self._answer(200, command)


class StationCommandApi(BaseApi):
    """Where commands are made."""

    resource_name = "station_commands"
    route_base = "/api/v1/stations"
    allow_browser_login = False

    @expose("/<int:pk>/commands", methods=["POST"])
    @protect()
    @permission_name("post")
    def post(self, pk: int) -> Response:
        wanted = scoped(select(Station).where(Station.id == pk), Station)
        station = (pk <= LARGEST_KEY and database().scalar(wanted)) or refuse(404, "Not found")
        action, parameters, if_offline = asked(json_object())
        with refusing():
            command = asking.ask(database(), station, action, parameters, viewer().user_id, clock.now(), if_offline)
        send(command)
        answer: Response = self.response(202, id=command.id, result=CommandSchema().dump(command))
        answer.headers["Location"] = url_for("CommandApi.get", pk=command.id)
        return answer
