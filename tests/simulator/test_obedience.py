"""What a living station does with what it is told: it charges less, lets in whom it knows, restarts, stays away."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from ocpp.v16 import call
from ocpp.v16.enums import ConfigurationKey

from simulator.charging_curve import ChargingCurve
from simulator.messages import now, wire_time
from simulator.reservations import Reservation
from simulator.visits import Visit
from tests.simulator.central_system import CentralSystem
from tests.simulator.files_server import http_server
from tests.simulator.test_station_commands import entries, profile
from tests.simulator.test_station_life import VISIT, living, until

POWERFUL = replace(VISIT, curve=ChargingCurve(50_000, capacity_wh=60_000, soc_at_start=0.2, ramp_seconds=0))


def test_a_charging_profile_limits_what_is_drawn_until_it_is_cleared() -> None:
    async def converse() -> None:
        async with CentralSystem() as central, living(central, POWERFUL) as (station, _):
            station.configuration.set(ConfigurationKey.meter_value_sample_interval, 1)
            outlet = station.outlets[1]
            await central.until(lambda: "Charging" in central.statuses(1))
            line = central.lines["CB-1"]
            await line.call(call.SetChargingProfile(1, profile(6_000)))
            await until(lambda: outlet.power_w == 6_000)
            await line.call(call.SetChargingProfile(1, profile(0)))
            await central.until(lambda: central.statuses(1)[-1] == "SuspendedEVSE")
            held_wh = outlet.register_wh
            await until(lambda: outlet.power_w == 0)
            samples = len(central.said("MeterValues"))
            await central.until(lambda: len(central.said("MeterValues")) > samples)
            assert outlet.register_wh == pytest.approx(held_wh, abs=1e-6)
            await line.call(call.ClearChargingProfile())
            await central.until(lambda: central.statuses(1)[-1] == "Charging")
            await until(lambda: outlet.power_w == 22_000 or outlet.power_w == 50_000)

    asyncio.run(converse())


def test_a_driver_on_the_local_list_charges_while_there_is_no_line() -> None:
    async def converse() -> None:
        async with CentralSystem() as central:
            async with living(central, replace(VISIT, wait_seconds=0.5, stay_seconds=0.5)) as (station, _):
                await central.until(lambda: central.statuses(1))
                await central.lines["CB-1"].call(call.SendLocalList(1, "Full", entries("12345678")))
                await central.close()
                await until(lambda: station.outlets[1].transaction is not None)
                await central.open()
                await central.until(lambda: central.said("StopTransaction"))
            assert central.said("Authorize") == []

    asyncio.run(converse())


def test_a_driver_whom_the_list_blocks_is_turned_away_without_a_line_though_the_cache_knows_him() -> None:
    async def converse() -> None:
        visit = replace(VISIT, wait_seconds=0.5, handling_seconds=0.2)
        async with CentralSystem() as central, living(central, visit) as (station, _):
            await central.until(lambda: central.statuses(1))
            station.authorization_cache.add("12345678")
            blocked = entries("12345678", status="Blocked")
            await central.lines["CB-1"].call(call.SendLocalList(1, "Full", blocked))
            await central.close()
            await until(lambda: station.outlets[1].status == "Preparing")
            await until(lambda: station.outlets[1].status == "Available")
            assert station.outlets[1].transaction is None
            await central.open()

    asyncio.run(converse())


def test_a_list_may_be_asked_before_the_central_system() -> None:
    async def converse() -> None:
        async with CentralSystem() as central:
            async with living(central, replace(VISIT, wait_seconds=0.5)):
                await central.until(lambda: central.statuses(1))
                line = central.lines["CB-1"]
                await line.call(call.ChangeConfiguration("LocalPreAuthorize", "true"))
                await line.call(call.SendLocalList(1, "Full", entries("12345678")))
                await central.until(lambda: central.said("StartTransaction"))
            assert central.said("Authorize") == []

    asyncio.run(converse())


def test_after_a_hard_reset_the_stop_is_told_when_the_station_is_back() -> None:
    async def converse() -> None:
        async with CentralSystem() as central:
            async with living(central, VISIT):
                await central.until(lambda: "Charging" in central.statuses(1))
                await central.lines["CB-1"].call(call.Reset("Hard"))
                await central.until(lambda: central.said("StopTransaction"))
            told = [heard.action for heard in central.heard]
            second_boot = told.index("BootNotification", told.index("StartTransaction"))
            assert second_boot < told.index("StopTransaction")
            assert central.said("StopTransaction")[0]["reason"] == "HardReset"
            assert central.said("StopTransaction")[0]["transactionId"] == 1

    asyncio.run(converse())


def test_a_reserved_outlet_is_used_by_nobody_else() -> None:
    came: list[int] = []

    def visitors() -> Iterator[Visit]:
        for number in count():
            came.append(number)
            yield replace(VISIT, wait_seconds=0.01)

    async def converse() -> None:
        async with CentralSystem() as central:
            async with living(central, then=visitors()) as (station, _):
                outlet = station.outlets[1]
                outlet.reservation = Reservation(5, "87654321", None, now() + timedelta(minutes=1))
                outlet.status = outlet.idle_status
                await until(lambda: len(came) > 5)
                assert outlet.transaction is None
                await central.lines["CB-1"].call(call.RemoteStartTransaction("87654321"))
                await central.until(lambda: central.said("StartTransaction"))
            start = central.said("StartTransaction")[0]
            assert (start["idTag"], start["reservationId"]) == ("87654321", 5)
            assert central.statuses(1)[0] == "Reserved"

    asyncio.run(converse())


def test_an_update_ends_with_a_restart_by_itself(tmp_path) -> None:
    (tmp_path / "fw-7.bin").write_bytes(b"software")

    async def converse() -> None:
        with http_server(tmp_path) as address:
            async with CentralSystem() as central, living(central):
                await central.until(lambda: central.statuses(1))
                await central.lines["CB-1"].call(call.UpdateFirmware(f"{address}/fw-7.bin", wire_time(now())))
                await central.until(lambda: len(central.said("FirmwareStatusNotification")) == 4)
                steps = [told["status"] for told in central.said("FirmwareStatusNotification")]
                assert steps == ["Downloading", "Downloaded", "Installing", "Installed"]
                assert [told["firmwareVersion"] for told in central.said("BootNotification")] == ["1.0.0", "fw-7"]

    asyncio.run(converse())


def test_a_new_password_is_used_when_the_station_comes_back_by_itself() -> None:
    async def converse() -> None:
        async with CentralSystem() as central, living(central):
            await central.until(lambda: central.statuses(1))
            await central.lines["CB-1"].call(call.ChangeConfiguration("AuthorizationKey", "0123456789abcdef"))
            await central.until(lambda: central.password == "CB-1:0123456789abcdef")
            await central.until(lambda: central.lines)
            assert len(central.said("BootNotification")) == 1

    asyncio.run(converse())


def test_a_station_that_is_sent_elsewhere_does_not_come_back() -> None:
    async def converse() -> None:
        async with CentralSystem() as central, living(central) as (_, tally):
            await central.until(lambda: central.statuses(1))
            line = central.lines["CB-1"]
            await line.call(call.ChangeConfiguration("CentralSystemURL", "ws://127.0.0.1:1/nowhere"))
            await line.call(call.Reset("Hard"))
            await until(lambda: tally.errors >= 2)
            assert not central.lines

    asyncio.run(converse())
