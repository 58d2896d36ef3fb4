"""Whole conversations with the running engine, whole answers compared."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from ocpp.v16 import call_result
from sqlalchemy import select

from domain.models import ChargingSession, Event, IdToken, MeterValue, Outlet, OutletMode, Station
from domain.statuses import OutletStatus
from simulator.station import Station as SimulatedStation


def at(minute: int) -> str:
    return f"2026-11-22T10:{minute:02}:00Z"


def is_now(text: str) -> bool:
    return abs(datetime.now(UTC) - datetime.fromisoformat(text)) < timedelta(minutes=1) and text.endswith("Z")


def test_a_charge_from_boot_to_the_end(engine_server, transaction, station, tag):
    with engine_server.connect(station.charge_box_id) as wire:
        boot = {"chargePointVendor": "Vendor", "chargePointModel": "Model", "firmwareVersion": "1.2"}
        answer = wire.ask(2, "boot", "BootNotification", boot)
        now = answer[2].pop("currentTime")
        assert (answer, is_now(now)) == ([3, "boot", {"interval": 300, "status": "Accepted"}], True)

        kind, unique_id, beat = wire.ask(2, "beat", "Heartbeat", {})
        assert (kind, unique_id, list(beat), is_now(beat["currentTime"])) == (3, "beat", ["currentTime"], True)

        def status(word, minute, connector=1):
            told = {"connectorId": connector, "errorCode": "NoError", "status": word, "timestamp": at(minute)}
            return wire.ask(2, f"{word}{minute}", "StatusNotification", told)

        assert status("Available", 0, connector=0) == [3, "Available0", {}]
        assert status("Preparing", 0) == [3, "Preparing0", {}]
        assert wire.ask(2, "tag", "Authorize", {"idTag": tag}) == [3, "tag", {"idTagInfo": {"status": "Accepted"}}]
        assert wire.ask(2, "no", "Authorize", {"idTag": "no"}) == [3, "no", {"idTagInfo": {"status": "Invalid"}}]

        start = {"connectorId": 1, "idTag": tag, "meterStart": 1000, "timestamp": at(1)}
        started = wire.ask(2, "start", "StartTransaction", start)
        number = started[2]["transactionId"]
        assert started == [3, "start", {"idTagInfo": {"status": "Accepted"}, "transactionId": number}]
        assert wire.ask(2, "start", "StartTransaction", start) == started
        assert status("Charging", 1) == [3, "Charging1", {}]

        sample = {"timestamp": at(11), "sampledValue": [{"value": "1.5", "unit": "kWh"}]}
        meter = {"connectorId": 1, "transactionId": number, "meterValue": [sample]}
        assert wire.ask(2, "meter", "MeterValues", meter) == [3, "meter", {}]
        nameless = {"connectorId": 1, "meterValue": [{"timestamp": at(12), "sampledValue": [{"value": "1600"}]}]}
        assert wire.ask(2, "nameless", "MeterValues", nameless) == [3, "nameless", {}]

        stop = {"transactionId": number, "meterStop": 3000, "timestamp": at(21), "reason": "Local", "idTag": tag}
        stopped = [3, "stop", {"idTagInfo": {"status": "Accepted"}}]
        assert wire.ask(2, "stop", "StopTransaction", stop) == stopped
        assert wire.ask(2, "stop", "StopTransaction", {**stop, "meterStop": 9, "timestamp": at(22)}) == stopped
        assert status("Finishing", 21) == [3, "Finishing21", {}]
        assert status("Available", 31) == [3, "Available31", {}]

        unknown = {"transactionId": 2**31 - 1, "meterStop": 5, "timestamp": at(40)}
        assert wire.ask(2, "unknown", "StopTransaction", unknown) == [3, "unknown", {}]
        vendor = {"vendorId": "vendor", "messageId": "m", "data": "d"}
        assert wire.ask(2, "own", "DataTransfer", vendor) == [3, "own", {"status": "UnknownVendorId"}]

    with transaction() as db:
        row = db.scalars(select(ChargingSession).filter_by(id=number)).one()
        assert (row.energy_wh, row.stopped_at.minute, row.ended_at.minute, row.duration_seconds) == (2000, 21, 31, 1800)
        assert (row.authorization, row.id_token, row.stop_reason, row.review_reasons) == (1, tag, "local", [])
        readings = db.scalars(select(MeterValue).filter_by(charging_session_id=number).order_by(MeterValue.id))
        assert [(value.energy_wh, value.outlet_id) for value in readings] == [
            (1500, row.outlet_id), (1600, row.outlet_id),
        ]  # fmt: skip
        kinds = select(Event.kind).filter_by(station_id=station.id).order_by(Event.id)
        assert db.scalars(kinds).all() == ["unknown_transaction_stopped", "data_transferred"]
        known = db.get(Station, station.id)
        assert (known.vendor, known.model, known.firmware_version, known.status) == (
            "Vendor", "Model", "1.2", OutletStatus.AVAILABLE,
        )  # fmt: skip


@pytest.fixture
def answers_of_refused_tags(transaction, tag):
    """What a tag is made, and the answer to it."""

    def make(**fields):
        with transaction() as db:
            for name, value in fields.items():
                setattr(db.scalars(select(IdToken).filter_by(token=tag)).one(), name, value)

    return make


REFUSED = {
    "blocked": ({"blocked": True}, {"status": "Blocked"}),
    "expired": ({"expires_at": datetime(2026, 1, 1, tzinfo=UTC)}, {"status": "Expired"}),
    "good until": (
        {"expires_at": datetime(2099, 1, 1, tzinfo=UTC)}, {"status": "Accepted", "expiryDate": "2099-01-01T00:00:00Z"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "info"), REFUSED.values(), ids=REFUSED.keys())
def test_a_tag_and_its_answer(engine_server, station, tag, answers_of_refused_tags, fields, info):
    answers_of_refused_tags(**fields)
    with engine_server.connect(station.charge_box_id) as wire:
        assert wire.ask(2, "1", "Authorize", {"idTag": tag.upper()}) == [3, "1", {"idTagInfo": info}]
        start = {"connectorId": 1, "idTag": tag, "meterStart": 0, "timestamp": at(0)}
        answer = wire.ask(2, "2", "StartTransaction", start)
        assert answer == [3, "2", {"idTagInfo": info, "transactionId": answer[2]["transactionId"]}]


def test_an_open_outlet_takes_everybody(engine_server, transaction, station):
    with transaction() as db:
        db.scalars(select(Outlet).filter_by(station_id=station.id)).one().mode = OutletMode.OPEN
    with engine_server.connect(station.charge_box_id) as wire:
        assert wire.ask(2, "1", "Authorize", {"idTag": "x"}) == [3, "1", {"idTagInfo": {"status": "Accepted"}}]


def test_the_client_of_the_ocpp_package(engine_server, station, tag):
    """The whole replies as the package itself understands them."""

    async def charge():
        url = f"ws://127.0.0.1:{engine_server.port}/Ocpp/websocket"
        async with SimulatedStation(station.charge_box_id, url, outlets=1) as simulated:
            boot = await simulated.boot()
            return [
                boot,
                await simulated.heartbeat(),
                await simulated.authorize(tag),
                await simulated.report(1),
                await simulated.start(1, tag),
                await simulated.meter_values(1),
                await simulated.stop(1),
            ]

    boot, heartbeat, authorize, status, start, meter, stop = asyncio.run(charge())
    accepted = {"status": "Accepted"}
    assert boot == call_result.BootNotification(current_time=boot.current_time, interval=300, status="Accepted")
    assert heartbeat == call_result.Heartbeat(current_time=heartbeat.current_time)
    assert authorize == call_result.Authorize(id_tag_info=accepted)
    assert status == call_result.StatusNotification()
    assert start == call_result.StartTransaction(transaction_id=start.transaction_id, id_tag_info=accepted)
    assert meter == call_result.MeterValues()
    assert stop == call_result.StopTransaction()
