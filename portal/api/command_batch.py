"""/api/v1/command_batches/: one command for many stations."""

from typing import Any

from flask import Response, url_for
from flask_appbuilder.api import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import permission_name, protect
from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import select

from domain import batches, clock, nodes
from domain.addressees import among
from domain.models import Action, CommandBatch, Station
from domain.models.columns import LARGEST_BIG_KEY, LARGEST_KEY
from portal import node
from portal.api.base import Api
from portal.api.command import Shown
from portal.api.command_body import asked, json_object, refusing
from portal.api.errors import refuse
from portal.api.fields import Flag, Moment, Whole
from portal.commands import send_batch
from portal.viewer import scoped, viewer

MOST_STATIONS = 5000
"""That are named one by one; below a node there may be more."""
STATIONS = fields.List(Whole(1, LARGEST_KEY), validate=validate.Length(1, MOST_STATIONS))


class CommandBatchSchema(Schema):
    """One command to many stations: each has a command of its own, with the `batch_id` of this."""

    id = Whole(metadata={"example": 1})
    created_at = Moment()
    user_id = Whole(allow_none=True)
    action = fields.Enum(Action, by_value=fields.String())
    parameters = Shown(metadata={"type": "object", "description": "as they were asked; secrets are masked"})
    waits = Flag()
    stations = Whole(metadata={"description": "how many it was made for"})
    cancelled_at = Moment(allow_none=True)


class WholeBatchSchema(CommandBatchSchema):
    """The same with what became of it so far."""

    counts = fields.Dict(
        fields.String(),
        Whole(),
        metadata={"description": "its commands by state, in the answer to one batch only", "example": {"queued": 7}},
    )


class CommandBatchApi(Api):
    resource_name = "command_batches"
    datamodel = SQLAInterface(CommandBatch)
    schema = CommandBatchSchema
    include_route_methods = {"info", "get_list", "get", "make", "cancel"}
    largest_key = LARGEST_BIG_KEY

    def __init__(self) -> None:
        super().__init__()
        self.show_model_schema = WholeBatchSchema()
        self.search_columns = self.order_columns = ["id", "user_id", "created_at", "action"]

    @expose("/", methods=["POST"])
    @protect()
    @permission_name("post")
    def make(self) -> Response:
        body = json_object()
        station_ids = self._station_ids(body)
        action, parameters, if_offline = asked(body)
        with refusing():
            user_id, now = viewer().user_id, clock.now()
            batch = batches.make(self.db, action, parameters, station_ids, user_id, now, if_offline)
        send_batch(batch)
        answer = self._answer(202, batch)
        answer.headers["Location"] = url_for("CommandBatchApi.get", pk=batch.id)
        return answer

    def _station_ids(self, body: dict[str, Any]) -> list[int]:
        """Those that are named in the body, which keeps the rest; each must be one that this user may see."""
        named, key = body.pop("stations", None), body.pop("node", None)
        if (named is None) == (key is None):
            refuse(422, {"stations": ["Either stations or node is needed, and not both."]})
        if named is None:
            return self._below(key)
        try:
            wanted: list[int] = STATIONS.deserialize(named)
        except ValidationError as error:
            refuse(422, {"stations": error.messages})
        found = set(self.db.scalars(scoped(select(Station.id).where(among(Station.id, wanted)), Station)))
        if missing := [station_id for station_id in wanted if station_id not in found]:
            refuse(422, {"stations": [f"There is no station {missing[0]}."]})
        return sorted(found)

    def _below(self, key: Any) -> list[int]:
        there = node.find(key) if isinstance(key, str) else None
        if there is None:
            refuse(422, {"node": ["There is no such node; write system, site-1, floor-1 or station-1."]})
        below = select(Station.id).where(nodes.stations_below(there))
        found = list(self.db.scalars(scoped(below, Station)))
        return found or refuse(422, {"node": ["No station stands there."]})

    @expose("/<int:pk>/cancel", methods=["POST"])
    @protect()
    @permission_name("cancel")
    def cancel(self, pk: int) -> Response:
        """Take back what is not sent yet."""
        batch = self.row(pk, for_update=True)
        batches.cancel(self.db, batch, clock.now())
        self.db.commit()
        return self._answer(200, batch)

    def _answer(self, status: int, item: CommandBatch) -> Response:
        result = self.show_model_schema.dump(item) | {"counts": batches.counts(self.db, item.id)}
        return self.response(status, id=item.id, result=result)
