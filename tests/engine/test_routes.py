"""Payloads: what is refused with which code, and what becomes of those that pass."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.reports import MeterReport, Reading, StatusReport, StopReport
from domain.statuses import OutletStatus
from domain.stops import StopReason
from engine import schemas
from engine.ocpp1 import meter_values
from engine.ocpp1.fields import EARLIEST, LATEST, format_at, read_at
from engine.ocpp16.routes import ROUTES
from engine.rpc import CallError, ErrorCode

NOW = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)
AT = "2026-11-22T09:00:00Z"
NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)


def report(action, payload):
    route = ROUTES.find(action)
    return route.report(route.read(payload)[0], 1, NOW)


def start(**fields):
    return {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": AT, **fields}


def status(**fields):
    return {"connectorId": 1, "errorCode": "NoError", "status": "Available", **fields}


def sampled(**fields):
    return {"connectorId": 1, "meterValue": [{"timestamp": AT, "sampledValue": [{"value": "1", **fields}]}]}


INVALID = {
    "a field is missing": ("Authorize", {}, ErrorCode.PROTOCOL_ERROR, '"idTag" is a required property'),
    "a wrong type": (
        "Authorize", {"idTag": True}, ErrorCode.TYPE_CONSTRAINT_VIOLATION, 'idTag: true is not of type "string"',
    ),
    "nothing where something is needed": (
        "Authorize", {"idTag": None}, ErrorCode.TYPE_CONSTRAINT_VIOLATION, 'idTag: null is not of type "string"',
    ),
    "a fraction of an outlet": (
        "StartTransaction", start(connectorId=1.5), ErrorCode.TYPE_CONSTRAINT_VIOLATION,
        'connectorId: 1.5 is not of type "integer"',
    ),
    "thousands that are parted": (
        "StartTransaction", start(meterStart="1.234,5"), ErrorCode.TYPE_CONSTRAINT_VIOLATION,
        'meterStart: "1.234,5" is not of type "integer"',
    ),
    "too long for any tag": (
        "Authorize", {"idTag": "x" * 37}, ErrorCode.PROPERTY_CONSTRAINT_VIOLATION,
        f'idTag: "{"x" * 37}" is longer than 36 characters',
    ),
    "no such choice": (
        "StatusNotification", status(status="Broken"), ErrorCode.PROPERTY_CONSTRAINT_VIOLATION,
        "status: must be one of Available, Preparing, Charging, SuspendedEVSE, SuspendedEV, Finishing, Reserved,"
        " Unavailable, Faulted",
    ),
    "deep inside": (
        "MeterValues", sampled(unit=["Wh"]), ErrorCode.TYPE_CONSTRAINT_VIOLATION,
        'meterValue[0].sampledValue[0].unit: ["Wh"] is not of type "string"',
    ),
    "none of several": (
        "MeterValues", {"connectorId": 1, "meterValue": []}, ErrorCode.OCCURENCE_CONSTRAINT_VIOLATION,
        "meterValue: [] has less than 1 item",
    ),
    "no time": (
        "StartTransaction", start(timestamp="yesterday"), ErrorCode.PROPERTY_CONSTRAINT_VIOLATION,
        "timestamp: 'yesterday' is not a time such as 2026-11-22T10:00:00Z",
    ),
    "a date alone": (
        "StartTransaction", start(timestamp="2026-11-22"), ErrorCode.PROPERTY_CONSTRAINT_VIOLATION,
        "timestamp: '2026-11-22' is not a time such as 2026-11-22T10:00:00Z",
    ),
    "a charge at the station itself": (
        "StartTransaction", start(connectorId=0), ErrorCode.PROPERTY_CONSTRAINT_VIOLATION,
        "connectorId: must be from 1 to 100",
    ),
    "an outlet that cannot be": (
        "StatusNotification", status(connectorId=-1), ErrorCode.PROPERTY_CONSTRAINT_VIOLATION,
        "connectorId: must be from 0 to 100",
    ),
    "a meter beyond all meters": (
        "StartTransaction", start(meterStart=2**63), ErrorCode.PROPERTY_CONSTRAINT_VIOLATION,
        "meterStart: must be from -9223372036854775807 to 9223372036854775807",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("action", "payload", "code", "description"), INVALID.values(), ids=INVALID.keys())
def test_an_invalid_payload_is_refused_with_the_field_and_what_would_be_right(action, payload, code, description):
    with pytest.raises(CallError) as refused:
        report(action, payload)
    assert (refused.value.code, refused.value.description) == (code, description)


def test_all_that_a_station_may_call_is_served():
    assert sorted(ROUTES.by_action) == [
        "Authorize",
        "BootNotification",
        "DataTransfer",
        "DiagnosticsStatusNotification",
        "FirmwareStatusNotification",
        "Heartbeat",
        "LogStatusNotification",
        "MeterValues",
        "SecurityEventNotification",
        "SignCertificate",
        "SignedFirmwareStatusNotification",
        "StartTransaction",
        "StatusNotification",
        "StopTransaction",
    ]


@pytest.mark.parametrize("action", sorted(schemas.actions("v16") - set(ROUTES.by_action)))
def test_other_actions_of_the_version_are_not_supported(action):
    with pytest.raises(CallError) as refused:
        ROUTES.find(action)
    assert refused.value.code == ErrorCode.NOT_SUPPORTED


@pytest.mark.parametrize("action", ["", "heartbeat", "HeartbeatResponse", "../Heartbeat", "x" * 1000])
def test_any_other_action_is_not_implemented(action):
    with pytest.raises(CallError) as refused:
        ROUTES.find(action)
    assert refused.value.code == ErrorCode.NOT_IMPLEMENTED


TIMES = {
    "2026-11-22T09:00:00Z": NINE,
    "2026-11-22T09:00:00.000Z": NINE,
    "2026-11-22T10:00:00+01:00": NINE,
    "2026-11-22T09:00:00": NINE,
    "2026-11-22T09:00:00.1234567Z": NINE.replace(microsecond=123456),
    "2026-11-22T09:00:00.12Z": NINE.replace(microsecond=120000),
    "2026-11-22T09:00:00,5Z": NINE.replace(microsecond=500000),
    "2026-11-22 09:00:00": NINE,
    " 2026-11-22T09:00:00Z ": NINE,
    "2026-11-22t09:00:00z": NINE,
    "2026-11-22T09:00Z": NINE,
    "2026-11-22T10:00:00+0100": NINE,
    "2026-11-22T10:00:00 +01:00": NINE,
    "2026-11-22T09:00:00 UTC": NINE,
    "2026-11-22T10:00:00+01:00Z": NINE,
    "2026-11-22T3:30:00.25-05:30": NINE,
    "2026/11/22 9:0:0": NINE,
    "2026-11-22T08:59:60Z": NINE - timedelta(seconds=1),
    "20261122T090000Z": NINE,
    "1970-01-01T00:00:00Z": EARLIEST,
    "0001-01-01T00:00:00Z": EARLIEST,
    "0001-01-01T00:00:00+14:00": EARLIEST,
    "0001/1/1 00:00:00+14:00": EARLIEST,
    "9999-12-31T23:59:59-14:00": LATEST,
    "9999/12/31 23:59:59-14:00": LATEST,
}


@pytest.mark.parametrize(("text", "at"), TIMES.items())
def test_times_of_stations(text, at):
    assert read_at(text) == at


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-11-22", "22-11-2026 09:00:00", "2026-11-22T09:00:00 CET", "2026-11-22T09:00:00Z[Europe/Paris]",
     "2026-13-01T00:00:00Z", "2026-11-22T25:00:00Z", "1795338000", "2026-11-22T09:00:00+99:99",
     "\u0662\u0660\u0662\u0666-11-22T09:00:00Z"],
)  # fmt: skip
def test_what_could_be_another_time_is_none(text):
    with pytest.raises(CallError) as refused:
        read_at(text)
    assert refused.value.description == f"timestamp: {text!r} is not a time such as 2026-11-22T10:00:00Z"


def test_times_are_told_in_seconds():
    assert format_at(NOW) == "2026-11-22T10:00:00Z"


def test_a_status_in_the_words_of_the_domain():
    told = status(status="SuspendedEVSE", errorCode="GroundFailure", vendorErrorCode="E7", info="i", timestamp=AT)
    assert report("StatusNotification", told) == StatusReport(
        1, NOW, 1, OutletStatus.SUSPENDED_EVSE, NINE, "GroundFailure", "E7", "i"
    )
    bare = StatusReport(1, NOW, 1, OutletStatus.AVAILABLE, NOW, None, None, None)
    assert report("StatusNotification", status()) == bare
    empty = status(timestamp="", vendorErrorCode="", info="")
    assert report("StatusNotification", empty) == bare
    assert report("StatusNotification", status(timestamp="yesterday")) == bare


def test_a_stop_in_the_words_of_the_domain():
    told = {"transactionId": -1, "meterStop": 5, "timestamp": AT, "reason": "EVDisconnected"}
    assert report("StopTransaction", told) == StopReport(1, NOW, -1, None, 5, NINE, StopReason.EV_DISCONNECTED, ())


@pytest.mark.parametrize(
    ("told", "taken"), [({}, None), ({"transactionId": -1}, None), ({"transactionId": 0}, None),
                        ({"transactionId": 2**63}, None), ({"transactionId": 7}, 7)], ids=str,
)  # fmt: skip
def test_a_transaction_that_cannot_be_is_none(told, taken):
    samples = [{"value": "1"}]
    assert report("MeterValues", {**sampled(), **told}) == MeterReport(
        1, NOW, 1, taken, (Reading(NINE, 1, None, None, None, samples),)
    )


def phase(phase, value, **fields):
    return {"value": value, "phase": phase, **fields}


POWER = {"measurand": "Power.Active.Import"}
CURRENT = {"measurand": "Current.Import"}
SAMPLES = {
    "nothing but a number is energy in Wh": ([{"value": "1234"}], (1234, None, None, None)),
    "kWh and a comma": ([{"value": "1,5", "unit": "kWh"}], (1500, None, None, None)),
    "all that has a column": (
        [
            {"value": "1000.5", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
            {"value": "11.04", "unit": "kW", **POWER},
            {"value": "16", "unit": "A", **CURRENT},
            {"value": "54", "measurand": "SoC", "unit": "Percent", "location": "EV"},
        ],
        (1000.5, 11040, 16, 54),
    ),
    "by phase": (
        [phase("L1", "100"), phase("L2", "200"), phase("L3", "300"), phase("L1-N", "3.5", unit="kW", **POWER),
         phase("L2-N", "500", **POWER), phase("L1", "10", **CURRENT), phase("L2", "12", **CURRENT)],
        (600, 4000, 12, None),
    ),
    "a whole beside its phases": ([phase("L1", "1"), {"value": "9"}, phase("L2", "2")], (9, None, None, None)),
    "neutral and between phases": ([phase("N", "5", **CURRENT), phase("L1-L2", "400")], (None, None, None, None)),
    "measured at the outlet and at the inlet": (
        [{"value": "7", "location": "Inlet"}, {"value": "5", "location": "Outlet"}], (5, None, None, None),
    ),
    "measured at the inlet alone": ([{"value": "7", "location": "Inlet"}], (7, None, None, None)),
    "signed data": ([{"value": "1234", "format": "SignedData"}], (None, None, None, None)),
    "other measurands": ([{"value": "230", "measurand": "Voltage"}], (None, None, None, None)),
    "a unit of something else": ([{"value": "5", "unit": "W"}], (None, None, None, None)),
    "no numbers": (
        [{"value": value} for value in ("", "abc", "nan", "inf", "1_000", "1.234,5", "0x10")], (None, None, None, None),
    ),
    "too large with its unit": ([{"value": "1e308", "unit": "kWh"}], (None, None, None, None)),
}  # fmt: skip


@pytest.mark.parametrize(("samples", "columns"), SAMPLES.values(), ids=SAMPLES.keys())
def test_sampled_values(samples, columns):
    told = {"connectorId": 1, "meterValue": [{"timestamp": AT, "sampledValue": samples}]}
    assert report("MeterValues", told).readings == (Reading(NINE, *columns, samples),)


@given(st.text())
def test_no_value_whatever_breaks_a_reading(value):
    [reading] = meter_values.readings([{"timestamp": AT, "sampledValue": [{"value": value, "unit": "kWh"}]}])
    assert reading.samples == [{"value": value, "unit": "kWh"}]
