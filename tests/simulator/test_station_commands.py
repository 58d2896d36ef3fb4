"""What the station answers when the central system calls, and what it then does."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ocpp.v16 import call, call_result
from ocpp.v16.enums import ChargePointStatus, Reason, ResetType

from simulator.errors import NoLine
from simulator.messages import wire_time
from simulator.station import Station
from tests.simulator.central_system import CentralSystem, Conversation


def with_station(converse: Callable[[CentralSystem, Conversation, Station], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with CentralSystem() as central, Station("CB-1", central.url) as station:
            await station.boot()
            return await converse(central, central.lines["CB-1"], station)

    return asyncio.run(run())


def test_remote_start_is_accepted_by_a_free_outlet_only() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> list[str]:
        start = call.RemoteStartTransaction(id_tag="12345678", connector_id=1)
        unknown = call.RemoteStartTransaction(id_tag="12345678", connector_id=9)
        anywhere = call.RemoteStartTransaction(id_tag="12345678")
        replies = [await line.call(request) for request in (start, start, unknown, anywhere, anywhere)]
        assert station.outlets[1].remote_starts.get_nowait() == "12345678"
        assert station.outlets[2].remote_starts.get_nowait() == "12345678"
        return [reply.status for reply in replies]

    assert with_station(converse) == ["Accepted", "Rejected", "Rejected", "Accepted", "Rejected"]


def test_remote_stop_finds_the_outlet_of_the_transaction() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> list[str]:
        await station.start(outlet=2, id_token="12345678")
        replies = [await line.call(call.RemoteStopTransaction(number)) for number in (1, 77)]
        assert station.outlets[2].stop_requests.get_nowait() == Reason.remote
        return [reply.status for reply in replies]

    assert with_station(converse) == ["Accepted", "Rejected"]


def test_unlock_stops_what_runs() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> list[str]:
        await station.start(outlet=1, id_token="12345678")
        replies = [await line.call(call.UnlockConnector(number)) for number in (1, 2, 9)]
        assert station.outlets[1].stop_requests.get_nowait() == Reason.unlock_command
        assert station.outlets[2].stop_requests.empty()
        return [reply.status for reply in replies]

    assert with_station(converse) == ["Unlocked", "Unlocked", "NotSupported"]


def test_availability_changes_at_once_when_idle_and_later_when_charging() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> list[str]:
        idle = await line.call(call.ChangeAvailability(1, "Inoperative"))
        await central.until(lambda: central.statuses(1) == ["Unavailable"])
        await station.report(2, ChargePointStatus.charging)
        await station.start(outlet=2, id_token="12345678")
        charging = await line.call(call.ChangeAvailability(2, "Inoperative"))
        unknown = await line.call(call.ChangeAvailability(9, "Inoperative"))
        whole_station = await line.call(call.ChangeAvailability(0, "Operative"))
        await central.until(lambda: central.statuses(1) == ["Unavailable", "Available"])
        assert central.statuses(2) == ["Charging"]
        return [reply.status for reply in (idle, charging, unknown, whole_station)]

    assert with_station(converse) == ["Accepted", "Scheduled", "Rejected", "Scheduled"]


def test_configuration_is_read_and_changed() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        changes = [
            ("MeterValueSampleInterval", "15"),
            ("MeterValueSampleInterval", "often"),
            ("NumberOfConnectors", "4"),
            ("NoSuchKey", "1"),
        ]
        replies = [await line.call(call.ChangeConfiguration(key, value)) for key, value in changes]
        assert [reply.status for reply in replies] == ["Accepted", "Rejected", "Rejected", "NotSupported"]

        chosen = await line.call(call.GetConfiguration(["MeterValueSampleInterval", "NoSuchKey"]))
        assert chosen == call_result.GetConfiguration(
            configuration_key=[{"key": "MeterValueSampleInterval", "readonly": False, "value": "15"}],
            unknown_key=["NoSuchKey"],
        )
        every = await line.call(call.GetConfiguration())
        values = {entry["key"]: entry.get("value") for entry in every.configuration_key}
        assert (values["NumberOfConnectors"], values["HeartbeatInterval"]) == ("2", "300")

    with_station(converse)


def test_clear_cache_forgets_the_tags() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> Any:
        await station.authorize("12345678")
        assert station.authorization_cache == {"12345678"}
        reply = await line.call(call.ClearCache())
        assert station.authorization_cache == set()
        return reply

    assert with_station(converse) == call_result.ClearCache("Accepted")


def test_data_transfer_is_understood_from_its_own_vendor() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> list[Any]:
        asked = [("ours", None), ("Simulated", "Dance"), ("Simulated", "Echo")]
        return [await line.call(call.DataTransfer(vendor, message, "hello")) for vendor, message in asked]

    assert with_station(converse) == [
        call_result.DataTransfer("UnknownVendorId"),
        call_result.DataTransfer("UnknownMessageId"),
        call_result.DataTransfer("Accepted", "hello"),
    ]


def test_a_reset_is_accepted_and_waits_to_be_obeyed() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        assert await line.call(call.Reset("Soft")) == call_result.Reset("Accepted")
        assert await station.resets.get() == ResetType.soft

    with_station(converse)


TRIGGERS = [
    "BootNotification",
    "Heartbeat",
    "StatusNotification",
    "MeterValues",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
]
EXTENDED = [*TRIGGERS[:4], "FirmwareStatusNotification", "LogStatusNotification", "SignChargePointCertificate"]
BROUGHT = {"SignChargePointCertificate": "SignCertificate"}


def test_each_trigger_brings_its_message() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        heard_before = len(central.heard)
        for ask, messages in ((call.TriggerMessage, TRIGGERS), (call.ExtendedTriggerMessage, EXTENDED)):
            for requested in messages:
                reply = await line.call(ask(requested, connector_id=1))
                assert reply.status == "Accepted"
                brought = BROUGHT.get(requested, requested)
                await central.until(lambda brought=brought: central.heard[-1].action == brought)
            assert (await line.call(ask("Heartbeat", connector_id=9))).status == "Rejected"
        assert len(central.heard) == heard_before + len(TRIGGERS) + len(EXTENDED)
        sample = central.said("MeterValues")[0]["meterValue"][0]["sampledValue"][0]
        assert sample["context"] == "Trigger"
        assert central.said("FirmwareStatusNotification") == [{"status": "Idle"}] * 2
        assert central.said("LogStatusNotification") == [{"status": "Idle"}]
        assert central.said("SignCertificate")[0]["csr"].startswith("-----BEGIN CERTIFICATE REQUEST-----")

    with_station(converse)


def test_a_trigger_for_the_statuses_of_all_tells_the_station_itself_too() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        await line.call(call.TriggerMessage("StatusNotification"))
        await central.until(lambda: len(central.said("StatusNotification")) == 3)
        assert [told["connectorId"] for told in central.said("StatusNotification")] == [0, 1, 2]

    with_station(converse)


def entries(*tags: str, status: str = "Accepted") -> list[dict[str, Any]]:
    return [{"idTag": tag, "idTagInfo": {"status": status}} for tag in tags]


def test_the_local_list_keeps_its_version_and_its_tags() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> list[str]:
        async def send(version: int, kind: str, tags: list[dict[str, Any]] | None = None) -> str:
            return (await line.call(call.SendLocalList(version, kind, tags))).status

        async def version() -> int:
            return (await line.call(call.GetLocalListVersion())).list_version

        assert await version() == 0
        said = [
            await send(3, "Full", entries("A", "B")),
            await send(4, "Differential", [{"idTag": "A"}, *entries("C", status="Blocked")]),
            await send(4, "Differential", entries("D")),
            await send(9, "Full", [{"idTag": "E"}]),
            await send(9, "Full", entries(*(f"T{number}" for number in range(1001)))),
        ]
        assert (await version(), station.local_list.tags.keys()) == (4, {"B", "C"})
        assert [station.local_list.accepts(tag) for tag in "ABC"] == [None, True, False]
        said.append(await send(5, "Full"))
        assert station.local_list.tags == {}
        await line.call(call.ChangeConfiguration("LocalAuthListEnabled", "false"))
        assert await version() == -1
        return [*said, await send(6, "Full")]

    assert with_station(converse) == [
        "Accepted", "Accepted", "VersionMismatch", "Failed", "Failed", "Accepted", "NotSupported",
    ]  # fmt: skip


def in_seconds(seconds: float) -> str:
    return wire_time(datetime.now(UTC) + timedelta(seconds=seconds))


def test_a_reservation_keeps_the_outlet_for_its_driver() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        async def reserve(connector: int, number: int, tag: str = "HIS", seconds: float = 60) -> str:
            return (await line.call(call.ReserveNow(connector, in_seconds(seconds), tag, number, "FAMILY"))).status

        assert await reserve(1, 7) == "Accepted"
        await central.until(lambda: central.statuses(1) == ["Reserved"])
        assert [await reserve(1, 8), await reserve(9, 8)] == ["Occupied", "Rejected"]
        assert await reserve(1, 7, seconds=90) == "Accepted"  # The same one, longer.
        starts = [await line.call(call.RemoteStartTransaction(tag, 1)) for tag in ("OTHER", "FAMILY")]
        assert [reply.status for reply in starts] == ["Rejected", "Accepted"]
        await station.start(outlet=1, id_token="HIS")
        assert central.said("StartTransaction")[0]["reservationId"] == 7
        assert (await line.call(call.CancelReservation(7))).status == "Rejected"
        await line.call(call.ChangeAvailability(2, "Inoperative"))
        assert await reserve(2, 9) == "Unavailable"

    with_station(converse)


def test_a_reservation_ends_when_it_is_cancelled_and_when_its_time_is_over() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        await line.call(call.ReserveNow(1, in_seconds(60), "HIS", 7))
        assert (await line.call(call.CancelReservation(7))).status == "Accepted"
        await central.until(lambda: central.statuses(1) == ["Reserved", "Available"])
        # Without an outlet, any that is free.
        assert (await line.call(call.ReserveNow(0, in_seconds(0.3), "HIS", 8))).status == "Accepted"
        await central.until(lambda: central.statuses(1) == ["Reserved", "Available"] * 2)
        assert station.outlets[1].is_free

    with_station(converse)


def profile(limit: float, purpose: str = "TxDefaultProfile", number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "chargingProfileId": number,
        "stackLevel": 0,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Relative",
        "chargingSchedule": {
            "chargingRateUnit": "W",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}, {"startPeriod": 600, "limit": limit / 2}],
        },
        **more,
    }


def test_charging_profiles_are_set_asked_for_and_cleared() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        async def set_profile(connector: int, wanted: dict[str, Any]) -> str:
            return (await line.call(call.SetChargingProfile(connector, wanted))).status

        assert await set_profile(1, profile(6000)) == "Accepted"
        assert await set_profile(1, profile(6000, "TxProfile")) == "Rejected"  # Nothing charges.
        assert await set_profile(1, profile(6000, "ChargePointMaxProfile")) == "Rejected"
        assert await set_profile(9, profile(6000)) == "Rejected"
        assert await set_profile(1, profile(6000, stackLevel=11)) == "Rejected"
        await station.start(outlet=1, id_token="A")
        assert await set_profile(1, profile(5000, "TxProfile", 2, transactionId=1)) == "Accepted"
        assert await set_profile(1, profile(5000, "TxProfile", 3, transactionId=99)) == "Rejected"
        assert (station.limit_w(1), station.limit_w(2)) == (5000, None)

        reply = await line.call(call.GetCompositeSchedule(1, 900, "W"))
        assert (reply.status, reply.connector_id) == ("Accepted", 1)
        steps = reply.charging_schedule["charging_schedule_period"]
        assert [step["limit"] for step in steps] == [5000, 2500]
        assert 590 < steps[1]["start_period"] <= 600
        assert (await line.call(call.GetCompositeSchedule(9, 900))).status == "Rejected"

        await station.stop(outlet=1)
        assert station.limit_w(1) == 6000  # The profile of the charge went with it.
        cleared = [await line.call(call.ClearChargingProfile(id=number)) for number in (1, 1)]
        assert [each.status for each in cleared] == ["Accepted", "Unknown"]
        assert station.limit_w(1) is None

    with_station(converse)


def test_a_remote_start_may_bring_a_profile_for_its_charge() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        foreign = await line.call(call.RemoteStartTransaction("A", 1, profile(4000)))
        assert foreign.status == "Rejected"
        own = await line.call(call.RemoteStartTransaction("A", 1, profile(4000, "TxProfile")))
        assert own.status == "Accepted"
        await station.start(outlet=1, id_token="A")
        assert station.limit_w(1) == 4000

    with_station(converse)


def test_a_new_key_is_used_at_the_next_connection_and_never_told() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        assert (await line.call(call.ChangeConfiguration("AuthorizationKey", "short"))).status == "Rejected"
        new = "0123456789abcdef0123"
        assert (await line.call(call.ChangeConfiguration("AuthorizationKey", new))).status == "Accepted"
        await central.until(lambda: not central.lines)
        await station.connect()
        assert central.password == f"CB-1:{new}"
        told = await central.lines["CB-1"].call(call.GetConfiguration(["AuthorizationKey"]))
        assert told.configuration_key == [{"key": "AuthorizationKey", "readonly": False}]

    with_station(converse)


def test_a_change_that_cuts_the_line_cuts_it() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        moved = await line.call(call.ChangeConfiguration("CentralSystemURL", "ws://127.0.0.1:1/nowhere"))
        assert moved.status == "RebootRequired"
        assert await station.heartbeat()
        station.power_cycle()
        with pytest.raises(NoLine):
            await station.connect()
        station.url = central.url
        await station.connect()
        await central.until(lambda: central.lines)
        await central.lines["CB-1"].call(call.ChangeConfiguration("APN", "wrong.operator"))
        await central.until(lambda: not central.lines)
        with pytest.raises(NoLine, match="access point"):
            await station.connect()

    with_station(converse)
