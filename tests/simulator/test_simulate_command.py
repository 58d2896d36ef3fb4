"""`charge-portal simulate` as a process of its own: what it says, and with which code it ends."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from datetime import UTC, datetime, timedelta
from socket import AF_INET, SOCK_STREAM, socket

from ocpp.v16 import call

from tests.simulator.central_system import CentralSystem
from tests.simulator.soap_central_system import SoapCentralSystem

PROGRAM = ("-c", "from simulator.cli import simulate; simulate(prog_name='simulate')")
QUICK = ("--speed", "100000")


async def begin(*arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-u", *PROGRAM, *arguments, stdout=PIPE, stderr=PIPE)


async def ended(process: Process) -> tuple[int | None, list[str], str]:
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    return process.returncode, out.decode().splitlines(), err.decode()


async def once(url: str, *arguments: str) -> tuple[int | None, list[str], str]:
    required = ("--once", "--url", url, "--id", "CB-1", "--id-token", "12345678")
    return await ended(await begin(*required, *QUICK, *arguments))


def test_the_whole_conversation_of_a_scripted_charge() -> None:
    async def converse() -> CentralSystem:
        async with CentralSystem() as central:
            code, said, error = await once(central.url, "--energy-wh", "1000", "--outlet", "2")
        assert (code, error) == (0, "")
        assert said == [
            f"connected to {central.url} as CB-1",
            "BootNotification: current_time 2026-11-22T10:00:00Z, interval 300, status Accepted",
            "StatusNotification 0 Available: answered",
            "StatusNotification 1 Available: answered",
            "StatusNotification 2 Available: answered",
            "StatusNotification 2 Preparing: answered",
            "Authorize: id_tag_info {'status': 'Accepted'}",
            "StartTransaction: transaction_id 1, id_tag_info {'status': 'Accepted'}",
            "StatusNotification 2 Charging: answered",
            *said[9:15],
            "StatusNotification 2 SuspendedEV: answered",
            "StopTransaction Local: answered",
            "StatusNotification 2 Finishing: answered",
            "StatusNotification 2 Available: answered",
        ]
        assert all(line.startswith("MeterValues ") and line.endswith(": answered") for line in said[9:15])
        return central

    central = asyncio.run(converse())
    start, stop = central.said("StartTransaction", "StopTransaction")
    assert start == {
        "connectorId": 2,
        "idTag": "12345678",
        "meterStart": start["meterStart"],
        "timestamp": start["timestamp"],
    }
    assert stop == {
        "transactionId": 1,
        "idTag": "12345678",
        "meterStop": start["meterStart"] + 1000,
        "timestamp": stop["timestamp"],
        "reason": "Local",
    }
    samples = [payload["meterValue"][0] for payload in central.said("MeterValues")]
    registers = [int(sample["sampledValue"][0]["value"]) for sample in samples]
    assert registers == sorted(registers)
    assert registers[-1] == stop["meterStop"]


def test_a_scripted_charge_has_a_believable_duration_and_lies_not_in_the_future() -> None:
    async def converse() -> CentralSystem:
        async with CentralSystem() as central:
            code, _, _ = await once(central.url, "--energy-wh", "5500")
            assert code == 0
            return central

    central = asyncio.run(converse())
    start, stop = central.said("StartTransaction", "StopTransaction")
    started_at, stopped_at = (datetime.fromisoformat(told["timestamp"]) for told in (start, stop))
    # 5.5 kWh at 11 kW are half an hour; its ramp and its taper take a little longer.
    assert timedelta(minutes=30) < stopped_at - started_at < timedelta(minutes=36)
    assert stopped_at <= datetime.now(UTC)
    samples = [told["meterValue"][0]["timestamp"] for told in central.said("MeterValues")]
    assert [start["timestamp"], *samples] == sorted([start["timestamp"], *samples])
    assert samples[-1] == stop["timestamp"]
    assert all(
        datetime.fromisoformat(heard.payload.get("timestamp", start["timestamp"])) <= heard.at
        for heard in central.heard
    )


def test_it_ends_with_1_and_one_sentence_when_the_station_is_refused() -> None:
    async def converse() -> tuple[int | None, list[str], str]:
        async with CentralSystem() as central:
            central.strangers = {"CB-1"}
            return await once(central.url)

    refused = "Error: CB-1 was refused with 404 Not Found: unknown station.\n"
    assert asyncio.run(converse()) == (1, [], refused)


def test_it_ends_with_1_and_unplugs_when_the_tag_is_not_accepted() -> None:
    async def converse() -> tuple[int | None, str, list[str]]:
        async with CentralSystem() as central:
            central.refused_tags = {"12345678"}
            code, _, error = await once(central.url)
            return code, error, central.statuses(1)

    assert asyncio.run(converse()) == (
        1,
        "Error: The central system did not accept the id token 12345678: Invalid.\n",
        ["Available", "Preparing", "Available"],
    )


def test_it_ends_with_1_and_stops_when_the_start_is_not_accepted() -> None:
    async def converse() -> tuple[int | None, str, str]:
        async with CentralSystem() as central:
            central.refused_at_start = {"12345678"}
            code, _, error = await once(central.url)
            return code, error, central.said("StopTransaction")[0]["reason"]

    assert asyncio.run(converse()) == (
        1,
        "Error: The central system did not accept the id token 12345678: Invalid.\n",
        "DeAuthorized",
    )


def test_it_ends_with_1_when_the_station_is_not_registered() -> None:
    async def converse() -> tuple[int | None, str]:
        async with CentralSystem() as central:
            central.boot_statuses = ["Pending"]
            code, _, error = await once(central.url)
            return code, error

    assert asyncio.run(converse()) == (1, "Error: The central system did not accept the station: Pending.\n")


def test_it_ends_with_1_when_a_message_fails() -> None:
    async def converse() -> tuple[int | None, str]:
        async with CentralSystem() as central:
            central.failures = 1
            code, _, error = await once(central.url)
            return code, error

    failed = "Error: The central system did not accept StartTransaction: InternalError, out of order.\n"
    assert asyncio.run(converse()) == (1, failed)


def test_it_ends_with_1_when_nothing_is_answered() -> None:
    async def converse() -> tuple[int | None, str]:
        async with CentralSystem() as central:
            central.deaf_to = {"Authorize"}
            code, _, error = await once(central.url, "--timeout", "0.5")
            return code, error

    assert asyncio.run(converse()) == (1, "Error: No answer to Authorize within 0.5 s.\n")


def test_it_ends_with_1_when_nobody_listens() -> None:
    async def converse() -> tuple[int | None, list[str], str]:
        central = CentralSystem()
        await central.open()
        await central.close()
        return await once(central.url)

    code, said, error = asyncio.run(converse())
    assert (code, said) == (1, [])
    assert error.startswith("Error: CB-1 cannot connect to ws://127.0.0.1:")
    assert error.count("\n") == 1


def test_an_interrupted_charge_ends_with_1() -> None:
    async def converse() -> tuple[int | None, str]:
        async with CentralSystem() as central:
            process = await begin("--once", "--url", central.url, "--id", "CB-1", "--id-token", "1", "--speed", "1")
            await central.until(lambda: "Charging" in central.statuses(1))
            process.send_signal(signal.SIGINT)
            code, _, error = await ended(process)
            return code, error

    assert asyncio.run(converse()) == (1, "Error: Interrupted before the charge was complete.\n")


def test_a_car_park_lives_and_a_sigterm_ends_it_with_every_charge_stopped() -> None:
    async def converse() -> None:
        async with CentralSystem() as central:
            arguments = ("--stations", "12", "--speed", "3000", "--report-every", "5", "--seed", "1")
            process = await begin("--url", central.url, *arguments)
            await central.until(lambda: len(central.lines) == 12)
            await central.until(lambda: len(central.said("StopTransaction")) > 5, timeout_seconds=30)
            process.send_signal(signal.SIGTERM)
            code, said, error = await ended(process)
            assert (code, error) == (0, "")
            assert {heard.charge_box_id for heard in central.heard} == {f"SIM-{number:03}" for number in range(1, 13)}
            assert len(central.said("StartTransaction")) == len(central.said("StopTransaction"))
            assert said[-1].startswith("0 connected, 0 charging, ")

    asyncio.run(converse())


def test_a_car_park_speaks_several_protocols_and_is_called_where_it_listens() -> None:
    async def converse() -> None:
        async with CentralSystem() as central, SoapCentralSystem() as older, SoapCentralSystem("ocpp1.2") as oldest:
            with socket(AF_INET, SOCK_STREAM) as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            more = (("ocpp1.5", older.url, "B,C"), ("ocpp1.2", oldest.url, "D"))
            also = [word for group in more for word in ("--also", *group)]
            charging = ("--speed", "3000", "--no-faults", "--seed", "1", "--listen", f"127.0.0.1:{port}")
            process = await begin("--url", central.url, "--ids", "A", *also, *charging)
            for each in (central, older, oldest):
                await each.until(lambda each=each: each.said("StopTransaction"), timeout_seconds=30)
            assert older.addresses["B"] == f"http://127.0.0.1:{port}/B"
            assert await older.ask("C", "UnlockConnector", connectorId=9) == {"status": "Rejected"}
            assert await oldest.ask("D", "UnlockConnector", connectorId=9) == {"status": "Rejected"}
            process.send_signal(signal.SIGTERM)
            assert (await ended(process))[0] == 0
            names = [{heard.charge_box_id for heard in each.heard} for each in (central, older, oldest)]
            assert names == [{"A"}, {"B", "C"}, {"D"}]
            for each in (central, older, oldest):
                assert len(each.said("StartTransaction")) == len(each.said("StopTransaction"))

    asyncio.run(converse())


def test_registers_of_an_outlet_never_fall_and_no_time_lies_in_the_future() -> None:
    async def converse() -> CentralSystem:
        async with CentralSystem() as central:
            tokens = ",".join(map(str, range(10**9, 10**9 + 60)))
            arguments = ("--ids", "A,B", "--id-tokens", tokens, "--no-faults", "--duration", "4")
            process = await begin("--url", central.url, "--speed", "3000", *arguments)
            assert (await ended(process))[0] == 0
            return central

    central = asyncio.run(converse())
    assert central.said("StopTransaction")
    meters: dict[object, int] = {}
    outlets: dict[int, object] = {}
    for number, start in enumerate(central.said("StartTransaction"), start=1):
        outlets[number] = start["connectorId"]
    for heard in central.heard:
        if "timestamp" in heard.payload:
            assert datetime.fromisoformat(heard.payload["timestamp"]) <= heard.at
        if heard.action not in ("StartTransaction", "StopTransaction"):
            continue
        outlet = heard.payload.get("connectorId") or outlets[heard.payload["transactionId"]]
        meter_wh = heard.payload.get("meterStart") or heard.payload.get("meterStop")
        assert meter_wh >= meters.get((heard.charge_box_id, outlet), 0)
        meters[heard.charge_box_id, outlet] = meter_wh


def test_without_stations_it_says_what_is_missing() -> None:
    async def converse() -> tuple[int | None, str]:
        code, _, error = await ended(await begin("--url", "ws://localhost:1/"))
        return code, error.splitlines()[-1]

    missing = "Error: Give --stations, --ids, --ids-file, or --once."
    assert asyncio.run(converse()) == (2, missing)


def test_nonsense_as_behaviour_is_told() -> None:
    async def converse() -> tuple[int | None, str]:
        code, _, error = await ended(await begin("--url", "ws://localhost:1/", "--behaviour", "Reset=rude"))
        return code, error

    code, error = asyncio.run(converse())
    assert code == 2
    assert "'Reset=rude' is no behaviour; one looks like Reset=silent, out of refuses, silent, late" in error


def test_a_behaviour_or_an_address_that_cannot_be_is_told() -> None:
    async def converse(*arguments: str) -> tuple[int | None, str]:
        code, _, error = await ended(await begin("--url", "ws://localhost:1/", "--ids", "A", *arguments))
        return code, error.splitlines()[-1]

    code, error = asyncio.run(converse("--behaviour", "Reset=http_500"))
    assert (code, error) == (2, "Error: In this protocol nobody can answer http_500.")
    code, error = asyncio.run(converse("--listen", "9000"))
    assert code == 2 and error.endswith("'9000' is no address; one looks like 127.0.0.1:9000.")


def test_a_whole_car_park_may_misbehave() -> None:
    async def converse() -> list[str | None]:
        async with CentralSystem() as central:
            arguments = ("--ids", "A", "--no-faults", "--behaviour", "*=refuses,Reset=silent")
            process = await begin("--url", central.url, *arguments)
            await central.until(lambda: central.statuses(2))
            said = await central.lines["A"].call(call.UnlockConnector(1))
            process.send_signal(signal.SIGTERM)
            assert (await ended(process))[0] == 0
            return [said.status]

    assert asyncio.run(converse()) == ["UnlockFailed"]
