"""What OCPP 1.6 says in the words of an older version, and back (OCPP 1.6, annex 3.4; OCPP 1.5, chapters 4 to 7)."""

from collections.abc import Iterator, Mapping
from typing import Any

from ocpp.exceptions import NotSupportedError

from ocpp_soap.kinds import Choice, Field, Kind, Record
from simulator.messages import now, wire_time

Payload = dict[str, Any]

HEARD: Mapping[str, str] = {
    "localAuthorisationList": "localAuthorizationList",
    "heartbeatInterval": "interval",
}
TOLD: Mapping[str, str] = {"values": "meterValue", "value": "sampledValue"}
"""Fields of older versions, and what 1.6 calls them."""

ANY_ERROR = ("OtherError", "PowerSwitchFailure")
INSTEAD: Mapping[str, tuple[str, ...]] = {
    # An outlet with a car is no more than occupied (1.5, 5.21); 1.2 knows no reservations.
    **dict.fromkeys(("Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved"), ("Occupied",)),
    "EVCommunicationError": ("Mode3Error",),
    **dict.fromkeys(("GroundFailure", "InternalError", "LocalListConflict", "OtherError"), ANY_ERROR),
    **dict.fromkeys(("OverCurrentFailure", "OverVoltage", "UnderVoltage", "WeakSignal"), ANY_ERROR),
    "A": ("Amp",),
    "V": ("Volt",),
    "Trigger": ("Sample.Periodic",),
    "Unlocked": ("Accepted",),
    "UnlockFailed": ("Rejected",),
    "NotSupported": ("Rejected",),
    "RebootRequired": ("Accepted",),
}
"""What a version says that does not have a word of 1.6: the first of these that it has."""

KEYS: Mapping[str, str] = {"HeartBeatInterval": "HeartbeatInterval"}
"""Configuration keys of older versions, and what 1.6 calls them."""
OLDER_KEYS = {new: old for old, new in KEYS.items()}

UNKNOWN_KEYS = frozenset(
    {
        "ChargeProfileMaxStackLevel",
        "ChargingScheduleAllowedChargingRateUnit",
        "ChargingScheduleMaxPeriods",
        "MaxChargingProfilesInstalled",
        "SupportedFeatureProfiles",
    }
)
"""Those of 1.6 that tell what older versions do not have."""
KEYS_OF_LINES = frozenset({"CpoName", "SecurityProfile", "WebSocketPingInterval"})
"""Those about WebSockets and the security extension, which SOAP has not."""


def older(record: Record, payload: Mapping[str, Any]) -> Payload:
    """A payload of 1.6 as a record has it. Raises NotSupportedError where it has no words for it."""
    told = {}
    for name, field in record:
        said = payload.get(name, payload.get(TOLD.get(name, "")))
        if said is not None:
            told[name] = _field(field, said)
    return told


def _field(field: Field, said: Any) -> Any:
    if not field.is_list:
        return _one(field.kind, said)
    told = list(_each(field.kind, said))
    if not told and not field.is_optional:
        raise NotSupportedError("This version of OCPP has no words for any of it.")
    return told


def _each(kind: Kind, said: list[Any]) -> Iterator[Any]:
    """One that there are no words for, such as a car's state of charge, is left out."""
    for each in said:
        try:
            yield _one(kind, each)
        except NotSupportedError:
            continue


def _one(kind: Kind, said: Any) -> Any:
    match kind:
        case Record():
            return older(kind, said)
        case Choice():
            return _word(kind, said)
        case _:
            # In 1.2 a meter value is the register alone, which comes first.
            return said[0]["value"] if isinstance(said, list) else said


def _word(choice: Choice, said: str) -> str:
    for word in (said, *INSTEAD.get(said, ())):
        if word in choice.words:
            return word
    raise NotSupportedError(f"This version of OCPP has no word for {said}.")


def newer(payload: Mapping[str, Any]) -> Payload:
    """What the central system says, in the words of 1.6."""
    return {HEARD.get(name, name): said for name, said in payload.items() if name != "hash"}


def newer_answer(action: str, payload: Mapping[str, Any]) -> Payload:
    answer = newer(payload)
    if action == "BootNotification":
        # In 1.2 these may be left out.
        answer = {"currentTime": wire_time(now()), "interval": 0, **answer}
    return answer


def newer_keys(payload: Payload) -> Payload:
    """A command with the keys that it is about, if it is, named as in 1.6."""
    match payload.get("key"):
        case None:
            return payload
        case str(key):
            return {**payload, "key": KEYS.get(key, key)}
        case keys:
            return {**payload, "key": [KEYS.get(key, key) for key in keys]}


def older_keys(payload: Payload) -> Payload:
    """The answer to one."""
    told = dict(payload)
    if known := payload.get("configurationKey"):
        told["configurationKey"] = [{**each, "key": OLDER_KEYS.get(each["key"], each["key"])} for each in known]
    if unknown := payload.get("unknownKey"):
        told["unknownKey"] = [OLDER_KEYS.get(key, key) for key in unknown]
    return told
