"""What is no message is not written: each time the field is named."""

from typing import Any

import pytest

from ocpp_soap import client
from ocpp_soap.endpoint import endpoint
from ocpp_soap.kinds import Operation, Record, Service
from ocpp_soap.v15 import V15
from ocpp_soap.v16 import V16
from tests.ocpp_soap.messages import IDENTITY, IDS, OPERATIONS, PORTAL, STATION, requested

SCHEDULE = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}]}
COMPOSITE = V16.charge_point, "GetCompositeSchedule"
CONFIGURATION = V15.charge_point, "GetConfiguration"

NO_ANSWER: dict[str, tuple[tuple[Service, str], dict[str, Any], str]] = {
    "nothing": ((V15.central_system, "BootNotification"), {}, "BootNotificationResponse.status is missing"),
    "a void": (
        (V15.central_system, "BootNotification"),
        {"status": "Accepted", "currentTime": None, "heartbeatInterval": 5},
        "BootNotificationResponse.currentTime is missing",
    ),
    "something missing within": (
        (V15.central_system, "Authorize"),
        {"idTagInfo": {"parentIdTag": "T"}},
        "IdTagInfo.status is missing",
    ),
    "a text for a record": (
        (V15.central_system, "Authorize"),
        {"idTagInfo": "Accepted"},
        "AuthorizeResponse.idTagInfo must be an object",
    ),
    "a text for a list": (
        CONFIGURATION,
        {"unknownKey": "HeartbeatInterval"},
        "GetConfigurationResponse.unknownKey must be a list",
    ),
    "something missing in a list": (
        CONFIGURATION,
        {"configurationKey": [{"key": "A"}]},
        "KeyValue.readonly is missing",
    ),
    "a void in a list": (
        CONFIGURATION,
        {"unknownKey": ["A", None]},
        "GetConfigurationResponse.unknownKey is missing in its list",
    ),
    "a list that must not be empty": (
        COMPOSITE,
        {"status": "Accepted", "chargingSchedule": SCHEDULE | {"chargingSchedulePeriod": []}},
        "ChargingSchedule.chargingSchedulePeriod must hold one at least",
    ),
    "a text for a number": (
        COMPOSITE,
        {"status": "Accepted", "chargingSchedule": SCHEDULE | {"minChargingRate": "much"}},
        "ChargingSchedule.minChargingRate must be a number",
    ),
    "a number without end": (
        COMPOSITE,
        {"status": "Accepted", "chargingSchedule": SCHEDULE | {"minChargingRate": float("inf")}},
        "ChargingSchedule.minChargingRate must be a number",
    ),
    **{
        f"the character {ord(letter):#x}": (
            CONFIGURATION,
            {"unknownKey": [f"A{letter}"]},
            "GetConfigurationResponse.unknownKey has a character that XML does not know",
        )
        for letter in "\0\x07\x0b\x1b\ud800\udfff\ufffe\uffff"
    },
}


@pytest.mark.parametrize(("asked", "answer", "reason"), NO_ANSWER.values(), ids=NO_ANSWER)
def test_what_is_no_answer_is_not_written(asked: tuple[Service, str], answer: dict[str, Any], reason: str) -> None:
    service, operation = asked[0], asked[0].operation(asked[1])
    call = endpoint(service).read(requested(service, operation, least(operation.request)).body)

    with pytest.raises(ValueError, match=reason):
        endpoint(service).answer(call, answer)


NEEDING = [
    pytest.param(service, operation, name, id=f"{label} {name}")
    for (service, operation), label in zip(OPERATIONS, IDS, strict=True)
    for name, field in operation.request
    if not field.is_optional
]


@pytest.mark.parametrize(("service", "operation", "name"), NEEDING)
def test_a_request_without_a_field_is_not_written(service: Service, operation: Operation, name: str) -> None:
    payload = least(operation.request)
    del payload[name]

    with pytest.raises(ValueError, match=f"{operation.request.name}.{name} is missing"):
        client.request(service, operation, payload, IDENTITY, STATION, PORTAL)


def least(record: Record) -> dict[str, Any]:
    """The fields that must be there, with something in each."""
    return {
        name: [_something(field.kind)] if field.is_list else _something(field.kind)
        for name, field in record
        if not field.is_optional
    }


def _something(kind: Any) -> Any:
    return least(kind) if isinstance(kind, Record) else 1
