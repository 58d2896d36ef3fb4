"""Who is let in over SOAP, and how long a station that only calls counts as online."""

from datetime import timedelta

import pytest
from rq import Queue
from sqlalchemy import select

from domain import queue, station_passwords, stations
from domain.models import Station, UnknownStation
from engine.connections import REPLACED
from ocpp_soap.v16 import V16
from tests.engine.conftest import numbers
from tests.engine.soap.caller import Caller, Fault
from tests.engine.test_connections import is_online, lives
from tests.waiting import wait_until

PASSWORD = "a-key-of-forty-characters-or-fewer"
SENDER, SECURITY = "Sender", "SecurityError"


@pytest.fixture
def caller(engine_server, station):
    return Caller(engine_server, station.charge_box_id)


@pytest.fixture
def secured(transaction, station):
    """It must come with PASSWORD."""
    with transaction() as db:
        kept = db.get_one(Station, station.id)
        kept.password_required = True
        station_passwords.set_password(db, kept, PASSWORD)
    return station


def kept(transaction, station):
    with transaction() as db:
        return db.get_one(Station, station.id)


def test_a_stranger_gets_a_fault_and_is_noted(engine_server, transaction):
    name = f"stranger-{next(numbers)}"
    fault = Caller(engine_server, name).tell("Heartbeat")
    assert fault == Fault(400, SENDER, SECURITY, f"No station with the charge box id '{name}' is known here.")
    with transaction() as db:
        noted = db.scalars(select(UnknownStation).filter_by(charge_box_id=name)).one()
        assert (noted.protocol, noted.attempts) == ("ocpp1.5", 1)


def test_the_case_of_a_name_counts(engine_server, station):
    assert isinstance(Caller(engine_server, station.charge_box_id.upper()).tell("Heartbeat"), Fault)


def test_who_calls_is_told_by_the_header(caller):
    written = caller.written("Heartbeat").replace(f">{caller.charge_box_id}<".encode(), b"><")
    fault = caller.understood("Heartbeat", *pick(caller.post(written)))
    assert fault == Fault(400, SENDER, "IdentityMismatch", "the header chargeBoxIdentity is missing or empty")


def pick(answered):
    status, _, body = answered
    return status, body


def test_a_station_signs_in_with_its_password(engine_server, secured):
    name = secured.charge_box_id
    assert "currentTime" in Caller(engine_server, name, password=PASSWORD).tell("Heartbeat")
    without = Caller(engine_server, name)
    reason = "This station signs in with its password (HTTP Basic), and sent none."
    assert without.tell("Heartbeat") == Fault(401, SENDER, SECURITY, reason)
    headers = without.post(without.written("Heartbeat"))[1]
    assert headers["WWW-Authenticate"] == 'Basic realm="OCPP", charset="UTF-8"'


def test_five_wrong_passwords_lock_for_a_while(engine_server, secured):
    wrong = Caller(engine_server, secured.charge_box_id, password="wrong" * 4)
    assert [wrong.tell("Heartbeat").status for _ in range(6)] == [401] * 5 + [429]
    right = Caller(engine_server, secured.charge_box_id, password=PASSWORD)
    assert right.tell("Heartbeat").status == 429
    assert int(right.post(right.written("Heartbeat"))[1]["Retry-After"]) > 0


def test_a_station_that_calls_is_online(caller, transaction, station):
    assert not is_online(transaction, station)
    caller.tell("Heartbeat")
    assert is_online(transaction, station)


def test_a_station_that_goes_on_calling_keeps_its_number(caller, engine_server, own_server, transaction, station):
    caller.tell("Heartbeat")
    number = kept(transaction, station).connection_number
    for server in (own_server, engine_server, own_server):
        Caller(server, station.charge_box_id).tell("Heartbeat")
    assert kept(transaction, station).connection_number == number


def test_two_heartbeats_that_did_not_come_set_it_offline(caller, transaction, station):
    caller.tell("BootNotification", chargePointVendor="V", chargePointModel="M")
    seen_at = kept(transaction, station).last_seen_at
    interval = timedelta(seconds=kept(transaction, station).heartbeat_seconds)
    with transaction() as db:
        stations.sweep_silent(db, seen_at + 2 * interval - timedelta(seconds=1))
    assert is_online(transaction, station)
    with transaction() as db:
        stations.sweep_silent(db, seen_at + 2 * interval + timedelta(seconds=10))
    assert not is_online(transaction, station)
    wait_until(lambda: "currentTime" in caller.tell("Heartbeat") and is_online(transaction, station))


def test_a_line_that_it_left_behind_ends(caller, engine_server, transaction, station):
    with engine_server.connect(station.charge_box_id) as line:
        assert lives(line)
        caller.tell("Heartbeat")
        assert line.closing() == (1008, REPLACED)
    assert kept(transaction, station).protocol == "ocpp1.5"
    assert is_online(transaction, station)


def test_a_line_that_it_left_behind_in_another_process_ends(caller, own_server, transaction, station):
    with own_server.connect(station.charge_box_id) as line:
        assert lives(line)
        caller.tell("Heartbeat")
        assert line.closing() == (1008, REPLACED)
    assert is_online(transaction, station)


def test_a_line_takes_over_from_calls(caller, engine_server, transaction, station):
    caller.tell("Heartbeat")
    with engine_server.connect(station.charge_box_id) as line:
        assert lives(line)
        assert kept(transaction, station).protocol == "ocpp1.6"


def test_another_version_is_another_connection(caller, engine_server, transaction, station):
    caller.tell("Heartbeat")
    number = kept(transaction, station).connection_number
    Caller(engine_server, station.charge_box_id, V16).tell("Heartbeat")
    assert (kept(transaction, station).protocol, kept(transaction, station).connection_number) == (
        "ocpp1.6-soap",
        number + 1,
    )


def test_where_it_can_be_called_is_what_it_says_last(caller, engine_server, transaction, station):
    caller.tell("Heartbeat")
    moved = Caller(engine_server, station.charge_box_id, address="http://192.0.2.8:9000/")
    moved.tell("Heartbeat")
    assert kept(transaction, station).told_endpoint_url == "http://192.0.2.8:9000/"


def test_what_waits_for_a_station_is_called_for_when_it_has_booted(caller, transaction, station):
    with transaction() as db:
        # Nobody knows its parameters, so it is asked for them.
        db.get_one(Station, station.id).parameters_read_at = None
    before = job_ids()
    caller.tell("BootNotification", chargePointVendor="V", chargePointModel="M")
    wait_until(lambda: any(args == ([station.id],) for args in calls_since(before)))


def job_ids():
    return set(Queue(queue.COMMANDS, connection=queue.get_redis()).job_ids)


def calls_since(before):
    commands = Queue(queue.COMMANDS, connection=queue.get_redis())
    found = [commands.fetch_job(number) for number in job_ids() - before]
    return [job.args for job in found if job is not None and job.func_name == queue.CALL_STATIONS]
