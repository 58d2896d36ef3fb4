"""The payload of a record as a JSON schema (draft 4), like those that the package `ocpp` ships for OCPP-J."""

from collections.abc import Mapping
from typing import Any

from ocpp_soap.kinds import BOOLEAN, INT, Choice, Decimal, Field, Kind, Record, Text

Schema = dict[str, Any]

TYPES: Mapping[Kind, str] = {INT: "integer", BOOLEAN: "boolean"}


def schema_of(record: Record) -> Schema:
    """What its payload must look like."""
    schema: Schema = {
        "type": "object",
        "properties": {name: _of_field(field) for name, field in record},
        "additionalProperties": False,
    }
    required = [name for name, field in record if not field.is_optional]
    # Draft 4 has no empty list of them.
    return {**schema, "required": required} if required else schema


def _of_field(field: Field) -> Schema:
    schema = _of_kind(field.kind)
    if not field.is_list:
        return schema
    return {"type": "array", "items": schema, "minItems": 0 if field.is_optional else 1}


def _of_kind(kind: Kind) -> Schema:
    match kind:
        case Record():
            return schema_of(kind)
        case Choice(_, words):
            return {"type": "string", "enum": list(words)}
        case Decimal(_, places):
            return {"type": "number", "multipleOf": 10**-places}
        case Text(_, int(longest)):
            return {"type": "string", "maxLength": longest}
        case _:
            return {"type": TYPES.get(kind, "string")}
