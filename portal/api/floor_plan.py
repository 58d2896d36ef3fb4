"""/api/v1/floors/<pk>/plan: the picture of a floor's plan, as it is, without a form around it."""

from typing import Any

from apispec import APISpec
from flask import Response, request
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.security.decorators import permission_name, protect
from sqlalchemy import select

from domain import floor_plans
from domain.floor_plans import LARGEST_BYTES, MOST_PIXELS, SHORTEST_SIDE_PX, PlanError, PlanFault
from domain.models import Floor, FloorPlan
from domain.models.columns import LARGEST_KEY
from portal import aside
from portal.api.errors import refuse
from portal.api.openapi_parts import answers, key_in_path, object_of, reference
from portal.database import database
from portal.viewer import scoped

PICTURES = ("image/jpeg", "image/png")

REASONS = {
    PlanFault.EMPTY: "The body is empty; a JPEG or PNG picture is needed.",
    PlanFault.TOO_LARGE: f"At most {LARGEST_BYTES} bytes.",
    PlanFault.OTHER_KIND: "By its content this is no JPEG or PNG picture.",
    PlanFault.TOO_MANY_PIXELS: f"At most {MOST_PIXELS} pixels.",
    PlanFault.TOO_SMALL: f"Each side has at least {SHORTEST_SIDE_PX} pixels.",
    PlanFault.BROKEN: "The picture is damaged or incomplete.",
}


class FloorPlanApi(BaseApi):
    resource_name = "floor_plans"
    route_base = "/api/v1/floors"
    allow_browser_login = False

    @expose("/<int:pk>/plan", methods=["GET"])
    @protect()
    @permission_name("get")
    def get(self, pk: int) -> Response:
        plan = database().get(FloorPlan, _floor(pk).id) or refuse(404, "Not found")
        return Response(plan.content, mimetype=plan.media_type)

    @expose("/<int:pk>/plan", methods=["PUT"])
    @protect()
    @permission_name("put")
    def put(self, pk: int) -> Response:
        floor = _floor(pk)
        try:
            picture = aside.compute(floor_plans.read, request.stream.read(LARGEST_BYTES + 1))
        except PlanError as error:
            found = f" It is {error.found}." if error.found else ""
            refuse(422, {"plan": [REASONS[error.fault] + found]})
        floor_plans.keep(database(), floor, picture)
        database().commit()
        answer: Response = self.response(200, id=floor.id, result=_told(floor))
        return answer

    @expose("/<int:pk>/plan", methods=["DELETE"])
    @protect()
    @permission_name("delete")
    def delete(self, pk: int) -> Response:
        floor_plans.remove(database(), _floor(pk))
        database().commit()
        answer: Response = self.response(200, message="OK")
        return answer


def _told(floor: Floor) -> dict[str, Any]:
    return {name: getattr(floor, name) for name in ("plan_sha256", "plan_width_px", "plan_height_px")}


def _floor(pk: int) -> Floor:
    found = database().scalar(scoped(select(Floor), Floor).where(Floor.id == pk)) if pk <= LARGEST_KEY else None
    return found or refuse(404, "Not found")


def describe(spec: APISpec) -> None:
    file = {"type": "string", "format": "binary"}
    picture = {"content": {each: {"schema": file} for each in PICTURES}}
    whole, nullable = {"type": "integer"}, {"type": "string"}
    told = object_of(plan_sha256=nullable, plan_width_px=whole, plan_height_px=whole)
    about = {"tags": ["floors"]}
    operations = {
        "get": about
        | {
            "operationId": "floors.plan",
            "summary": "The plan of a floor",
            "responses": {"200": {"description": "The picture", **picture}}
            | {str(fault): reference("responses", str(fault)) for fault in (401, 403, 404)},
        },
        "put": about
        | {
            "operationId": "floors.put_plan",
            "summary": "A plan in place of an earlier one; it is kept encoded anew, and stations keep their positions",
            "requestBody": {"required": True, **picture},
            "responses": answers(200, "It is kept", object_of(id=whole, result=told), *(401, 403, 404, 413, 422)),
        },
        "delete": about
        | {
            "operationId": "floors.delete_plan",
            "summary": "Take the plan away",
            "responses": answers(200, "Gone", object_of(message={"type": "string", "example": "OK"}), 401, 403, 404),
        },
    }
    spec.path("/api/v1/floors/{pk}/plan", operations=operations, parameters=[key_in_path()])
