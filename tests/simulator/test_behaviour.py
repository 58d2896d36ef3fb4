"""Stations that answer wrongly: each manner, on the wire."""

import asyncio
import json
import re
from typing import Any

import pytest
from ocpp.messages import Call, unpack, validate_payload
from ocpp.v16.enums import Action

from simulator.behaviour import ALL, Behaviour, Manner, refusal
from simulator.station import Station
from tests.simulator.central_system import CentralSystem

ASKED = '[2,"17","ClearCache",{}]'


def answers(behaviour: str, frame: str = ASKED, wait_for: int = 1) -> list[str]:
    """What a station of such a behaviour sends back, as it comes; then it still answers another question."""

    async def converse() -> list[str]:
        async with CentralSystem() as central, Station("CB-1", central.url, behaviour=behaviour) as station:
            await station.heartbeat()
            line = central.lines["CB-1"].connection
            await line.send(frame)
            await line.send('[2,"after","GetLocalListVersion",{}]')
            await central.until(lambda: '[3,"after",{"listVersion":0}]' in central.answers)
            await central.until(lambda: len(central.answers) > wait_for)
            return [answer for answer in central.answers if "after" not in answer]

    return asyncio.run(converse())


@pytest.mark.parametrize(
    ("manner", "answer"),
    [
        ("refuses", '[3, "17", {"status": "Rejected"}]'),
        ("late:0.1", '[3,"17",{"status":"Accepted"}]'),
        ("error", '[4,"17","GenericError","told to refuse everything",{}]'),
        ("wrong_payload", '[3,"17",{"status":"Perhaps","listVersion":"three"}]'),
        ("broken", '[3,"17",{"status":'),
        ("wrong_id", '[3,"nobody asked this",{"status":"Accepted"}]'),
    ],
)
def test_each_manner(manner: str, answer: str) -> None:
    assert answers(f"ClearCache={manner}") == [answer]


def test_a_silent_station_says_nothing_and_goes_on() -> None:
    assert answers("ClearCache=silent", wait_for=0) == []


def test_a_station_that_leaves_cuts_the_line() -> None:
    async def converse() -> None:
        async with CentralSystem() as central, Station("CB-1", central.url, behaviour="Reset=leaves") as station:
            await station.heartbeat()
            await central.lines["CB-1"].connection.send('[2,"1","Reset",{"type":"Hard"}]')
            await central.until(lambda: not central.lines)
            assert not central.answers

    asyncio.run(converse())


def test_what_is_not_named_is_done_as_it_should_be() -> None:
    assert answers("Reset=silent,UnlockConnector=error") == ['[3,"17",{"status":"Accepted"}]']


def test_all_may_be_named_at_once_and_one_otherwise() -> None:
    behaviour = Behaviour.of(" *=refuses , Reset=late:2.5 ")
    assert behaviour.towards("ClearCache") == (Manner.REFUSES, 5.0)
    assert behaviour.towards("Reset") == (Manner.LATE, 2.5)
    assert Behaviour.of("").towards(ALL) is None


@pytest.mark.parametrize("text", ["Reset", "Reset=rude", "=", "Reset=late:soon"])
def test_nonsense_is_no_behaviour(text: str) -> None:
    with pytest.raises(ValueError, match=r"behaviour|float"):
        Behaviour.of(text)


def test_what_only_envelopes_can_get_wrong_is_no_behaviour_of_a_websocket() -> None:
    with pytest.raises(ValueError, match="In this protocol nobody can answer http_404"):
        Station("CB-1", "ws://localhost/", behaviour="Reset=http_404")


PAYLOADS: dict[str, dict[str, Any]] = {"GetConfiguration": {"key": ["HeartbeatInterval"]}}
COMMANDS = re.findall(
    r"\w+",
    """CancelReservation ChangeAvailability ChangeConfiguration ClearCache ClearChargingProfile DataTransfer
    ExtendedTriggerMessage GetCompositeSchedule GetConfiguration GetDiagnostics GetLocalListVersion GetLog
    RemoteStartTransaction RemoteStopTransaction ReserveNow Reset SendLocalList SetChargingProfile SignedUpdateFirmware
    TriggerMessage UnlockConnector UpdateFirmware""",
)


@pytest.mark.parametrize("action", COMMANDS)
def test_every_command_is_refused_in_words_that_ocpp_has(action: str) -> None:
    assert action in set(Action)
    answer = Call("1", action, {}).create_call_result(refusal(action, PAYLOADS.get(action, {})))
    unpacked = unpack(answer.to_json())
    unpacked.action = action
    asyncio.run(validate_payload(unpacked, "1.6"))
    assert json.loads(answer.to_json())[2] != {"status": "Accepted"}
