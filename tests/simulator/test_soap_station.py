"""What a station that speaks SOAP says, and what it makes of the answers."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ocpp.exceptions import GenericError, InternalError, NotSupportedError, ProtocolError, SecurityError
from ocpp.v16 import call, call_result
from ocpp.v16.enums import ChargePointErrorCode, ChargePointStatus, DiagnosticsStatus, FirmwareStatus, Reason

from ocpp_soap.endpoint import endpoint
from ocpp_soap.faults import Code, SoapFault, Subcode
from ocpp_soap.v15 import V15
from simulator.errors import LineLost, NoAnswer, NoLine
from simulator.station import Station
from tests.simulator.hearing import NOW
from tests.simulator.soap_central_system import SoapCentralSystem
from tests.simulator.test_simulate_command import once
from tests.simulator.test_station_life import VISIT, living, until

VERSIONS = ("ocpp1.2", "ocpp1.5", "ocpp1.6-soap")


def untimed(said: Any) -> Any:
    """Without the times, which are another each time."""
    if isinstance(said, list):
        return [untimed(each) for each in said]
    if isinstance(said, dict):
        return {name: untimed(each) for name, each in said.items() if name != "timestamp"}
    return said


def heard_by(converse: Callable[[Station], Any], protocol: str = "ocpp1.5") -> list[tuple[str, dict[str, Any]]]:
    """All that the central system heard, less the times."""

    async def run() -> list[tuple[str, dict[str, Any]]]:
        async with SoapCentralSystem(protocol) as central:
            async with Station("CB-1", central.url, register_wh=1000, speaks=protocol) as station:
                await converse(station)
            return [(heard.action, untimed(heard.payload)) for heard in central.heard]

    return asyncio.run(run())


def test_each_message_brings_its_whole_reply() -> None:
    async def converse() -> list[object]:
        async with SoapCentralSystem() as central:
            central.refused_tags = {"666"}
            async with Station("CB-1", central.url, speaks="ocpp1.5") as station:
                return [
                    await station.boot(),
                    await station.heartbeat(),
                    await station.report(1, ChargePointStatus.faulted, ChargePointErrorCode.ground_failure),
                    await station.authorize("12345678"),
                    await station.authorize("666"),
                    await station.start(outlet=1, id_token="12345678"),
                    await station.meter_values(outlet=1),
                    await station.stop(outlet=1, reason=Reason.local),
                    await station.data_transfer("ours", "Hello", "there"),
                    await station.diagnostics_status(DiagnosticsStatus.uploaded),
                    await station.firmware_status(FirmwareStatus.installed),
                ]

    accepted = {"status": "Accepted"}
    assert asyncio.run(converse()) == [
        call_result.BootNotification(current_time=NOW, interval=300, status="Accepted"),
        call_result.Heartbeat(current_time=NOW),
        call_result.StatusNotification(),
        call_result.Authorize(id_tag_info=accepted),
        call_result.Authorize(id_tag_info={"status": "Invalid"}),
        call_result.StartTransaction(transaction_id=1, id_tag_info=accepted),
        call_result.MeterValues(),
        call_result.StopTransaction(),
        call_result.DataTransfer("Accepted"),
        call_result.DiagnosticsStatusNotification(),
        call_result.FirmwareStatusNotification(),
    ]


def test_the_whole_conversation_of_a_scripted_charge() -> None:
    async def converse() -> tuple[list[str], list[tuple[str, Any]]]:
        async with SoapCentralSystem() as central:
            arguments = ("--protocol", "ocpp1.5", "--energy-wh", "300", "--outlet", "2")
            code, said, error = await once(central.url, *arguments)
        assert (code, error) == (0, "")
        return said, [(heard.action, untimed(heard.payload)) for heard in central.heard]

    said, heard = asyncio.run(converse())
    start = dict(heard)["StartTransaction"]
    assert [line for line in said[1:] if not line.startswith("MeterValues")] == [
        "BootNotification: current_time 2026-11-22T10:00:00Z, interval 300, status Accepted",
        "StatusNotification 0 Available: answered",
        "StatusNotification 1 Available: answered",
        "StatusNotification 2 Available: answered",
        "StatusNotification 2 Preparing: answered",
        "Authorize: id_tag_info {'status': 'Accepted'}",
        "StartTransaction: transaction_id 1, id_tag_info {'status': 'Accepted'}",
        "StatusNotification 2 Charging: answered",
        "StatusNotification 2 SuspendedEV: answered",
        "StopTransaction Local: answered",
        "StatusNotification 2 Finishing: answered",
        "StatusNotification 2 Available: answered",
    ]

    def status(connector: int, word: str) -> tuple[str, Any]:
        return "StatusNotification", {"connectorId": connector, "status": word, "errorCode": "NoError"}

    def sample(value: str, measurand: str, unit: str) -> dict[str, str]:
        return {"value": value, "context": "Sample.Periodic", "measurand": measurand, "unit": unit}

    def meter_values(wh: int, watts: str, amperes: str) -> tuple[str, Any]:
        values = [
            sample(str(start["meterStart"] + wh), "Energy.Active.Import.Register", "Wh"),
            sample(watts, "Power.Active.Import", "W"),
            sample(amperes, "Current.Import", "Amp"),
        ]
        return "MeterValues", {"connectorId": 2, "transactionId": 1, "values": [{"value": values}]}

    boot = {"chargePointVendor": "Simulated", "chargePointModel": "AC 11", "chargePointSerialNumber": "CB-1"}
    assert heard == [
        ("BootNotification", {**boot, "firmwareVersion": "1.0.0"}),
        *(status(connector, "Available") for connector in range(3)),
        status(2, "Occupied"),
        ("Authorize", {"idTag": "12345678"}),
        ("StartTransaction", {"connectorId": 2, "idTag": "12345678", "meterStart": start["meterStart"]}),
        status(2, "Occupied"),
        meter_values(153, "11000", "15.9"),
        meter_values(300, "0", "0.0"),
        status(2, "Occupied"),
        ("StopTransaction", {"transactionId": 1, "idTag": "12345678", "meterStop": start["meterStart"] + 300}),
        status(2, "Occupied"),
        status(2, "Available"),
    ]


@pytest.mark.parametrize("protocol", VERSIONS)
def test_a_charge_in_each_version(protocol: str) -> None:
    async def charge(station: Station) -> None:
        await station.boot()
        await station.report(1, ChargePointStatus.charging)
        await station.start(outlet=1, id_token="12345678")
        station.outlets[1].register_wh, station.outlets[1].power_w = 1500, 6900
        await station.meter_values(outlet=1)
        await station.stop(outlet=1)

    _, status, start, samples, stop = (payload for _, payload in heard_by(charge, protocol))
    has_words = protocol == "ocpp1.6-soap"
    assert status["status"] == ("Charging" if has_words else "Occupied")
    assert start == {"connectorId": 1, "idTag": "12345678", "meterStart": 1000}
    assert stop == {"transactionId": 1, "meterStop": 1500, **({"reason": "Local"} if has_words else {})}
    if protocol == "ocpp1.2":
        assert samples == {"connectorId": 1, "values": [{"value": 1500}]}
        return
    values = samples["meterValue"][0]["sampledValue"] if has_words else samples["values"][0]["value"]
    assert [(each["value"], each["unit"]) for each in values] == [
        ("1500", "Wh"),
        ("6900", "W"),
        ("10.0", "A" if has_words else "Amp"),
        *([("0", "Percent")] if has_words else []),
    ]


STATUSES = {
    "ocpp1.2": {"Reserved": "Occupied"},
    "ocpp1.5": {"Reserved": "Reserved"},
}
ALIKE = ("Available", "Unavailable", "Faulted")


@pytest.mark.parametrize("protocol", STATUSES)
def test_every_status_has_its_word(protocol: str) -> None:
    async def tell(station: Station) -> None:
        for status in ChargePointStatus:
            await station.report(1, status)

    words = {status: status if status in ALIKE else "Occupied" for status in map(str, ChargePointStatus)}
    told = [payload["status"] for _, payload in heard_by(tell, protocol)]
    assert told == list({**words, **STATUSES[protocol]}.values())


@pytest.mark.parametrize(("protocol", "other"), [("ocpp1.2", "PowerSwitchFailure"), ("ocpp1.5", "OtherError")])
def test_an_error_that_the_version_does_not_know_is_told_as_another(protocol: str, other: str) -> None:
    async def tell(station: Station) -> None:
        for code in ChargePointErrorCode:
            await station.report(1, ChargePointStatus.faulted, code)

    told = dict(
        zip(ChargePointErrorCode, (payload["errorCode"] for _, payload in heard_by(tell, protocol)), strict=True)
    )
    assert told[ChargePointErrorCode.ev_communication_error] == "Mode3Error"
    assert told[ChargePointErrorCode.over_voltage] == told[ChargePointErrorCode.internal_error] == other
    assert told[ChargePointErrorCode.reader_failure] == "ReaderFailure"


def test_what_the_version_has_no_words_for_is_not_said() -> None:
    async def tell(station: Station) -> None:
        for request in (
            call.SecurityEventNotification("StartupOfTheDevice", NOW, None),
            call.FirmwareStatusNotification(FirmwareStatus.downloading),
            call.DiagnosticsStatusNotification(DiagnosticsStatus.idle),
        ):
            with pytest.raises(NotSupportedError, match="version of OCPP has no"):
                await station.call(request)
        await station.heartbeat()

    assert heard_by(tell) == [("Heartbeat", {})]


def test_a_fault_is_what_a_callerror_is() -> None:
    async def converse() -> None:
        async with SoapCentralSystem() as central, Station("CB-1", central.url, speaks="ocpp1.5") as station:
            central.failures = 1
            with pytest.raises(InternalError, match="out of order"):
                await station.start(outlet=1, id_token="1")
            central.strangers = {"CB-1"}
            with pytest.raises(SecurityError, match="unknown station"):
                await station.boot()
            assert not station.registered

    asyncio.run(converse())


REFUSED = endpoint(V15.central_system).refusal


@pytest.mark.parametrize(
    ("body", "error", "reason"),
    [
        (b"", GenericError, "the answer 200 OK is no message of ocpp1.5"),
        (b"<html/>", GenericError, "the answer 200 OK is no message"),
        (b'{"status": "Accepted"}', GenericError, "the answer 200 OK is no message"),
        (REFUSED(SoapFault(Code.SENDER, Subcode.IDENTITY_MISMATCH, "another")), SecurityError, "another"),
        (REFUSED(SoapFault(Code.SENDER, Subcode.PROTOCOL_ERROR, "wrong")), ProtocolError, "wrong"),
        (REFUSED(SoapFault(Code.RECEIVER, None, "nothing more")), GenericError, "nothing more"),
    ],
)
def test_an_answer_that_is_none_is_an_error_and_the_station_goes_on(
    body: bytes, error: type[Exception], reason: str
) -> None:
    async def converse() -> object:
        async with SoapCentralSystem() as central, Station("CB-1", central.url, speaks="ocpp1.5") as station:
            central.garbage = body
            with pytest.raises(error, match=reason):
                await station.heartbeat()
            central.garbage = None
            return await station.heartbeat()

    assert asyncio.run(converse()) == call_result.Heartbeat(current_time=NOW)


def test_silence_is_no_answer_and_the_station_goes_on() -> None:
    async def converse() -> object:
        async with SoapCentralSystem() as central:
            central.deaf_to = {"Authorize"}
            async with Station("CB-1", central.url, speaks="ocpp1.5", answer_timeout_seconds=0.2) as station:
                with pytest.raises(NoAnswer, match=r"No answer to Authorize within 0\.2 s\."):
                    await station.authorize("1")
                return await station.heartbeat()

    assert asyncio.run(converse()) == call_result.Heartbeat(current_time=NOW)


def test_one_connection_is_kept_and_opened_again_when_the_central_system_has_closed_it() -> None:
    async def converse() -> None:
        async with SoapCentralSystem() as central, Station("CB-1", central.url, speaks="ocpp1.5") as station:
            for _ in range(3):
                await station.heartbeat()
            assert len(central.connections) == 1
            central.cut()
            await station.heartbeat()
            assert len(central.connections) == 2
            assert len(central.heard) == 4

    asyncio.run(converse())


def test_without_a_central_system_there_is_no_line() -> None:
    async def converse() -> None:
        central = SoapCentralSystem()
        await central.open()
        station = Station("CB-1", central.url, speaks="ocpp1.5")
        await station.connect()
        await station.heartbeat()
        await central.close()
        with pytest.raises(LineLost):
            await station.heartbeat()
        assert not station.is_connected
        with pytest.raises(NoLine, match="CB-1 cannot connect to http://127"):
            await station.connect()
        await central.open()
        await station.connect()
        assert await station.heartbeat()
        await station.close()
        await central.close()

    asyncio.run(converse())


def test_what_is_no_address_is_told() -> None:
    with pytest.raises(NoLine, match="ws://localhost/ is no address of HTTP"):
        asyncio.run(Station("CB-1", "ws://localhost/", speaks="ocpp1.5").connect())


def test_the_password_is_sent_and_the_address_names_the_station() -> None:
    charge_box_id = "Ø/1 50%"

    async def converse() -> None:
        async with (
            SoapCentralSystem() as central,
            Station(charge_box_id, central.url, speaks="ocpp1.5", password="secret") as station,
        ):
            await station.heartbeat()
            assert central.password == f"{charge_box_id}:secret"
            assert central.addresses[charge_box_id].endswith("/%C3%98%2F1%2050%25")
            assert await central.ask(charge_box_id, "ClearCache") == {"status": "Accepted"}

    asyncio.run(converse())


def test_a_raw_envelope_brings_the_raw_answer() -> None:
    async def converse() -> bytes | str:
        async with SoapCentralSystem() as central, Station("CB-1", central.url, speaks="ocpp1.5") as station:
            return await station.exchange("<nonsense/>")

    assert b"VersionMismatch" in asyncio.run(converse())


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
            async with living(central, replace(VISIT, stay_seconds=1)) as (station, _):
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
