import asyncio
import json

import pytest
from ocpp.exceptions import InternalError, NotImplementedError
from ocpp.v16 import call, call_result
from ocpp.v16.enums import (
    ChargePointErrorCode,
    ChargePointStatus,
    DiagnosticsStatus,
    FirmwareStatus,
    Reason,
    UploadLogStatus,
)

from simulator.errors import LineLost, NoAnswer, NoLine
from simulator.station import Station
from tests.simulator.central_system import CentralSystem
from tests.simulator.hearing import NOW


def test_each_message_brings_its_whole_reply() -> None:
    async def converse() -> list[object]:
        async with CentralSystem() as central:
            central.refused_tags = {"666"}
            async with Station("CB-1", central.url) as station:
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
                    await station.diagnostics_status(DiagnosticsStatus.uploading),
                    await station.firmware_status(FirmwareStatus.downloading),
                    await station.firmware_status(FirmwareStatus.downloading, request_id=7),
                    await station.log_status(UploadLogStatus.uploaded, request_id=8),
                    await station.security_event("StartupOfTheDevice", "it was cold"),
                    await station.sign_certificate(),
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
        call_result.SignedFirmwareStatusNotification(),
        call_result.LogStatusNotification(),
        call_result.SecurityEventNotification(),
        call_result.SignCertificate("Rejected"),
    ]


def test_start_samples_and_stop_carry_the_meter_of_the_outlet() -> None:
    async def converse() -> list[dict]:
        async with CentralSystem() as central, Station("CB-1", central.url, register_wh=1000) as station:
            await station.start(outlet=2, id_token="12345678")
            outlet = station.outlets[2]
            outlet.register_wh, outlet.power_w, outlet.soc = 3500.4, 6900, 0.55
            await station.meter_values(outlet=2)
            await station.stop(outlet=2)
            return central.said("StartTransaction", "MeterValues", "StopTransaction")

    start, samples, stop = asyncio.run(converse())
    assert (start["connectorId"], start["meterStart"]) == (2, 1000)
    assert (samples["connectorId"], samples["transactionId"]) == (2, 1)
    assert samples["meterValue"][0]["sampledValue"] == [
        {
            "value": "3500",
            "context": "Sample.Periodic",
            "measurand": "Energy.Active.Import.Register",
            "unit": "Wh",
        },
        {"value": "6900", "context": "Sample.Periodic", "measurand": "Power.Active.Import", "unit": "W"},
        {"value": "10.0", "context": "Sample.Periodic", "measurand": "Current.Import", "unit": "A"},
        {"value": "55", "context": "Sample.Periodic", "measurand": "SoC", "unit": "Percent"},
    ]
    assert (stop["transactionId"], stop["meterStop"]) == (1, 3500)


def test_a_stop_can_be_repeated_by_its_transaction_id() -> None:
    async def converse() -> list[int]:
        async with CentralSystem() as central, Station("CB-1", central.url) as station:
            await station.start(outlet=1, id_token="12345678")
            await station.stop(outlet=1, meter_wh=5000)
            await station.stop(outlet=1, transaction_id=1, meter_wh=5000)
            return [payload["transactionId"] for payload in central.said("StopTransaction")]

    assert asyncio.run(converse()) == [1, 1]


def test_a_callerror_is_raised_as_the_packages_exception() -> None:
    async def converse() -> None:
        async with CentralSystem() as central, Station("CB-1", central.url) as station:
            central.failures = 1
            with pytest.raises(InternalError, match="out of order"):
                await station.start(outlet=1, id_token="1")
            with pytest.raises(NotImplementedError):
                await station.call(call.GetLocalListVersion())

    asyncio.run(converse())


def test_silence_is_no_answer_and_the_line_goes_on() -> None:
    async def converse() -> object:
        async with CentralSystem() as central:
            central.deaf_to = {"Authorize"}
            async with Station("CB-1", central.url, answer_timeout_seconds=0.2) as station:
                with pytest.raises(NoAnswer, match=r"No answer to Authorize within 0\.2 s\."):
                    await station.authorize("1")
                return await station.heartbeat()

    assert asyncio.run(converse()) == call_result.Heartbeat(current_time=NOW)


def test_a_raw_frame_brings_the_raw_answer_and_the_line_goes_on() -> None:
    async def converse() -> tuple[object, object]:
        async with CentralSystem() as central, Station("CB-1", central.url) as station:
            answer = await station.exchange('[2,"7","NoSuchAction",{}]')
            return json.loads(answer), await station.heartbeat()

    answer, reply = asyncio.run(converse())
    assert answer[:3] == [4, "7", "NotSupported"]
    assert reply == call_result.Heartbeat(current_time=NOW)


def test_a_line_that_is_cut_ends_the_waiting_at_once() -> None:
    async def converse() -> None:
        async with CentralSystem() as central:
            central.deaf_to = {"Heartbeat"}
            async with Station("CB-1", central.url) as station:
                waiting = asyncio.create_task(station.heartbeat())
                await central.until(lambda: central.said("Heartbeat"))
                central.lines["CB-1"].cut()
                with pytest.raises(LineLost):
                    await waiting
                with pytest.raises(LineLost):
                    await station.exchange("[]")

    asyncio.run(converse())


def test_a_killed_station_is_gone_and_can_come_back() -> None:
    async def converse() -> object:
        async with CentralSystem() as central, Station("CB-1", central.url) as station:
            await station.boot()
            station.kill()
            await central.until(lambda: not central.lines)
            assert not station.is_connected
            await station.connect()
            return await station.heartbeat()

    assert asyncio.run(converse()) == call_result.Heartbeat(current_time=NOW)


def test_a_refused_station_is_told_why() -> None:
    async def converse() -> None:
        async with CentralSystem() as central:
            central.strangers = {"CB-1"}
            with pytest.raises(NoLine) as refusal:
                await Station("CB-1", central.url).connect()
            assert str(refusal.value) == "CB-1 was refused with 404 Not Found: unknown station."
            assert refusal.value.http_status == 404

    asyncio.run(converse())


def test_ids_are_quoted_and_the_password_is_sent() -> None:
    charge_box_id = "Ø/1 50%"

    async def converse() -> tuple[list[str], str | None]:
        async with CentralSystem() as central, Station(charge_box_id, central.url, password="secret"):
            await central.until(lambda: central.lines)
            return list(central.lines), central.password

    assert asyncio.run(converse()) == ([charge_box_id], f"{charge_box_id}:secret")
