"""The other versions that are spoken over SOAP: each command goes to a real server of that version."""

import pytest

from domain import protocols
from domain.models import Action as A
from domain.models import CommandReason, CommandState
from domain.protocols import Protocol
from engine.ocpp12.commands.table import TABLE as TABLE12
from engine.ocpp15.commands.table import TABLE as TABLE15
from engine.ocpp16.commands.table import TABLE as TABLE16
from engine.ocpp16.commands.table import TABLE_OVER_SOAP
from ocpp_soap.v12 import V12
from ocpp_soap.v16 import V16
from tests.engine.calls.soap_station import say, soap_station

YES = {"status": "accepted"}
PROFILE = {
    "purpose": "default",
    "stack_level": 2,
    "kind": "absolute",
    "unit": "A",
    "periods": [{"start_seconds": 0, "limit": 16.0}, {"start_seconds": 60, "limit": 6.25, "phases": 3}],
}
ON_THE_WIRE = {
    "stackLevel": 2,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [
            {"startPeriod": 0, "limit": 16.0},
            {"startPeriod": 60, "limit": 6.2, "numberPhases": 3},
        ],
    },
}
SCHEDULE = {
    "status": "Accepted",
    "connectorId": 1,
    "scheduleStart": "2026-11-22T10:00:00Z",
    "chargingSchedule": {
        "duration": 60,
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": "13.0"}],
    },
}

IN_12 = {
    A.REMOTE_START: ({"id_token": "T" * 30}, "RemoteStartTransaction", {"idTag": "T" * 30}),
    A.REMOTE_STOP: ({"charging_session": 4711}, "RemoteStopTransaction", {"transactionId": 4711}),
    A.RESET: ({"type": "hard"}, "Reset", {"type": "Hard"}),
    A.UNLOCK: ({"outlet": 2}, "UnlockConnector", {"connectorId": 2}),
    A.CHANGE_AVAILABILITY: ({"available": True}, "ChangeAvailability", {"connectorId": 0, "type": "Operative"}),
    A.CHANGE_CONFIGURATION: ({"key": "K", "value": "V"}, "ChangeConfiguration", {"key": "K", "value": "V"}),
    A.CLEAR_CACHE: ({}, "ClearCache", {}),
}
NEW_IN_16 = {
    A.TRIGGER_MESSAGE: (
        {"message": "meter_values", "outlet": 1},
        "TriggerMessage",
        {"requestedMessage": "MeterValues", "connectorId": 1},
    ),
    A.CLEAR_CHARGING_PROFILE: (
        {"purpose": "default", "stack_level": 0},
        "ClearChargingProfile",
        {"chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 0},
    ),
}


@pytest.mark.parametrize("action", IN_12)
def test_a_station_of_12_is_asked(world, caller, action):
    parameters, name, payload = IN_12[action]
    with soap_station(V12) as box:
        station = world.add(box.url, Protocol.OCPP12)
        number = world.make(station, action, parameters)
        caller.call([station.id])
        assert world.ends(number) == (CommandState.ACCEPTED, None, YES)
        asked = box.receive()
    assert (asked.action, asked.payload) == (name, payload)
    assert asked.from_address.endswith("/Ocpp/CentralSystemService12")


def test_a_station_of_12_is_not_asked_what_it_has_no_words_for(world, caller):
    with soap_station(V12) as box:
        station = world.add(box.url, Protocol.OCPP12)
        number = world.make(station, A.GET_CONFIGURATION, {"keys": []})
        caller.call([station.id])
        assert world.ends(number) == (CommandState.FAILED, CommandReason.NOT_SENDABLE, None)
        assert box.heard.empty()


def test_a_station_of_16_over_soap_is_asked_in_the_words_of_16(world, caller):
    with soap_station(V16) as box:
        station = world.add(box.url, Protocol.OCPP16_SOAP)
        tag = {A.REMOTE_START: ({"id_token": "T"}, "RemoteStartTransaction", {"idTag": "T"})}
        for action, (parameters, name, payload) in (IN_12 | tag | NEW_IN_16).items():
            box.answer = say({"status": "Unlocked" if action is A.UNLOCK else "Accepted"})
            number = world.make(station, action, parameters)
            caller.call([station.id])
            outcome = {"status": "unlocked"} if action is A.UNLOCK else YES
            assert world.ends(number) == (CommandState.ACCEPTED, None, outcome)
            asked = box.receive()
            assert (asked.action, asked.payload) == (name, payload)
            assert asked.from_address.endswith("/Ocpp/CentralSystemService16")


def test_a_charging_profile_goes_to_a_station_of_16_over_soap_and_a_schedule_comes_back(world, caller):
    with soap_station(V16) as box:
        station = world.add(box.url, Protocol.OCPP16_SOAP)
        number = world.make(station, A.SET_CHARGING_PROFILE, {"outlet": 1, "profile": PROFILE})
        caller.call([station.id])
        assert world.ends(number) == (CommandState.ACCEPTED, None, YES)
        profile = {"chargingProfileId": number, **ON_THE_WIRE}
        assert box.receive().payload == {"connectorId": 1, "csChargingProfiles": profile}
        started = world.make(station, A.REMOTE_START, {"id_token": "T", "profile": PROFILE | {"purpose": "charge"}})
        caller.call([station.id])
        assert world.ends(started) == (CommandState.ACCEPTED, None, YES)
        profile |= {"chargingProfileId": started, "chargingProfilePurpose": "TxProfile"}
        assert box.receive().payload == {"idTag": "T", "chargingProfile": profile}

        box.answer = say(SCHEDULE)
        number = world.make(station, A.GET_COMPOSITE_SCHEDULE, {"outlet": 1, "duration_seconds": 60, "unit": "A"})
        caller.call([station.id])
        state, _, outcome = world.ends(number)
        assert box.receive().payload == {"connectorId": 1, "duration": 60, "chargingRateUnit": "A"}
    assert (state, outcome["schedule"]["periods"]) == (
        CommandState.ACCEPTED,
        [{"start_seconds": 0, "limit": 13.0}],
    )


def test_a_message_of_the_security_extension_has_no_words_over_soap(world, caller):
    with soap_station(V16) as box:
        station = world.add(box.url, Protocol.OCPP16_SOAP)
        numbers = [
            world.make(station, A.GET_LOG, {"log": "security"}),
            world.make(station, A.TRIGGER_MESSAGE, {"message": "log_status"}),
        ]
        caller.call([station.id])
        for number in numbers:
            assert world.ends(number) == (CommandState.FAILED, CommandReason.NOT_SENDABLE, None)
        assert box.heard.empty()


TABLES = {
    Protocol.OCPP12: TABLE12,
    Protocol.OCPP15: TABLE15,
    Protocol.OCPP16: TABLE16,
    Protocol.OCPP16_SOAP: TABLE_OVER_SOAP,
}


@pytest.mark.parametrize("protocol", Protocol)
def test_what_a_person_is_offered_is_what_the_version_can_say(protocol):
    assert set(TABLES[protocol]) == {action for action in A if protocols.knows(protocol, action)}
