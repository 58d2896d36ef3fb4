"""Exports in the OpenAPI document."""

from typing import Any

from apispec import APISpec
from marshmallow import Schema

from portal.api.export import IS_LAST, LARGEST_LIMIT, NEXT, SCHEMA_VERSION, ExportApi
from portal.api.export_files import FORMATS
from portal.api.openapi_parts import as_json, object_of, reference

TEXT = {"type": "string"}
CURSOR = "1-5f0c2a9e-77b1d3c4-48213907"
RECENT = '{"filters":[{"col":"started_at","opr":"gt","value":"2026-11-01T00:00:00Z"}]}'

ABOUT = f"""\
All rows that the filters let through, or with `changed_since` those that changed since an earlier file: each as it is
now, once, in no order. Send back what the earlier file told as `{NEXT}`, with the same filters. No row is missed and no
change comes twice; what is being written while you pull comes with the next file. See `docs/data-teams.md`.
"""


def describe(spec: APISpec, apis: list[ExportApi]) -> None:
    for api in apis:
        if api.export_schema is not api.schema:
            spec.components.schema(_row(api.export_schema), schema=api.export_schema)
        spec.path(f"{api.route_base}/export", operations={"get": _operation(api)})


def _row(schema: type[Schema]) -> str:
    return schema.__name__.removesuffix("Schema")


def _operation(api: ExportApi) -> dict[str, Any]:
    called = api.resource_name.replace("_", " ")
    return {
        "tags": [api.resource_name],
        "operationId": f"{api.resource_name}.export",
        "summary": f"A file of all {called}, or of those that changed since",
        "description": ABOUT,
        "parameters": _parameters(),
        "responses": {
            "200": {"description": "The file, streamed", "headers": _headers(), "content": _content(api)},
            **{str(fault): reference("responses", str(fault)) for fault in (400, 401, 403, 410, 429, 503)},
        },
    }


def _parameters() -> list[dict[str, Any]]:
    return [
        _parameter("format", "the kind of file", {"type": "string", "enum": list(FORMATS), "default": "json"}, "csv"),
        _parameter("q", "filters, as in the list; as JSON or as rison", TEXT, RECENT),
        _parameter("changed_since", f"what an earlier file told as `{NEXT}`; without it, all rows", TEXT, CURSOR),
        _parameter(
            "limit",
            f"at most so many rows; while `{IS_LAST}` is false, go on with its `{NEXT}`",
            {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT},
            100_000,
        ),
        {
            "in": "header",
            "name": "Accept-Encoding",
            "description": "with `gzip` the file is packed on its way",
            "schema": TEXT,
        },
    ]


def _parameter(name: str, description: str, schema: dict[str, Any], example: object) -> dict[str, Any]:
    return {"in": "query", "name": name, "description": description, "schema": schema, "example": example}


def _headers() -> dict[str, Any]:
    told = {
        NEXT: ("with what the next pull begins", {"schema": TEXT, "example": CURSOR}),
        IS_LAST: ("whether that is all there is now", {"schema": {"type": "string", "enum": ["true", "false"]}}),
        SCHEMA_VERSION: ("of the fields; one more with each change", {"schema": TEXT, "example": "1"}),
    }
    return {name: {"description": description, **rest} for name, (description, rest) in told.items()}


def _content(api: ExportApi) -> dict[str, Any]:
    row = reference("schemas", _row(api.export_schema))
    whole = object_of(
        resource={"type": "string", "enum": [api.resource_name]},
        schema_version={"type": "integer", "enum": [api.schema_version]},
        made_at={"type": "string", "format": "date-time"},
        next_changed_since={"type": "string", "example": CURSOR},
        is_last={"type": "boolean"},
        rows={"type": "array", "items": row},
        count={"type": "integer", "description": "how many rows; the last word of a whole file"},
    )
    head = ",".join(api.export_schema._declared_fields)
    return as_json(whole)["content"] | {
        FORMATS["csv"].media_type: {"schema": TEXT, "example": f"{head}\r\n"},
        FORMATS["parquet"].media_type: {"schema": {"type": "string", "format": "binary"}},
    }
