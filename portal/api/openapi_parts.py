"""What an OpenAPI document is put together from."""

from typing import Any

FORM = "multipart/form-data"


def reference(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def as_json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def object_of(**properties: Any) -> dict[str, Any]:
    """An object of which every property is there."""
    return {"type": "object", "required": list(properties), "properties": properties}


def answers(status: int, text: str, schema: dict[str, Any], *faults: int) -> dict[str, Any]:
    return {str(status): {"description": text, **as_json(schema)}} | {
        str(fault): reference("responses", str(fault)) for fault in faults
    }


def key_in_path() -> dict[str, Any]:
    """The parameter in an address that names a row."""
    return {"in": "path", "name": "pk", "required": True, "schema": {"type": "integer", "minimum": 1}}
