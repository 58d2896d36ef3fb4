"""/api/v1/stations/<pk>/parameters: what a station told of its configuration keys.

They are changed by the command change_configuration, and read anew by get_configuration.
"""

from apispec import APISpec
from flask import Response
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.security.decorators import permission_name, protect
from marshmallow import Schema, fields
from sqlalchemy import func, select

from domain.models import ParameterResult, Station, StationParameter
from domain.models.columns import LARGEST_KEY
from portal.api.errors import refuse
from portal.api.fields import Flag, Moment, Text, Whole
from portal.api.openapi_parts import answers, key_in_path, object_of, reference
from portal.database import database
from portal.viewer import scoped


class StationParameterSchema(Schema):
    """One parameter, as the station told it, and what became of its last change. A secret is masked."""

    key = Text(StationParameter.key, metadata={"example": "HeartbeatInterval"})
    value = Text(StationParameter.value, allow_none=True, metadata={"example": "300"})
    is_readonly = Flag()
    read_at = Moment(allow_none=True, metadata={"description": "null: the station took it once and does not list it"})
    asked_value = Text(StationParameter.asked_value, allow_none=True)
    asked_at = Moment(allow_none=True)
    result = fields.Enum(
        ParameterResult, by_value=fields.String(), allow_none=True, metadata={"description": "the station's answer"}
    )
    command_id = Whole(allow_none=True, metadata={"description": "the command of the last change"})


class StationParameterApi(BaseApi):
    resource_name = "station_parameters"
    route_base = "/api/v1/stations"
    allow_browser_login = False

    @expose("/<int:pk>/parameters", methods=["GET"])
    @protect()
    @permission_name("get")
    def get(self, pk: int) -> Response:
        wanted = scoped(select(Station.id), Station).where(Station.id == pk)
        if pk > LARGEST_KEY or database().scalar(wanted) is None:
            refuse(404, "Not found")
        rows = database().scalars(
            scoped(select(StationParameter), StationParameter)
            .where(StationParameter.station_id == pk)
            .order_by(func.lower(StationParameter.key))
        )
        result = StationParameterSchema().dump(rows, many=True)
        answer: Response = self.response(200, count=len(result), result=result)
        return answer


def describe(spec: APISpec) -> None:
    spec.components.schema("StationParameter", schema=StationParameterSchema)
    whole = object_of(
        count={"type": "integer"},
        result={"type": "array", "items": reference("schemas", "StationParameter")},
    )
    operation = {
        "tags": ["stations"],
        "operationId": "stations.parameters",
        "summary": "The parameters of a station, as it told them",
        "responses": answers(200, "All of them, by key", whole, 401, 403, 404),
    }
    spec.path("/api/v1/stations/{pk}/parameters", operations={"get": operation}, parameters=[key_in_path()])
