"""Commands in the OpenAPI document: one schema an action, made from the models that check what is sent."""

from collections.abc import Mapping
from typing import Any

from apispec import APISpec

from domain.asking import IfOffline
from domain.command_parameters import MODELS
from domain.models import Action
from portal.api.openapi_parts import answers, as_json, key_in_path, object_of, reference

ANY_COMMAND = "CommandRequest"
REFERENCES = "#/components/schemas/{model}"
NOT_IN_30 = frozenset({"title", "$defs", "additionalProperties"})
"""What JSON Schema says and OpenAPI 3.0 has no use for; that a field which is not there is refused is said in words."""

EXAMPLES: Mapping[Action, dict[str, Any]] = {
    Action.REMOTE_START: {"outlet": 1, "id_token": "77705923"},
    Action.REMOTE_STOP: {"outlet": 1},
    Action.RESET: {"type": "soft", "if_offline": "wait"},
    Action.UNLOCK: {"outlet": 1},
    Action.CHANGE_AVAILABILITY: {"outlet": 1, "available": False},
    Action.UPDATE_FIRMWARE: {"firmware": 1, "retrieve_at": "2027-01-01T02:00:00Z"},
    Action.GET_DIAGNOSTICS: {"since": "2027-01-01T00:00:00Z"},
    Action.GET_LOG: {"log": "security"},
    Action.SEND_LOCAL_LIST: {"update": "differential", "if_offline": "wait"},
    Action.GET_LOCAL_LIST_VERSION: {},
    Action.GET_CONFIGURATION: {"keys": ["HeartbeatInterval"]},
    Action.CHANGE_CONFIGURATION: {"key": "HeartbeatInterval", "value": "300"},
    Action.CLEAR_CACHE: {},
    Action.TRIGGER_MESSAGE: {"message": "meter_values", "outlet": 1},
    Action.RESERVE: {"outlet": 1, "id_token": "77705923", "expires_at": "2027-01-01T12:00:00Z"},
    Action.CANCEL_RESERVATION: {"reservation": 17},
    Action.SET_CHARGING_PROFILE: {
        "outlet": 1,
        "profile": {"purpose": "charge", "unit": "A", "periods": [{"start_seconds": 0, "limit": 10}]},
    },
    Action.CLEAR_CHARGING_PROFILE: {"purpose": "default"},
    Action.GET_COMPOSITE_SCHEDULE: {"outlet": 1, "duration_seconds": 3600},
    Action.DATA_TRANSFER: {"vendor_id": "com.example", "message_id": "Hello", "data": "{}"},
}


def describe(spec: APISpec) -> None:
    """Add what commands are asked with, and where."""
    names = {action: name_of(action) for action in Action}
    for action, name in names.items():
        for defined, schema in _schemas(action, name).items():
            if defined not in spec.components.schemas:
                spec.components.schema(defined, schema)
    spec.components.schema(
        ANY_COMMAND,
        {
            "description": "One command; `action` tells which, and which fields belong to it. Any other is refused.",
            "oneOf": [reference("schemas", name) for name in names.values()],
            "discriminator": {
                "propertyName": "action",
                "mapping": {action.value: reference("schemas", name)["$ref"] for action, name in names.items()},
            },
        },
    )
    spec.components.schema("CommandBatchRequest", _to_many())
    for path, operation, parameters in _operations():
        spec.path(path, operations={"post": operation}, parameters=parameters)


def name_of(action: Action) -> str:
    """Such as `RemoteStartRequest`."""
    return "".join(part.capitalize() for part in action.value.split("_")) + "Request"


def _schemas(action: Action, name: str) -> dict[str, Any]:
    """The schema of one action, and those that it names."""
    model = MODELS[action]
    whole = model.model_json_schema(ref_template=REFERENCES)
    needed = whole.get("required", [])
    own = {
        "type": "object",
        "description": f"What `{action}` is asked with.",
        "required": ["action", *needed],
        "properties": {
            "action": {"type": "string", "enum": [action.value]},
            **plain(whole.get("properties", {})),
            "if_offline": {
                "type": "string",
                "enum": [word.value for word in IfOffline],
                "default": IfOffline.FAIL.value,
                "description": "what becomes of it while the station is not connected",
            },
        },
        "example": {"action": action.value} | EXAMPLES[action],
    }
    return {defined: plain(schema) for defined, schema in whole.get("$defs", {}).items()} | {name: own}


def plain(schema: Any) -> Any:
    """A JSON Schema of pydantic's (2020-12) in the words of OpenAPI 3.0, which has `nullable` and no `const`."""
    if isinstance(schema, list):
        return [plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: plain(value) for name, value in schema.items() if name not in NOT_IN_30}
    if "const" in told:
        told["enum"] = [told.pop("const")]
    if {"type": "null"} in told.get("anyOf", ()):
        [of] = [each for each in told.pop("anyOf") if each != {"type": "null"}]
        told = ({"allOf": [of]} if "$ref" in of else of) | told | {"nullable": True}
        if told.get("default", ...) is None:
            del told["default"]
    return told


def _to_many() -> dict[str, Any]:
    which = {
        "type": "object",
        "description": "The stations by id, or the node below which they stand: one of the two.",
        "properties": {
            "stations": {"type": "array", "items": {"type": "integer"}, "example": [1, 2, 3]},
            "node": {"type": "string", "example": "site-1"},
        },
    }
    return {"allOf": [reference("schemas", ANY_COMMAND), which]}


def _operations() -> list[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    command = object_of(id={"type": "integer"}, result=reference("schemas", "Command"))
    batch = object_of(id={"type": "integer"}, result=reference("schemas", "CommandBatch"))
    asked = "It is made and on its way; `Location` tells where to read what becomes of it"
    refusals = (401, 403, 404, 409)
    one, many = (
        {"required": True, **as_json(reference("schemas", name))} for name in (ANY_COMMAND, "CommandBatchRequest")
    )
    return [
        (
            "/api/v1/stations/{pk}/commands",
            {
                "tags": ["commands"],
                "operationId": "commands.post",
                "summary": "Ask something of a station",
                "requestBody": one,
                "responses": answers(202, asked, command, 400, 401, 403, 404, 413, 422),
            },
            [key_in_path()],
        ),
        (
            "/api/v1/commands/{pk}/cancel",
            {
                "tags": ["commands"],
                "operationId": "commands.cancel",
                "summary": "Take a command back that is not sent yet",
                "responses": answers(200, "It has failed, cancelled", command, *refusals),
            },
            [key_in_path()],
        ),
        (
            "/api/v1/command_batches/",
            {
                "tags": ["command_batches"],
                "operationId": "command_batches.post",
                "summary": "Ask many stations the same",
                "requestBody": many,
                "responses": answers(202, asked, batch, 400, 401, 403, 413, 422),
            },
            [],
        ),
        (
            "/api/v1/command_batches/{pk}/cancel",
            {
                "tags": ["command_batches"],
                "operationId": "command_batches.cancel",
                "summary": "Take back what is not sent yet of it",
                "responses": answers(200, "Its commands by state tell how far it came", batch, 401, 403, 404),
            },
            [key_in_path()],
        ),
    ]
