"""What a station that speaks SOAP says, and what it makes of the answers."""

import asyncio

import pytest
from ocpp.exceptions import GenericError, InternalError, ProtocolError, SecurityError
from ocpp.v16 import call_result
from ocpp.v16.enums import ChargePointErrorCode, ChargePointStatus, DiagnosticsStatus, FirmwareStatus, Reason

from ocpp_soap.endpoint import endpoint
from ocpp_soap.faults import Code, SoapFault, Subcode
from ocpp_soap.v15 import V15
from simulator.errors import LineLost, NoAnswer, NoLine
from simulator.station import Station
from tests.simulator.hearing import NOW
from tests.simulator.soap_central_system import SoapCentralSystem


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
