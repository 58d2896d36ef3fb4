"""What the API offers, as an OpenAPI document (/api/v1/_openapi) and as a page (/swagger/v1).

Written from the same tables that the requests go through, so that it cannot say otherwise.
"""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response, current_app, request, url_for
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.baseviews import BaseView
from flask_appbuilder.security.decorators import has_access, protect
from marshmallow import Schema

from portal.api import (
    alarm,
    command_openapi,
    export_openapi,
    filters,
    floor_plan,
    outlet_service,
    parameter,
    parking_openapi,
    user,
)
from portal.api.base import Api
from portal.api.export import ExportApi
from portal.api.login import LoginSchema
from portal.api.openapi_parts import FORM, answers, as_json, key_in_path, object_of, reference
from portal.api.query import QuerySchema

VERSION = "v1"

ABOUT = """\
Two ways to sign in, both sent as `Authorization: Bearer …`: a personal API key (`cp_…`), which people make and revoke
in their user settings and which may be read-only, or a token for an e-mail and a password from
`/api/v1/security/login`.

An answer about one row has an `ETag`. Sent back as `If-Match` with a change, it is made only if nobody else changed the
row meanwhile; what stations report is no change.

Times are ISO 8601 in UTC; energies are in Wh. A wrong field is answered with `{"message": {"field": ["reason"]}}`.
"""

FAULTS = {
    400: "The request is not JSON, or `q` asks for what there is not",
    401: "No valid key or token",
    403: "Not allowed",
    404: "There is no such row",
    410: "The cursor is of no use any more, which is told; begin anew without it",
    409: "A rule speaks against it, such as that others stand below; it is told",
    413: "The body is larger than 64 KiB",
    412: "Somebody changed the row since it was read with this `If-Match`; who and when is told",
    422: "A field is wrong; each with its reasons",
    429: "Too many attempts, calls or exports; `Retry-After` tells the seconds to wait",
    503: "Too many exports run at this moment; `Retry-After` tells the seconds to wait",
}

OF_FIELDS = {"type": "object", "additionalProperties": True, "example": {"name": ["Missing data for required field."]}}


IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "the `ETag` with which the row was read; left out, the row may be in any state",
    "schema": {"type": "string"},
}


def _word(api: Api) -> str:
    """What one row is called, such as `ChargingSession`."""
    return _name(api.schema)


def _called(api: Api) -> str:
    """The same in prose, such as `charging session`."""
    return api.resource_name.removesuffix("s").replace("_", " ")


def _query(api: Api) -> dict[str, Any]:
    """The parameter `q`, with the names that this resource has."""
    order, columns = {"enum": api.order_columns}, {"items": {"enum": api.list_columns}}
    narrower = {"properties": {"order_column": order, "columns": columns}}
    return {"allOf": [reference("schemas", "Query"), narrower]}


def _list(api: Api) -> dict[str, Any]:
    rows = {"type": "array", "items": reference("schemas", _word(api))}
    offered = "; ".join(
        f"`{name}`: {' '.join(filters.operators(api.list_model_schema.fields[name]))}" for name in api.search_columns
    )
    return {
        "summary": f"List {_called(api)}s",
        "description": f"Filters, by field: {offered}. In `columns` only some fields can be asked for.",
        "parameters": [
            {
                "in": "query",
                "name": "q",
                "description": "filters, order and page, as JSON or as rison",
                **as_json(_query(api)),
            }
        ],
        "responses": answers(
            200,
            "One page of them; `count` is of all that the filters let through",
            object_of(count={"type": "integer"}, ids={"type": "array", "items": {"type": "integer"}}, result=rows),
            *(400, 401, 403),
        ),
    }


def _row(api: Api) -> dict[str, Any]:
    return object_of(id={"type": "integer"}, result=reference("schemas", _word(api)))


def _get(api: Api) -> dict[str, Any]:
    return {"summary": f"One {_called(api)}", "responses": answers(200, "It", _row(api), 401, 403, 404)}


def _post(api: Api) -> dict[str, Any]:
    schema = reference("schemas", _name(api.form or api.schema))
    body = {"content": {FORM: {"schema": schema}}} if api.form else as_json(schema)
    return {
        "summary": f"New {_called(api)}",
        "requestBody": {"required": True, **body},
        "responses": answers(201, "It is made", _row(api), 400, 401, 403, 413, 422),
    }


def _put(api: Api) -> dict[str, Any]:
    return {
        "summary": f"Change one {_called(api)}; a field that is left out stays as it is",
        "requestBody": {"required": True, **as_json(reference("schemas", f"{_word(api)}Changes"))},
        "responses": answers(200, "It is changed", _row(api), 400, 401, 403, 404, 412, 413, 422),
        "parameters": [IF_MATCH],
    }


def _delete(api: Api) -> dict[str, Any]:
    ok = object_of(message={"type": "string", "example": "OK"})
    return {
        "summary": f"Delete one {_called(api)}",
        "responses": answers(200, "Gone", ok, 401, 403, 404, 409, 412),
        "parameters": [IF_MATCH],
    }


def _info(api: Api) -> dict[str, Any]:
    names = {"type": "array", "items": {"type": "string"}}
    answer = object_of(
        permissions=names,
        add_columns=names,
        edit_columns=names,
        order_columns=names,
        filters={"type": "object", "additionalProperties": names},
    )
    return {
        "summary": f"What one may do with {_called(api)}s",
        "responses": answers(200, "Rights, fields and filters", answer, 401, 403),
    }


OPERATIONS = {
    "get_list": ("get", "/", _list),
    "post": ("post", "/", _post),
    "get": ("get", "/{pk}", _get),
    "put": ("put", "/{pk}", _put),
    "delete": ("delete", "/{pk}", _delete),
    "info": ("get", "/_info", _info),
}


def _describe(spec: APISpec, api: Api) -> None:
    spec.components.schema(_word(api), schema=api.show_model_schema)
    if api.form:
        spec.components.schema(_name(api.form), schema=api.form)
    offered = OPERATIONS.keys() & (api.include_route_methods or OPERATIONS.keys())
    if "put" in offered:
        spec.components.schema(f"{_word(api)}Changes", schema=api.edit_model_schema)
    for name, (method, path, describe) in OPERATIONS.items():
        if name in offered:
            operation = describe(api) | {"tags": [api.resource_name], "operationId": f"{api.resource_name}.{name}"}
            parameters = [key_in_path()] if "{pk}" in path else []
            spec.path(f"{api.route_base}{path}", operations={method: operation}, parameters=parameters)


def _describe_sign_in(spec: APISpec) -> None:
    token = {"type": "string"}
    login = {
        "tags": ["security"],
        "operationId": "security.login",
        "summary": "A token for an e-mail and a password",
        "security": [],
        "requestBody": {"required": True, **as_json(reference("schemas", "Login"))},
        "responses": answers(
            200,
            "Who they belong to may use these",
            object_of(access_token=token) | {"properties": {"access_token": token, "refresh_token": token}},
            *(400, 401, 403, 413, 429),
        ),
    }
    refresh = {
        "tags": ["security"],
        "operationId": "security.refresh",
        "summary": "A new access token for a refresh token, which is sent as the bearer",
        "security": [{"token": []}],
        "responses": answers(200, "The new one", object_of(access_token=token), 401, 403),
    }
    spec.components.schema("Login", schema=LoginSchema)
    spec.path("/api/v1/security/login", operations={"post": login})
    spec.path("/api/v1/security/refresh", operations={"post": refresh})


def _name(schema: Schema | type[Schema]) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def document(apis: list[Api], server: str) -> dict[str, Any]:
    """The whole document, in OpenAPI 3.0."""
    spec = APISpec(
        title=current_app.config["APP_NAME"],
        version=VERSION,
        openapi_version="3.0.3",
        info={"description": ABOUT},
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
        servers=[{"url": server}],
        security=[{"key": []}, {"token": []}],
    )
    key = "a personal API key, such as cp_…; it may what its owner may, or of that only GET"
    spec.components.security_scheme("key", {"type": "http", "scheme": "bearer", "description": key})
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    for status, text in FAULTS.items():
        reason = OF_FIELDS if status == 422 else {"type": "string"}
        message = {"oneOf": [{"type": "string"}, OF_FIELDS]} if status == 400 else reason
        spec.components.response(str(status), {"description": text, **as_json(object_of(message=message))})
    spec.components.schema("Query", schema=QuerySchema)
    _describe_sign_in(spec)
    for api in apis:
        _describe(spec, api)
    export_openapi.describe(spec, [api for api in apis if isinstance(api, ExportApi)])
    command_openapi.describe(spec)
    alarm.describe(spec)
    parameter.describe(spec)
    outlet_service.describe(spec)
    floor_plan.describe(spec)
    user.describe(spec)
    parking_openapi.describe(spec)
    return spec.to_dict()


class OpenApi(BaseApi):
    """Also for a browser that has signed in: the page below reads it."""

    route_base = f"/api/{VERSION}"
    allow_browser_login = True

    @expose("/_openapi")
    @protect()
    def get(self) -> Response:
        apis = [view for view in self.appbuilder.baseviews if isinstance(view, Api)]
        return self.response(200, **document(apis, request.host_url.rstrip("/") + request.script_root))


class SwaggerView(BaseView):
    """The document as a page in which it can be tried out; for administrators, who alone have its permission."""

    route_base = "/swagger"
    default_view = "show"

    @expose(f"/{VERSION}")
    @has_access
    def show(self) -> str:
        return self.render_template("swagger.html", document_url=url_for("OpenApi.get"))
