"""A charge in the words of each version of OCPP over SOAP."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from ocpp.exceptions import NotSupportedError
from ocpp.v16 import call
from ocpp.v16.enums import ChargePointErrorCode, ChargePointStatus, DiagnosticsStatus, FirmwareStatus

from simulator.station import Station
from tests.simulator.hearing import NOW
from tests.simulator.soap_central_system import SoapCentralSystem
from tests.simulator.test_simulate_command import once

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
