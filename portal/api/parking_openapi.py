"""Parking payment in the OpenAPI document: what a provider asks, with the token of its service."""

from typing import Any

from apispec import APISpec

from domain.models import FailReason, ServiceChargeState
from domain.remote_charging import Refusal
from domain.statuses import OutletStatus
from portal.api.openapi_parts import as_json, object_of, reference
from portal.services.parking import PREFIX, REFUSALS, ReferenceSchema, StartSchema

TEXT = {"type": "string"}
WHOLE = {"type": "integer", "nullable": True}
MOMENT = {"type": "string", "format": "date-time", "nullable": True}
UUID = {"type": "string", "format": "uuid"}
SECURITY = [{"service": []}]


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "nullable": True}


CHARGE = object_of(
    reference=TEXT,
    outlet=UUID,
    provider_outlet_id=_or_null(TEXT),
    state={"type": "string", "enum": [state.value for state in ServiceChargeState]},
    reason={"type": "string", "nullable": True, "enum": [*(reason.value for reason in FailReason), None]},
    charging_session=WHOLE,
    started_at=MOMENT,
    stopped_at=MOMENT,
    stop_reason=_or_null(TEXT),
    needs_review={"type": "boolean"},
    energy_wh=WHOLE,
    meter_at=MOMENT,
)
OUTLET = object_of(
    outlet=UUID,
    is_free={"type": "boolean"},
    reason={"type": "string", "nullable": True, "enum": [*(refusal.value for refusal in REFUSALS), None]},
    status={"type": "string", "nullable": True, "enum": [*(status.value for status in OutletStatus), None]},
    connector_type=TEXT,
    parking=TEXT,
)
CONFLICTS = [*(refusal.value for refusal in Refusal if refusal in REFUSALS), "other_outlet", "unsuitable"]


def describe(spec: APISpec) -> None:
    about = "the token of a parking payment (Configuration, Services)"
    spec.components.security_scheme("service", {"type": "http", "scheme": "bearer", "description": about})
    spec.components.schema("ParkingReference", schema=ReferenceSchema)
    spec.components.schema("ParkingStart", schema=StartSchema)
    spec.components.schema("ParkingCharge", CHARGE)
    spec.components.schema("ParkingOutlet", OUTLET)
    conflict = object_of(message=TEXT, reason={"type": "string", "enum": CONFLICTS})
    for name, summary, body in (
        ("start", "Begin a charge at an outlet", "ParkingStart"),
        ("stop", "Stop a charge, or take back one that has not begun", "ParkingReference"),
    ):
        operation = {
            "tags": ["parking"],
            "operationId": f"parking.{name}",
            "summary": summary,
            "security": SECURITY,
            "requestBody": {"required": True, **as_json(reference("schemas", body))},
            "responses": {
                "200": {"description": "Nothing is left to be asked", **as_json(reference("schemas", "ParkingCharge"))},
                "202": {"description": "The station is asked", **as_json(reference("schemas", "ParkingCharge"))},
                "409": {"description": "It cannot be done now", **as_json(conflict)},
                **_faults(400, 401, 404, 422, 429),
            },
        }
        spec.path(f"{PREFIX}/{name}", operations={"post": operation})
    either = {"oneOf": [reference("schemas", "ParkingCharge"), reference("schemas", "ParkingOutlet")]}
    status = {
        "tags": ["parking"],
        "operationId": "parking.status",
        "summary": "How a charge is, or whether an outlet is free",
        "security": SECURITY,
        "parameters": [
            {"in": "query", "name": "reference", "schema": TEXT},
            {"in": "query", "name": "outlet", "schema": UUID, "description": "its UUID, in place of a reference"},
        ],
        "responses": {"200": {"description": "It", **as_json(either)}, **_faults(401, 404, 422, 429)},
    }
    spec.path(f"{PREFIX}/status", operations={"get": status})


def _faults(*statuses: int) -> dict[str, Any]:
    return {str(status): reference("responses", str(status)) for status in statuses}
