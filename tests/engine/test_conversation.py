"""Whole conversations with the running engine, whole answers compared."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from ocpp.v16 import call_result
from sqlalchemy import select

from domain import clock, commands
from domain.models import (
    Action,
    ChargingSession,
    Command,
    CommandState,
    IdToken,
    MeterValue,
    Outlet,
    OutletMode,
    Station,
)
from domain.statuses import OutletStatus
from simulator.station import Station as SimulatedStation
from tests.happened import unusual

HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
"""When the stories of these tests begin: what lies further back would be in doubt one day."""


def at(minute: int) -> str:
    return f"{HOUR + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ}"


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
        assert (row.authorization, row.id_token, row.stop_reason, row.review_reasons) == (
            1,
            tag,
            "local",
            ["stop_differed"],
        )
        readings = db.scalars(select(MeterValue).filter_by(charging_session_id=number).order_by(MeterValue.id))
        assert [(value.energy_wh, value.outlet_id) for value in readings] == [
            (1500, row.outlet_id), (1600, row.outlet_id),
        ]  # fmt: skip
        kinds = [event.kind for event in unusual(db, station_id=station.id)]
        assert kinds == ["unknown_transaction_stopped", "data_transferred"]
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


def started(number, status="Accepted"):
    return {"idTagInfo": {"status": status}, "transactionId": number}


def test_a_start_right_behind_the_answer_to_a_stop(engine_server, transaction, station, tag):
    """One car after the other at the same outlet, as quickly as the line allows; each charge is one of its own."""
    with engine_server.connect(station.charge_box_id) as wire:
        numbers = []
        for minute in range(30):
            start = {"connectorId": 1, "idTag": tag, "meterStart": minute * 100, "timestamp": at(minute)}
            answer = wire.ask(2, f"start{minute}", "StartTransaction", start)
            numbers.append(answer[2]["transactionId"])
            assert answer == [3, f"start{minute}", started(numbers[-1])]
            stop = {"transactionId": numbers[-1], "meterStop": minute * 100 + 100, "timestamp": at(minute + 1)}
            # Both at once, as by a station that does not wait: they are taken in their order.
            wire.send(2, f"stop{minute}", "StopTransaction", stop)
            wire.send(2, f"beat{minute}", "Heartbeat", {})
            assert wire.receive() == [3, f"stop{minute}", {}]
            assert wire.receive()[:2] == [3, f"beat{minute}"]

    assert numbers == sorted(set(numbers))
    with transaction() as db:
        rows = db.scalars(select(ChargingSession).filter_by(node_id=station.id).order_by(ChargingSession.id)).all()
        assert [row.id for row in rows] == numbers
        assert {(row.energy_wh, row.stop_reason, tuple(row.review_reasons)) for row in rows} == {(100, "local", ())}


def test_a_start_sent_together_with_the_stop_before_it(engine_server, transaction, station, tag):
    """A queue that is emptied after a time without a line."""
    with engine_server.connect(station.charge_box_id) as wire:
        first = {"connectorId": 1, "idTag": tag, "meterStart": 0, "timestamp": at(0)}
        number = wire.ask(2, "1", "StartTransaction", first)[2]["transactionId"]
        wire.send(2, "2", "StopTransaction", {"transactionId": number, "meterStop": 500, "timestamp": at(5)})
        wire.send(2, "3", "StartTransaction", first | {"meterStart": 500, "timestamp": at(6)})
        assert wire.receive() == [3, "2", {}]
        answer = wire.receive()
        assert answer == [3, "3", started(answer[2]["transactionId"])]

    with transaction() as db:
        rows = db.scalars(select(ChargingSession).filter_by(node_id=station.id).order_by(ChargingSession.id)).all()
        told = [(row.id, row.energy_wh, row.stop_reason, row.review_reasons) for row in rows]
        assert told == [(number, 500, "local", []), (answer[2]["transactionId"], None, None, [])]


def test_a_charge_that_was_told_offline_and_never_got_its_number(engine_server, transaction, station, tag):
    with engine_server.connect(station.charge_box_id) as wire:
        start = {"connectorId": 1, "idTag": tag, "meterStart": 0, "timestamp": at(0)}
        number = wire.ask(2, "1", "StartTransaction", start)[2]["transactionId"]
        sample = {"timestamp": at(1), "sampledValue": [{"value": "100"}]}
        meter = {"connectorId": 1, "transactionId": -1, "meterValue": [sample]}
        assert wire.ask(2, "2", "MeterValues", meter) == [3, "2", {}]
        stop = {"transactionId": -1, "meterStop": 200, "timestamp": at(2), "idTag": tag}
        answer = [3, "3", {"idTagInfo": {"status": "Accepted"}}]
        assert wire.ask(2, "3", "StopTransaction", stop) == answer
        assert wire.ask(2, "3", "StopTransaction", stop) == answer

    with transaction() as db:
        row = db.scalars(select(ChargingSession).filter_by(id=number)).one()
        assert (row.energy_wh, row.stop_reason, row.review_reasons) == (200, "local", [])
        assert db.scalars(select(MeterValue.charging_session_id).filter_by(outlet_id=row.outlet_id)).all() == [number]
        assert [event.kind for event in unusual(db, station_id=station.id)] == ["transaction_matched"]


NOTIFICATIONS = {
    "FirmwareStatusNotification": ({"status": "Downloading"}, {}),
    "DiagnosticsStatusNotification": ({"status": "Uploading"}, {}),
    "LogStatusNotification": ({"status": "UploadFailure", "requestId": 7}, {}),
    "SignedFirmwareStatusNotification": ({"status": "InvalidSignature", "requestId": 7}, {}),
    "SecurityEventNotification": ({"type": "InvalidCsr", "timestamp": at(0), "techInfo": "why"}, {}),
    "SignCertificate": ({"csr": "-----BEGIN CERTIFICATE REQUEST-----"}, {"status": "Rejected"}),
}


@pytest.mark.parametrize(("action", "told"), NOTIFICATIONS.items(), ids=NOTIFICATIONS.keys())
def test_the_other_messages_of_a_station(engine_server, transaction, station, action, told):
    payload, answer = told
    with engine_server.connect(station.charge_box_id) as wire:
        assert wire.ask(2, "1", action, payload) == [3, "1", answer]


def test_what_they_leave_behind(engine_server, transaction, station):
    with transaction() as db:
        known = db.get(Station, station.id)
        known.online = True
        update = commands.make(db, known, Action.UPDATE_FIRMWARE, {}, None, clock.now())
        update.state = CommandState.ACCEPTED
    with engine_server.connect(station.charge_box_id) as wire:
        for action, (payload, answer) in NOTIFICATIONS.items():
            assert wire.ask(2, action, action, payload) == [3, action, answer]

    with transaction() as db:
        assert [(event.kind, event.details) for event in unusual(db, station_id=station.id)] == [
            ("firmware_status", {"status": "downloading", "command_id": update.id}),
            ("log_status", {"status": "uploading", "command_id": None}),
            ("log_status", {"status": "upload_failed", "command_id": 7}),
            ("firmware_status", {"status": "invalid_signature", "command_id": 7}),
            ("security_event", {"type": "InvalidCsr", "at": HOUR.isoformat(), "info": "why"}),
        ]
        assert db.get(Command, update.id).progress == "downloading"


def test_a_clock_that_is_wrong_is_noted_until_it_is_right(engine_server, transaction, station):
    def status(hours):
        told_at = datetime.now(UTC) + timedelta(hours=hours)
        told = {"connectorId": 1, "errorCode": "NoError", "status": "Available", "timestamp": told_at.isoformat()}
        assert wire.ask(2, "s", "StatusNotification", told) == [3, "s", {}]
        with transaction() as db:
            offset_seconds = db.get(Station, station.id).clock_offset_seconds
            return None if offset_seconds is None else round(offset_seconds / 3600)

    with engine_server.connect(station.charge_box_id) as wire:
        assert [status(0), status(2), status(2)] == [None, 2, 2]
        assert is_now(wire.ask(2, "beat", "Heartbeat", {})[2]["currentTime"])
    with engine_server.connect(station.charge_box_id) as wire:
        assert [status(2), status(0)] == [2, None]
    with transaction() as db:
        assert [event.kind for event in unusual(db, station_id=station.id)] == ["clock_wrong"]


def test_a_boot_is_answered_before_what_waits_is_asked(engine_server, transaction, station):
    with transaction() as db:
        db.get(Station, station.id).parameters_read_at = None
    with engine_server.connect(station.charge_box_id) as wire:
        boot = {"chargePointVendor": "Vendor", "chargePointModel": "Model"}
        assert wire.ask(2, "boot", "BootNotification", boot)[:2] == [3, "boot"]
        kind, number, action, payload = wire.receive()
        assert (kind, action, payload) == (2, "GetConfiguration", {})
        wire.send(3, number, {"configurationKey": [{"key": "A", "readonly": False, "value": "1"}]})
        assert wire.ask(2, "beat", "Heartbeat", {})[:2] == [3, "beat"]


def test_an_imperfect_station(engine_server, transaction, station, tag):
    """Texts for numbers, numbers for texts, other letters, other fields: the answers are those that others get."""
    with engine_server.connect(station.charge_box_id) as wire:
        start = {"connectorId": "1", "idTag": tag, "meterStart": "1000,0", "timestamp": at(0).replace("T", " ")[:-1]}
        answer = wire.ask(2, "1", "StartTransaction", start)
        number = answer[2]["transactionId"]
        assert answer == [3, "1", started(number)]
        sample = {"value": 1.5, "unit": "KWH", "measurand": "Energy", "maker": "own"}
        known = {"value": 1.5, "unit": "KWH", "context": "sample.periodic"}
        reading = {"timestamp": at(1), "sampledValue": [sample, known]}
        meter = {"connectorId": 1.0, "transactionId": str(number), "meterValue": [reading]}
        assert wire.ask(2, "2", "MeterValues", meter) == [3, "2", {}]
        stop = {"transactionId": str(number), "meterStop": 2000.4, "timestamp": at(2), "reason": "Bored", "idTag": None}
        assert wire.ask(2, "3", "StopTransaction", stop) == [3, "3", {}]

    with transaction() as db:
        row = db.scalars(select(ChargingSession).filter_by(id=number)).one()
        assert (row.started_at, row.meter_start_wh, row.meter_stop_wh) == (HOUR, 1000, 2000)
        assert (row.energy_wh, row.stop_reason, row.review_reasons) == (1000, "other", [])
        assert db.scalars(select(MeterValue.energy_wh).filter_by(charging_session_id=number)).all() == [1500]


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
