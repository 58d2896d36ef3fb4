"""One station's life against a central system that is cut off, refuses, fails and asks."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from itertools import chain, repeat

import pytest
from ocpp.v16 import call
from ocpp.v16.enums import ChargePointErrorCode, ConfigurationKey, Reason

from simulator.charging_curve import ChargingCurve
from simulator.driver import OutletLife
from simulator.life import Life
from simulator.station import Station
from simulator.tally import Tally
from simulator.visits import Breakdown, Fault, Visit, chance
from tests.simulator.central_system import CentralSystem
from tests.simulator.hearing import Hearing
from tests.simulator.soap_central_system import SoapCentralSystem

LONG = 10**6
VISIT = Visit(
    wait_seconds=0,
    curve=ChargingCurve(max_power_w=50_000, capacity_wh=60_000, soc_at_start=0.2, ramp_seconds=0),
    id_tokens=("12345678",),
    handling_seconds=0,
    stay_seconds=LONG,
    reason=Reason.local,
)
NOBODY = replace(VISIT, wait_seconds=LONG)


@asynccontextmanager
async def living(
    central: Hearing,
    *happenings: Visit | Breakdown,
    then: Iterator[Visit] | None = None,
    register_wh: float = 1000,
) -> AsyncIterator[tuple[Station, Tally]]:
    """A station with one outlet, at which these things happen and then, unless told otherwise, nothing more."""
    station = Station("CB-1", central.url, outlets=1, register_wh=register_wh, speaks=central.protocol)
    station.configuration.set(ConfigurationKey.transaction_message_retry_interval, 0)
    tally = Tally(lambda line: None, report_every=1)
    life = Life(station, chance("life"), tally, speed=1, outages_per_day=0)
    outlet = OutletLife(life, station.outlets[1], chain(happenings, then or repeat(NOBODY)))
    running = asyncio.create_task(life.run([outlet.run]))
    try:
        yield station, tally
    finally:
        running.cancel()
        _, endless = await asyncio.wait({running}, timeout=10)
        if endless:
            await end_by_force(station)
        with suppress(asyncio.CancelledError):
            await running


async def end_by_force(station: Station) -> None:
    """A life that goes on where it should have ended fails at its next line."""

    async def connect() -> None:
        raise AssertionError("its life does not end")

    station.connect = connect  # type: ignore[method-assign]
    await station.hang_up()


async def until(condition: Callable[[], object]) -> None:
    """Wait for something at the station, of which the central system hears nothing."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


def test_it_boots_until_accepted_and_says_nothing_else_before() -> None:
    async def converse() -> list[str]:
        async with CentralSystem() as central:
            central.boot_statuses, central.interval_seconds = ["Pending", "Rejected", "Accepted"], 1
            async with living(central):
                await central.until(lambda: central.said("Heartbeat"))
            return [heard.action for heard in central.heard]

    boots = ["BootNotification"] * 3
    assert asyncio.run(converse()) == [*boots, "StatusNotification", "StatusNotification", "Heartbeat"]


def test_a_whole_visit() -> None:
    async def converse() -> list[tuple]:
        async with CentralSystem() as central:
            async with living(central, replace(VISIT, stay_seconds=1.5)) as (station, tally):
                station.configuration.set(ConfigurationKey.meter_value_sample_interval, 1)
                await central.until(lambda: len(central.statuses(1)) == 5)
                assert (tally.done, tally.charging, tally.errors) == (1, 0, 0)
            stop = central.said("StopTransaction")[0]
            assert 1020 < stop["meterStop"] < 1040  # 1.5 s at 50 kW are 21 Wh
            return [(heard.action, heard.payload.get("status")) for heard in central.heard[3:]]

    assert asyncio.run(converse()) == [
        ("StatusNotification", "Preparing"),
        ("Authorize", None),
        ("StartTransaction", None),
        ("StatusNotification", "Charging"),
        ("MeterValues", None),
        ("StopTransaction", None),
        ("StatusNotification", "Finishing"),
        ("StatusNotification", "Available"),
    ]


def test_a_full_car_suspends_and_stays_plugged_in() -> None:
    nearly_full = ChargingCurve(50_000, capacity_wh=10, soc_at_start=0.5, ramp_seconds=0)

    async def converse() -> list[str]:
        async with CentralSystem() as central:
            async with living(central, replace(VISIT, curve=nearly_full, stay_seconds=3)):
                await central.until(lambda: central.said("StopTransaction"))
            assert central.said("StopTransaction")[0]["meterStop"] == 1005
            return central.statuses(1)[:4]

    assert asyncio.run(converse()) == ["Available", "Preparing", "Charging", "SuspendedEV"]


def test_a_driver_whose_tag_is_refused_tries_the_other_one() -> None:
    async def converse() -> None:
        async with CentralSystem() as central:
            central.refused_tags = {"666"}
            async with living(central, replace(VISIT, id_tokens=("666", "12345678"))):
                await central.until(lambda: central.said("StartTransaction"))
            assert central.said("Authorize") == [{"idTag": "666"}, {"idTag": "12345678"}]
            assert central.said("StartTransaction")[0]["idTag"] == "12345678"

    asyncio.run(converse())


def test_a_driver_without_an_accepted_tag_leaves() -> None:
    async def converse() -> list[str]:
        async with CentralSystem() as central:
            central.refused_tags = {"666"}
            async with living(central, replace(VISIT, id_tokens=("666",))):
                await central.until(lambda: len(central.statuses(1)) == 3)
            assert central.said("StartTransaction") == []
            return central.statuses(1)

    assert asyncio.run(converse()) == ["Available", "Preparing", "Available"]


def test_a_tag_that_is_refused_at_the_start_ends_the_charge() -> None:
    async def converse() -> dict:
        async with CentralSystem() as central:
            central.refused_at_start = {"12345678"}
            async with living(central, VISIT):
                await central.until(lambda: central.said("StopTransaction"))
            return central.said("StopTransaction")[0]

    stop = asyncio.run(converse())
    assert (stop["transactionId"], stop["reason"]) == (1, "DeAuthorized")


def test_a_lost_line_delivers_the_stop_once_with_its_own_time_and_boots_no_second_time() -> None:
    async def converse() -> None:
        async with CentralSystem() as central:
            async with living(central, replace(VISIT, stay_seconds=1)) as (station, _):
                await central.until(lambda: "Charging" in central.statuses(1))
                await central.close()
                await until(lambda: station.outlets[1].transaction is None)
                came_back_at = datetime.now().astimezone()
                await central.open()
                await central.until(lambda: central.statuses(1)[-1] == "Available")
                await central.until(lambda: central.said("StopTransaction"))
            assert len(central.said("BootNotification")) == 1
            assert [payload["transactionId"] for payload in central.said("StopTransaction")] == [1]
            stopped_at = datetime.fromisoformat(central.said("StopTransaction")[0]["timestamp"])
            assert stopped_at < came_back_at
            assert central.statuses(1) == ["Available", "Preparing", "Charging", "Available"]

    asyncio.run(converse())


def test_a_whole_charge_without_a_line_is_delivered_in_order_with_its_transaction_id() -> None:
    async def converse() -> list[tuple]:
        async with CentralSystem() as central:
            async with living(central, replace(VISIT, wait_seconds=0.3, stay_seconds=1.5)) as (station, _):
                station.authorization_cache.add("12345678")
                station.configuration.set(ConfigurationKey.meter_value_sample_interval, 1)
                await central.until(lambda: central.statuses(1))
                await central.close()
                outlet = station.outlets[1]
                await until(lambda: outlet.transaction is not None and outlet.register_wh > 1000)
                await central.open()
                await central.until(lambda: central.said("StopTransaction"))
            told = [heard for heard in central.heard if "Transaction" in heard.action or "Meter" in heard.action]
            assert central.said("Authorize") == []
            return [(heard.action, heard.payload.get("transactionId")) for heard in told]

    assert asyncio.run(converse()) == [("StartTransaction", None), ("MeterValues", 1), ("StopTransaction", 1)]


def test_a_start_whose_answer_was_lost_is_sent_again_unchanged() -> None:
    async def converse() -> list[dict]:
        async with CentralSystem() as central:
            central.deaf_to = {"StartTransaction"}
            async with living(central, VISIT):
                await central.until(lambda: central.said("StartTransaction"))
                central.deaf_to = set()
                central.lines["CB-1"].cut()
                await central.until(lambda: len(central.said("StartTransaction")) == 2)
            return central.said("StartTransaction")

    first, second = asyncio.run(converse())
    assert first == second


def test_a_message_that_fails_is_tried_three_times_and_then_given_up() -> None:
    async def converse() -> None:
        async with CentralSystem() as central:
            central.failures = 3
            async with living(central, replace(VISIT, stay_seconds=0.5)) as (_, tally):
                await central.until(lambda: central.said("StopTransaction"))
                assert tally.errors == 3
            assert len(central.said("StartTransaction")) == 3
            assert [payload["transactionId"] for payload in central.said("StopTransaction")] == [-1]

    asyncio.run(converse())


def test_a_station_that_nobody_created_comes_again_until_it_is_let_in() -> None:
    async def converse() -> None:
        async with CentralSystem() as central:
            central.strangers = {"CB-1"}
            async with living(central) as (_, tally):
                await until(lambda: tally.errors)
                central.strangers = set()
                await central.until(lambda: central.said("BootNotification"))

    asyncio.run(converse())


def test_a_fault_ends_the_charge_and_is_cleared_later() -> None:
    fault = Fault(ChargePointErrorCode.ground_failure, repair_seconds=0.2)

    async def converse() -> list[tuple]:
        async with CentralSystem() as central:
            broken = replace(VISIT, stay_seconds=0.3, reason=Reason.other, fault=fault)
            async with living(central, broken, Breakdown(0.1, fault)) as (_, tally):
                await central.until(lambda: len(central.statuses(1)) == 7)
                assert tally.faults == 2
            assert central.said("StopTransaction")[0]["reason"] == "Other"
            told = central.said("StatusNotification")[2:]
            return [(payload["status"], payload["errorCode"]) for payload in told]

    assert asyncio.run(converse()) == [
        ("Preparing", "NoError"),
        ("Charging", "NoError"),
        ("Faulted", "GroundFailure"),
        ("Available", "NoError"),
        ("Faulted", "GroundFailure"),
        ("Available", "NoError"),
    ]


def test_a_remote_start_and_a_remote_stop_are_obeyed() -> None:
    async def converse() -> None:
        async with CentralSystem() as central:
            async with living(central):
                await central.until(lambda: central.statuses(1))
                await central.lines["CB-1"].call(call.RemoteStartTransaction("87654321"))
                await central.until(lambda: "Charging" in central.statuses(1))
                await central.lines["CB-1"].call(call.RemoteStopTransaction(1))
                await central.until(lambda: central.statuses(1)[-1] == "Available")
            assert central.said("StartTransaction")[0]["idTag"] == "87654321"
            assert central.said("StopTransaction")[0]["reason"] == "Remote"

    asyncio.run(converse())


def test_a_reset_stops_the_charge_and_boots_again() -> None:
    async def converse() -> None:
        async with CentralSystem() as central:
            async with living(central, VISIT):
                await central.until(lambda: "Charging" in central.statuses(1))
                await central.lines["CB-1"].call(call.Reset("Soft"))
                await central.until(lambda: len(central.said("BootNotification")) == 2)
                await central.until(lambda: central.heard[-1].payload.get("connectorId") == 1)
            assert central.said("StopTransaction")[0]["reason"] == "SoftReset"
            assert central.statuses(0) == ["Available", "Available"]

    asyncio.run(converse())


def test_the_end_of_the_simulator_stops_what_runs() -> None:
    async def converse() -> dict:
        async with CentralSystem() as central:
            async with living(central, VISIT):
                await central.until(lambda: "Charging" in central.statuses(1))
            return central.said("StopTransaction")[0]

    stop = asyncio.run(converse())
    assert (stop["transactionId"], stop["reason"]) == (1, "PowerLoss")


@pytest.mark.parametrize("central_system", [CentralSystem, SoapCentralSystem])
def test_a_simulator_that_ends_in_the_moment_in_which_a_line_is_lost_ends_all_the_same(
    central_system: type[Hearing],
) -> None:
    async def converse() -> None:
        for moments in range(12):
            async with asyncio.timeout(10), central_system() as central, living(central) as (station, _):
                await central.until(lambda central=central: central.statuses(1))
                await until(lambda station=station: station.outlets[1].is_reported)
                station.kill()
                for _ in range(moments):
                    await asyncio.sleep(0)

    asyncio.run(converse())
