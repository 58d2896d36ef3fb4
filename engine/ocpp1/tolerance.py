"""How payloads of OCPP 1 are taken: as the schema has them, or mended where only one thing can be meant.

Where tolerance ends, and why, stands in docs/decisions/what-can-only-be-meant-in-one-way-is-taken.md.
"""

from collections.abc import Callable, Mapping
from typing import Any

from domain.id_tokens import LONGEST
from engine import schemas
from engine.mending import Mender, Tolerance

TOLERANCE = Tolerance(
    cut=frozenset(
        {
            "chargeBoxSerialNumber",
            "chargePointModel",
            "chargePointSerialNumber",
            "chargePointVendor",
            "firmwareVersion",
            "iccid",
            "imsi",
            "info",
            "meterSerialNumber",
            "meterType",
            "techInfo",
            "type",
            "vendorErrorCode",
        }
    ),
    rounded=frozenset({"meterStart", "meterStop"}),
    numbers=frozenset({"value"}),
    anything=frozenset({"data"}),
    # A charge that stopped for a reason of the vendor's own did stop, and an error of the vendor's own is one.
    otherwise={"reason": "Other", "errorCode": "OtherError"},
    needed={"sampledValue": "value"},
)

SAMPLES = ("sampledValue", "value")
"""What a list of samples is called in 1.6 and in 1.5."""

LONGEST_REMARK = 1000

Read = Callable[[dict[str, Any]], tuple[dict[str, Any], str | None]]
"""From a payload to one that the translators understand, with a remark if it was mended. Raises CallError."""


def reader_of(schema: dict[str, Any]) -> Read:
    """How payloads with this schema are read."""
    is_valid = schemas.validator(schema).is_valid
    check = schemas.check_of(_loosened(schema))

    def read(payload: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
        if is_valid(payload):
            return payload, None
        mender = Mender(schema, TOLERANCE)
        mended = mender.mend(payload)
        check(mended)
        return mended, "; ".join(mender.notes)[:LONGEST_REMARK] or None

    return read


def _loosened(schema: Mapping[str, Any], name: str = "") -> dict[str, Any]:
    """What must hold even so. A sample in words that nobody knows stays unread among the others; a tag of a later
    version of OCPP, which has more characters, is whole."""
    loosened = dict(schema)
    # Limits of a charging schedule have one digit after the point; one with more is none the worse.
    loosened.pop("multipleOf", None)
    for key in ("properties", "definitions"):
        if key in schema:
            loosened[key] = {inner: _loosened(schema[key][inner], inner) for inner in schema[key]}
    if "items" in schema:
        loosened["items"] = _loosened(schema["items"], name)
    if name in SAMPLES:
        loosened.pop("minItems", None)
        if "properties" in loosened:
            loosened["properties"] = {sample: {"type": "string"} for sample in loosened["properties"]}
    elif name == "idTag":
        loosened["maxLength"] = LONGEST
    return loosened
