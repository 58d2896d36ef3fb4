"""The life of a station that speaks SOAP, whose central system goes away, fails and asks."""

import asyncio
from dataclasses import replace

from ocpp.v16.enums import ChargePointStatus

from tests.simulator.soap_central_system import SoapCentralSystem
from tests.simulator.test_station_life import VISIT, living, until


def test_a_whole_visit() -> None:
    async def converse() -> list[tuple]:
        async with SoapCentralSystem() as central:
            central.interval_seconds = 1
            async with living(central, replace(VISIT, stay_seconds=0.5)) as (_, tally):
                await central.until(lambda: len(central.statuses(1)) == 5)
                await central.until(lambda: central.said("Heartbeat"))
                assert (tally.done, tally.charging, tally.errors) == (1, 0, 0)
            told = [heard for heard in central.heard if heard.action != "Heartbeat"]
            return [(heard.action, heard.payload.get("status")) for heard in told]

    assert asyncio.run(converse()) == [
        ("BootNotification", None),
        ("StatusNotification", "Available"),
        ("StatusNotification", "Available"),
        ("StatusNotification", "Occupied"),
        ("Authorize", None),
        ("StartTransaction", None),
        ("StatusNotification", "Occupied"),
        ("StopTransaction", None),
        ("StatusNotification", "Occupied"),
        ("StatusNotification", "Available"),
    ]


def test_a_charge_that_ends_while_the_central_system_is_away_is_delivered_later_with_its_own_time() -> None:
    async def converse() -> None:
        async with SoapCentralSystem() as central:
            # It stays long enough for the central system to go first, on a slow machine too.
            async with living(central, replace(VISIT, stay_seconds=5)) as (station, _):
                await central.until(lambda: len(central.statuses(1)) == 3)
                await central.close()
                await until(lambda: station.outlets[1].transaction is None)
                heard_before = len(central.heard)
                await central.open()
                await central.until(lambda: central.said("StopTransaction"))
                await central.until(lambda: central.statuses(1)[-1] == "Available")
            assert len(central.said("BootNotification")) == 1
            stops = [heard for heard in central.heard[heard_before:] if heard.action == "StopTransaction"]
            assert [heard.payload["transactionId"] for heard in stops] == [1]

    asyncio.run(converse())


def test_a_message_that_fails_is_tried_three_times_and_then_given_up() -> None:
    async def converse() -> None:
        async with SoapCentralSystem() as central:
            central.failures = 3
            async with living(central, replace(VISIT, stay_seconds=0.5)) as (_, tally):
                await central.until(lambda: central.said("StopTransaction"))
                assert tally.errors == 3
            assert len(central.said("StartTransaction")) == 3

    asyncio.run(converse())


def test_a_living_station_obeys_a_remote_start_a_remote_stop_and_a_reset() -> None:
    async def converse() -> None:
        async with SoapCentralSystem() as central:
            async with living(central) as (station, _):
                await central.until(lambda: central.statuses(1))
                await central.ask("CB-1", "RemoteStartTransaction", idTag="87654321")
                await until(lambda: station.outlets[1].status == ChargePointStatus.charging)
                await central.ask("CB-1", "RemoteStopTransaction", transactionId=1)
                await central.until(lambda: central.statuses(1)[-1] == "Available")
                await central.ask("CB-1", "Reset", type="Hard")
                await central.until(lambda: len(central.said("BootNotification")) == 2)
            assert central.said("StartTransaction")[0]["idTag"] == "87654321"

    asyncio.run(converse())
