"""The doors of parking payment: a provider starts and stops charges, and asks how they are (docs/services.md)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn
from uuid import UUID

from flask import Blueprint, Response, abort, g, jsonify, make_response, request
from flask_limiter.util import get_remote_address
from marshmallow import Schema, ValidationError, fields, validate

from domain import clock, remote_charging
from domain.models import Command, Service, ServiceCharge, ServiceKind
from domain.problems import ParametersError
from domain.remote_charging import Refusal, RemoteChargingError
from domain.services.parking import asking, told
from domain.services.parking.asking import OtherOutletError, UnknownOutletError
from domain.writing import is_writable
from portal import commands
from portal.api.body import json_body
from portal.api.errors import refuse
from portal.database import database
from portal.services.coming import comes_too_often, let_in, strangers_come_too_often

PREFIX = "/api/v1/parking"
LONGEST_REFERENCE = 100
LONGEST_AUTHORIZATION = 1000
SCHEME = "bearer "
RETRY_SECONDS = 60

REFUSALS = {
    Refusal.OFFLINE: "The station is not connected at the moment.",
    Refusal.OUT_OF_ORDER: "The outlet is out of order.",
    Refusal.TAKEN: "The outlet is taken.",
}

parking = Blueprint("parking", __name__, url_prefix=PREFIX)


def _is_writable(text: str) -> None:
    if not is_writable(text):
        raise ValidationError("Contains a character that cannot be stored.")


class ReferenceSchema(Schema):
    """Which charge, by the provider's own name for it."""

    reference = fields.String(
        required=True,
        validate=[validate.Length(1, LONGEST_REFERENCE), _is_writable],
        metadata={"example": "EP-2026-000017"},
    )


class StartSchema(ReferenceSchema):
    """A charge to begin. The same reference twice is the same charge."""

    outlet = fields.UUID(required=True, metadata={"description": "the outlet's UUID"})


def for_providers(view: Callable[[], Response]) -> Callable[[], Response]:
    """Whoever comes with the token of a parking payment, and not too often."""

    @wraps(view)
    def guarded() -> Response:
        service = let_in(ServiceKind.PARKING, [_token_in(request.headers.get("Authorization", ""))])
        if service is None:
            if strangers_come_too_often(get_remote_address()):
                _slowly()
            refuse(401, "No such token, or the service is not enabled")
        if comes_too_often(service):
            _slowly()
        g.parking = service
        return view()

    return guarded


def _token_in(authorization: str) -> str:
    if len(authorization) > LONGEST_AUTHORIZATION or not authorization.lower().startswith(SCHEME):
        return ""
    return authorization[len(SCHEME) :].strip()


def _slowly() -> NoReturn:
    answer = make_response(jsonify(message="Too many requests"), 429)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    abort(answer)


def _service() -> Service:
    found: Service = g.parking
    return found


@parking.post("/start")
@for_providers
def start() -> Response:
    asked = _loaded(StartSchema())
    try:
        charge, command = asking.start(database(), _service(), asked["reference"], asked["outlet"], clock.now())
    except UnknownOutletError as error:
        refuse(404, str(error))
    except OtherOutletError as error:
        return _conflict("other_outlet", str(error))
    except RemoteChargingError as error:
        return _conflict(error.refusal.value, REFUSALS[error.refusal])
    except ParametersError as error:
        return _conflict("unsuitable", _in_words(error))
    return _done(charge, command)


@parking.post("/stop")
@for_providers
def stop() -> Response:
    asked = _loaded(ReferenceSchema())
    try:
        found = asking.stop(database(), _service(), asked["reference"], clock.now())
    except ParametersError as error:
        return _conflict("unsuitable", _in_words(error))
    if found is None:
        refuse(404, "There is no such charge")
    return _done(*found)


@parking.get("/status")
@for_providers
def status() -> Response:
    """Of a charge by its reference, else of an outlet by its UUID."""
    if "reference" in request.args:
        charge = told.of_reference(database(), _service().id, _readable(request.args["reference"]))
        return jsonify(_told(charge)) if charge else refuse(404, "There is no such charge")
    if "outlet" not in request.args:
        refuse(422, {"reference": ["Missing: ask by reference or by outlet."]})
    return jsonify(_told_of_outlet(request.args["outlet"]))


def _told_of_outlet(written: str) -> dict[str, Any]:
    try:
        outlet = asking.outlet_of(database(), _service(), UUID(written))
    except ValueError:
        refuse(422, {"outlet": ["Not a valid UUID."]})
    except UnknownOutletError as error:
        refuse(404, str(error))
    refusal = remote_charging.refusal(database(), outlet, clock.now())
    return {
        "outlet": str(outlet.uuid),
        "is_free": refusal is None,
        "reason": refusal.value if refusal else None,
        "status": outlet.status.value if outlet.status else None,
        "connector_type": outlet.connector_type,
        "parking": outlet.parking,
    }


def _loaded(schema: Schema) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(json_body())
    except ValidationError as error:
        refuse(422, error.messages_dict)
    return loaded


def _readable(reference: str) -> str:
    return reference if is_writable(reference) else ""


def _done(charge: ServiceCharge, command: Command | None) -> Response:
    """What is asked of a station is answered later: 202 as long as nobody knows."""
    if command is not None:
        commands.send(command)
    else:
        database().commit()
    commands.nudge_services()
    answer = jsonify(_told(charge))
    answer.status_code = 200 if command is None else 202
    return answer


def _told(charge: ServiceCharge) -> dict[str, Any]:
    return told.told(database(), [charge])[charge.id]


def _conflict(reason: str, words: str) -> Response:
    database().rollback()
    answer = jsonify(message=words, reason=reason)
    answer.status_code = 409
    return answer


def _in_words(error: ParametersError) -> str:
    return " ".join(problem.message for some in error.problems.values() for problem in some)
