"""/api/v1/outlets/<pk>/services: what an outlet is called at services."""

from typing import Any

from apispec import APISpec
from flask import Response
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.security.decorators import permission_name, protect
from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from domain.models import Outlet, ServiceKind, ServiceOutletValue
from domain.models.columns import LARGEST_KEY
from domain.services import outlet_values
from domain.services.outlet_values import OutletValueError
from portal.api.body import json_body
from portal.api.errors import refuse
from portal.api.fields import Text, Whole
from portal.api.openapi_parts import answers, as_json, key_in_path, object_of, reference
from portal.database import database
from portal.viewer import scoped

MOST_VALUES = 100
GONE = "The service or the outlet is gone, or somebody else set the same value at this moment."


class OutletValueSchema(Schema):
    """What an outlet is called at a service."""

    service = Whole(1, LARGEST_KEY, required=True, metadata={"example": 1})
    service_name = fields.String(dump_only=True, metadata={"example": "NOBIL"})
    kind = fields.Enum(ServiceKind, by_value=fields.String(), dump_only=True)
    name = Text(ServiceOutletValue.name, required=True, metadata={"example": "evse_uid"})
    value = Text(ServiceOutletValue.value, required=True, metadata={"description": "empty for none"})


class OutletValuesSchema(Schema):
    """Those to set; others stay."""

    values = fields.List(fields.Nested(OutletValueSchema), required=True, validate=validate.Length(max=MOST_VALUES))


class OutletServiceApi(BaseApi):
    resource_name = "outlet_services"
    route_base = "/api/v1/outlets"
    allow_browser_login = False

    @expose("/<int:pk>/services", methods=["GET"])
    @protect()
    @permission_name("get")
    def get(self, pk: int) -> Response:
        return self._answer(_outlet(pk))

    @expose("/<int:pk>/services", methods=["PUT"])
    @protect()
    @permission_name("put")
    def put(self, pk: int) -> Response:
        outlet = _outlet(pk)
        try:
            values: list[dict[str, Any]] = OutletValuesSchema().load(json_body())["values"]
            outlet_values.put(database(), outlet, {(each["service"], each["name"]): each["value"] for each in values})
            database().commit()
        except ValidationError as error:
            refuse(422, error.messages_dict)
        except OutletValueError as error:
            database().rollback()
            refuse(422, {"values": [f"{error.key[1]}: {error}"]})
        except IntegrityError:
            database().rollback()
            refuse(422, {"values": [GONE]})
        return self._answer(outlet)

    def _answer(self, outlet: Outlet) -> Response:
        lines = [
            {
                "service": line.service.id,
                "service_name": line.service.name,
                "kind": line.service.kind,
                "name": line.wanted.name,
                "value": line.value,
            }
            for line in outlet_values.lines(database(), outlet)
        ]
        answer: Response = self.response(200, count=len(lines), result=OutletValueSchema().dump(lines, many=True))
        return answer


def _outlet(pk: int) -> Outlet:
    """The outlet, if whoever asks may see it."""
    wanted = scoped(select(Outlet), Outlet).where(Outlet.id == pk)
    return (database().scalar(wanted) if pk <= LARGEST_KEY else None) or refuse(404, "Not found")


def describe(spec: APISpec) -> None:
    spec.components.schema("OutletValue", schema=OutletValueSchema)
    spec.components.schema("OutletValues", schema=OutletValuesSchema)
    whole = object_of(count={"type": "integer"}, result={"type": "array", "items": reference("schemas", "OutletValue")})
    common = {"tags": ["outlets"]}
    operations = {
        "get": common
        | {
            "operationId": "outlets.services",
            "summary": "What an outlet is called at services",
            "responses": answers(200, "Each value that a service wants to know", whole, 401, 403, 404),
        },
        "put": common
        | {
            "operationId": "outlets.set_services",
            "summary": "Set what an outlet is called at services",
            "requestBody": {"required": True, **as_json(reference("schemas", "OutletValues"))},
            "responses": answers(200, "All of them, as they are now", whole, 400, 401, 403, 404, 413, 422),
        },
    }
    spec.path("/api/v1/outlets/{pk}/services", operations=operations, parameters=[key_in_path()])
