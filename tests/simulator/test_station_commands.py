"""What the station answers when the central system calls, and what it then does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ocpp.v16 import call, call_result
from ocpp.v16.enums import ChargePointStatus, Reason, ResetType

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


def test_data_transfer_and_reset_and_what_is_not_supported() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        data = await line.call(call.DataTransfer(vendor_id="ours"))
        assert data == call_result.DataTransfer("UnknownVendorId")
        assert await line.call(call.Reset("Soft")) == call_result.Reset("Accepted")
        assert await station.resets.get() == ResetType.soft
        assert await line.call(call.GetLocalListVersion()) is None  # a CALLERROR: not implemented

    with_station(converse)


def test_each_trigger_brings_its_message() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        heard_before = len(central.heard)
        for requested in ("BootNotification", "Heartbeat", "StatusNotification", "MeterValues"):
            reply = await line.call(call.TriggerMessage(requested, connector_id=1))
            assert reply == call_result.TriggerMessage("Accepted")
            await central.until(lambda requested=requested: central.heard[-1].action == requested)
        assert len(central.heard) == heard_before + 4
        sample = central.said("MeterValues")[0]["meterValue"][0]["sampledValue"][0]
        assert sample["context"] == "Trigger"
        firmware = await line.call(call.TriggerMessage("FirmwareStatusNotification"))
        unknown = await line.call(call.TriggerMessage("Heartbeat", connector_id=9))
        assert (firmware.status, unknown.status) == ("NotImplemented", "Rejected")

    with_station(converse)
