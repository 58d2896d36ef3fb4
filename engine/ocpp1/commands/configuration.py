"""GetConfiguration (OCPP 1.6, 5.8) and ChangeConfiguration (5.3).

A station tells up to some hundred keys in one answer, and few have every one of them right: a value of more than 500
characters, a number or a truth where there should be a text, `readonly` left out. Whatever can be read is.
"""

from typing import Any

import orjson

from domain.models import CommandState
from domain.reports import Order
from engine.ocpp1.commands.question import Payload, Verdict
from engine.rpc import CallError, ErrorCode

LONGEST_KEY = 255
"""As much as is kept; OCPP has 50."""


def get_configuration(order: Order) -> Payload:
    """Without keys all are meant; some stations then tell no more than GetConfigurationMaxKeys."""
    keys = order.parameters.get("keys")
    return {"key": list(keys)} if keys else {}


def change_configuration(order: Order) -> Payload:
    return {"key": order.parameters["key"], "value": order.parameters["value"]}


def read_configuration(answer: Payload) -> tuple[Payload, str | None]:
    """Its schema is not asked: it would refuse the whole for one key."""
    for name in ("configurationKey", "unknownKey"):
        if not isinstance(answer.get(name) or [], list):
            raise CallError(ErrorCode.TYPE_CONSTRAINT_VIOLATION, f"{name}: must be a list")
    told = answer.get("configurationKey") or []
    readable = [entry for entry in told if _is_readable(entry)]
    if told and not readable:
        raise CallError(ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, "configurationKey: no entry has a key")
    left_out = len(told) - len(readable)
    remark = f"configurationKey: {left_out} entries without a key were left out" if left_out else None
    return {"configurationKey": readable, "unknownKey": answer.get("unknownKey") or []}, remark


def configuration_verdict(answer: Payload) -> Verdict:
    parameters = [_parameter(entry) for entry in answer["configurationKey"]]
    unknown = [key for key in map(as_text, answer["unknownKey"]) if key]
    return Verdict(CommandState.ACCEPTED, {"parameters": parameters, "unknown_keys": unknown})


def _is_readable(entry: Any) -> bool:
    return isinstance(entry, dict) and 0 < len(as_text(entry.get("key")) or "") <= LONGEST_KEY


def _parameter(entry: dict[str, Any]) -> dict[str, Any]:
    is_readonly = as_text(entry.get("readonly", False))
    return {
        "key": as_text(entry["key"]),
        "value": as_text(entry.get("value")),
        "is_readonly": (is_readonly or "").lower() in ("true", "1"),
    }


def as_text(value: Any) -> str | None:
    """What should have been a text, as the station would have written it; None for nothing."""
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()
