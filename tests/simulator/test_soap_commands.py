"""What a station answers over SOAP: each command, obeyed, refused, not answered, answered late and with garbage.

What it then does is the same as over WebSocket (`test_station_commands.py`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import requests
from ocpp.v16.enums import Reason, ResetType

from ocpp_soap import client
from ocpp_soap.client import RefusedError
from ocpp_soap.faults import SoapFault
from ocpp_soap.v15 import V15
from ocpp_soap.versions import VERSIONS
from simulator.station import Station
from tests.simulator.soap_central_system import SoapCentralSystem
from tests.simulator.soap_commands import COMMANDS, IN_12, IN_16, SINCE_15, SOON
from tests.simulator.test_station_life import until

EACH = [(protocol, action) for protocol, commands in COMMANDS.items() for action in commands]
each_command = pytest.mark.parametrize(("protocol", "action"), EACH)


def with_station(
    converse: Callable[[SoapCentralSystem, Station], Awaitable[Any]], behaviour: str = "", protocol: str = "ocpp1.5"
) -> Any:
    """A station that charges at its second outlet, and has a reservation there if the version knows any."""

    async def run() -> Any:
        async with (
            SoapCentralSystem(protocol) as central,
            Station("CB-1", central.url, speaks=protocol, behaviour=behaviour) as station,
        ):
            await station.start(outlet=2, id_token="12345678")
            if protocol != "ocpp1.2" and not behaviour:
                reserved = {"connectorId": 1, "expiryDate": SOON, "idTag": "A", "reservationId": 7}
                assert await central.ask("CB-1", "ReserveNow", **reserved) == {"status": "Accepted"}
            return await converse(central, station)

    return asyncio.run(run())


def test_every_command_is_here() -> None:
    services = {each.protocol: each.charge_point.operations for each in VERSIONS.values()}
    assert {protocol: {each.name for each in operations} for protocol, operations in services.items()} == {
        protocol: set(commands) for protocol, commands in COMMANDS.items()
    }
    assert {protocol: len(commands) for protocol, commands in COMMANDS.items()} == {
        "ocpp1.2": 9, "ocpp1.5": 15, "ocpp1.6-soap": 19,
    }  # fmt: skip


@each_command
def test_it_is_obeyed(protocol: str, action: str) -> None:
    asked, expected, _ = COMMANDS[protocol][action]

    async def converse(central: SoapCentralSystem, station: Station) -> Any:
        if action == "ReserveNow":
            await central.ask("CB-1", "CancelReservation", reservationId=7)
        return await central.ask("CB-1", action, **asked)

    answer = with_station(converse, protocol=protocol)
    if action == "GetDiagnostics":
        answer["fileName"] = answer["fileName"].rsplit("-", 2)[0]
    assert answer == expected


@each_command
def test_it_is_refused(protocol: str, action: str) -> None:
    asked, _, refused = COMMANDS[protocol][action]
    answer = with_station(lambda central, _: central.ask("CB-1", action, **asked), f"{action}=refuses", protocol)
    assert answer == refused


@each_command
def test_it_is_answered_with_a_fault(protocol: str, action: str) -> None:
    async def converse(central: SoapCentralSystem, _: Station) -> None:
        with pytest.raises(RefusedError, match="told to refuse everything") as refused:
            await central.ask("CB-1", action, **COMMANDS[protocol][action][0])
        assert (refused.value.code, refused.value.subcode) == ("Receiver", "InternalError")

    with_station(converse, f"{action}=error", protocol)


@each_command
def test_it_is_not_answered_until_the_caller_gives_up(protocol: str, action: str) -> None:
    async def converse(central: SoapCentralSystem, station: Station) -> None:
        with pytest.raises(requests.ReadTimeout):
            await central.post("CB-1", action, timeout_seconds=0.1, **COMMANDS[protocol][action][0])
        other = "Reset" if action == "ClearCache" else "ClearCache"
        assert await central.ask("CB-1", other, **IN_12[other][0]) == {"status": "Accepted"}
        assert await station.heartbeat()

    with_station(converse, f"{action}=silent", protocol)


@each_command
def test_it_is_answered_late(protocol: str, action: str) -> None:
    asked, expected, _ = COMMANDS[protocol][action]

    async def converse(central: SoapCentralSystem, station: Station) -> tuple[Any, float]:
        clock = asyncio.get_running_loop().time
        began = clock()
        return await central.ask("CB-1", action, **asked), clock() - began

    answer, seconds = with_station(converse, f"{action}=late:0.1", protocol)
    assert seconds >= 0.1
    assert answer.keys() == expected.keys()


@pytest.mark.parametrize("manner", ["broken", "wrong_namespace", "wrong_soap", "empty", "http_404", "http_500"])
@each_command
def test_it_is_answered_with_what_cannot_be_read(protocol: str, action: str, manner: str) -> None:
    async def converse(central: SoapCentralSystem, _: Station) -> None:
        with pytest.raises(SoapFault):
            await central.ask("CB-1", action, **COMMANDS[protocol][action][0])

    with_station(converse, f"{action}={manner}", protocol)


@pytest.mark.parametrize("protocol", COMMANDS)
def test_a_command_that_is_asked_for_too_impatiently_is_obeyed_all_the_same(protocol: str) -> None:
    async def converse(central: SoapCentralSystem, station: Station) -> None:
        station.authorization_cache.add("A")
        with pytest.raises(requests.ReadTimeout):
            await central.post("CB-1", "ClearCache", timeout_seconds=0.05)
        await until(lambda: not station.authorization_cache)
        assert await central.ask("CB-1", "Reset", type="Soft") == {"status": "Accepted"}

    with_station(converse, "ClearCache=late:0.3", protocol)


def test_a_payload_of_nonsense_and_an_answer_to_nobody() -> None:
    async def converse(central: SoapCentralSystem, _: Station) -> tuple[Any, bytes]:
        answered = await central.post("CB-1", "ClearCache")
        return await central.ask("CB-1", "GetLocalListVersion"), answered.body

    nonsense, to_nobody = with_station(converse, "GetLocalListVersion=wrong_payload,ClearCache=wrong_id")
    assert nonsense == {"listVersion": "three", "status": "Perhaps"}
    assert b"RelatesTo>nobody asked this</" in to_nobody


def test_a_station_that_leaves_closes_the_connection_and_can_come_back() -> None:
    async def converse(central: SoapCentralSystem, station: Station) -> None:
        with pytest.raises(requests.ConnectionError):
            await central.post("CB-1", "Reset", type="Hard")
        assert not station.is_connected
        with pytest.raises(requests.ConnectionError):
            await central.post("CB-1", "ClearCache")
        address = central.addresses["CB-1"]
        await station.connect()
        assert await central.ask("CB-1", "ClearCache") == {"status": "Accepted"}
        await station.heartbeat()
        assert central.addresses["CB-1"] == address

    with_station(converse, "Reset=leaves")


def test_what_is_accepted_happens() -> None:
    async def converse(central: SoapCentralSystem, station: Station) -> None:
        async def say(action: str, **payload: Any) -> Any:
            return (await central.ask("CB-1", action, **payload))["status"]

        assert await say("CancelReservation", reservationId=7) == "Accepted"
        assert await say("RemoteStartTransaction", idTag="A", connectorId=1) == "Accepted"
        assert station.outlets[1].remote_starts.get_nowait() == "A"
        assert await say("UnlockConnector", connectorId=2) == "Accepted"
        assert station.outlets[2].stop_requests.get_nowait() == Reason.unlock_command
        assert await say("UnlockConnector", connectorId=9) == "Rejected"
        assert await say("SendLocalList", **SINCE_15["SendLocalList"][0]) == "Accepted"
        assert (station.local_list.version, station.local_list.accepts("A")) == (3, True)
        assert await say("ChangeConfiguration", key="HeartBeatInterval", value="60") == "Accepted"
        assert station.configuration.value("HeartbeatInterval") == "60"
        assert await say("ChangeConfiguration", key="CentralSystemURL", value="http://127.0.0.1:1/") == "Accepted"
        assert await say("ChangeConfiguration", key="SupportedFeatureProfiles", value="Core") == "NotSupported"
        assert await say("ChangeAvailability", connectorId=2, type="Inoperative") == "Scheduled"
        assert await say("Reset", type="Hard") == "Accepted"
        assert await station.resets.get() == ResetType.hard

    with_station(converse)


def test_what_a_command_brings_about_is_told_in_the_words_of_the_version() -> None:
    async def converse(central: SoapCentralSystem, station: Station) -> list[str]:
        assert await central.ask("CB-1", "CancelReservation", reservationId=7) == {"status": "Accepted"}
        await central.until(lambda: central.statuses(1) == ["Reserved", "Available"])
        await central.ask("CB-1", "ChangeAvailability", connectorId=1, type="Inoperative")
        await central.until(lambda: len(central.statuses(1)) == 3)
        return central.statuses(1)

    assert with_station(converse) == ["Reserved", "Available", "Unavailable"]


def test_a_limit_of_1_6_is_obeyed() -> None:
    async def converse(central: SoapCentralSystem, station: Station) -> Any:
        await central.ask("CB-1", "SetChargingProfile", **IN_16["SetChargingProfile"][0])
        assert station.limit_w(1) == 6000.5
        return await central.ask("CB-1", "GetCompositeSchedule", connectorId=1, duration=60)

    answer = with_station(converse, protocol="ocpp1.6-soap")
    steps = [{"startPeriod": 0, "limit": 6000.5}]
    assert answer["chargingSchedule"]["chargingSchedulePeriod"] == steps


def test_what_was_asked_for_wrongly_is_a_fault() -> None:
    async def converse(central: SoapCentralSystem, _: Station) -> list[tuple[str, str | None]]:
        faults = []
        for asked in (
            {"action": "ClearCache", "identity": "CB-2"},
            {"action": "UnlockConnector", "connectorId": "the left one"},
            {"action": "Reset", "type": "Gently"},
        ):
            answered = await central.post("CB-1", **asked)
            with pytest.raises(RefusedError) as refused:
                client.answer(V15.charge_point, V15.charge_point.operation(asked["action"]), answered.body)
            faults.append((answered.status, refused.value.code, refused.value.subcode))
        return faults

    assert with_station(converse) == [
        (400, "Sender", "IdentityMismatch"),
        (400, "Sender", "ProtocolError"),
        (400, "Sender", "ProtocolError"),
    ]
