"""Payloads checked against the JSON schemas of the `ocpp` package."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
import orjson
from jsonschema_rs import ValidationError, ValidationErrorKind

from engine.rpc import CallError, ErrorCode

Kind = ValidationErrorKind
Check = Callable[[dict[str, Any]], None]

CODES: tuple[tuple[type, ErrorCode], ...] = (
    (Kind.Type, ErrorCode.TYPE_CONSTRAINT_VIOLATION),
    # "Payload for Action is incomplete".
    (Kind.Required, ErrorCode.PROTOCOL_ERROR),
    # "not conform the PDU structure for Action".
    (Kind.AdditionalProperties, ErrorCode.FORMATION_VIOLATION),
    (Kind.MinItems, ErrorCode.OCCURENCE_CONSTRAINT_VIOLATION),
    (Kind.MaxItems, ErrorCode.OCCURENCE_CONSTRAINT_VIOLATION),
)
"""What a schema may object to and the code whose words in OCPP-J 1.6, table 7, say the same."""

OTHERWISE = ErrorCode.PROPERTY_CONSTRAINT_VIOLATION
"""A length, a choice, a format: "at least one field contains an invalid value"."""


@cache
def actions(version: str) -> frozenset[str]:
    """Every action of a version, such as v16, whoever calls it."""
    names = (schema.name.removesuffix(".json") for schema in files("ocpp").joinpath(version, "schemas").iterdir())
    return frozenset(name for name in names if not name.endswith("Response"))


def load(version: str, action: str) -> dict[str, Any]:
    """The schema of an action, or of its answer: `ResetResponse`."""
    schema: dict[str, Any] = orjson.loads(files("ocpp").joinpath(version, "schemas", f"{action}.json").read_bytes())
    return schema


def validator(schema: dict[str, Any]) -> jsonschema_rs.Draft4Validator:
    """Formats are not checked: times are read by the translators, which take more than RFC 3339 allows."""
    return jsonschema_rs.Draft4Validator(schema, validate_formats=False)


def check(version: str, action: str) -> Check:
    """A function that raises CallError for a payload that the action's schema refuses."""
    return check_of(load(version, action))


def check_of(schema: dict[str, Any]) -> Check:
    """A function that raises CallError for a payload that the schema refuses."""
    judge = validator(schema)

    def check_payload(payload: dict[str, Any]) -> None:
        if not judge.is_valid(payload):
            raise _refusal(next(judge.iter_errors(payload)))

    return check_payload


def _refusal(error: ValidationError) -> CallError:
    code = next((code for kind, code in CODES if isinstance(error.kind, kind)), OTHERWISE)
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path).lstrip(".")
    what = _what(error)
    return CallError(code, f"{where}: {what}" if where else what)


def _what(error: ValidationError) -> str:
    """What is wrong and what would be right; a choice is told whole, which the library cuts short."""
    match error.kind:
        case Kind.Enum(options=options):
            return f"must be one of {', '.join(map(str, options))}"
        case _:
            return error.message
