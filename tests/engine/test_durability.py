"""Nothing is acknowledged that is not stored, and what was not acknowledged can be said again."""

from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import OperationalError
from websockets.exceptions import ConnectionClosed, InvalidStatus

from domain.db import get_engine, get_owner_engine
from domain.models import ChargingSession, Outlet, Station
from tests.engine.conftest import running
from tests.waiting import wait_until

START = {"connectorId": 1, "meterStart": 1000, "timestamp": "2026-11-22T10:00:00Z"}


@contextmanager
def held(outlet):
    """Hold the row that the start of a charge must lock, so that its transaction waits."""
    with get_engine().connect() as connection, connection.begin() as holding:
        connection.execute(select(Outlet.id).filter_by(id=outlet.id).with_for_update())

        def release():
            holding.commit()

        yield release


def somebody_waits_for_a_lock() -> bool:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    with get_engine().connect() as connection:
        return connection.scalar(waiting) > 0


@pytest.fixture
def outlet(transaction, station):
    with transaction() as db:
        return db.scalars(select(Outlet).filter_by(station_id=station.id)).one()


def charges(transaction, outlet) -> int:
    with transaction() as db:
        return db.scalar(select(func.count()).select_from(ChargingSession).filter_by(outlet_id=outlet.id))


def test_killed_between_a_start_and_its_answer(own_server, transaction, station, outlet, tag):
    """The station connects again, says it again, and one charge exists."""
    with own_server.connect(station.charge_box_id) as wire, held(outlet):
        wire.send(2, "1", "StartTransaction", {**START, "idTag": tag})
        wait_until(somebody_waits_for_a_lock)
        own_server.kill()
        with pytest.raises(ConnectionClosed):
            wire.receive()
    assert charges(transaction, outlet) == 0

    own_server.start()
    with own_server.connect(station.charge_box_id) as wire:
        answers = [wire.ask(2, "1", "StartTransaction", {**START, "idTag": tag}) for _ in range(2)]
    number = answers[0][2]["transactionId"]
    assert answers == [[3, "1", {"idTagInfo": {"status": "Accepted"}, "transactionId": number}]] * 2
    assert charges(transaction, outlet) == 1


def test_killed_between_the_commit_and_the_answer(own_server, transaction, station, outlet, tag):
    """What was stored but never acknowledged is found again when it is repeated."""
    with own_server.connect(station.charge_box_id) as wire:
        wire.send(2, "1", "StartTransaction", {**START, "idTag": tag})
        wait_until(lambda: charges(transaction, outlet) == 1)
        own_server.kill()

    own_server.start()
    with own_server.connect(station.charge_box_id) as wire:
        answer = wire.ask(2, "1", "StartTransaction", {**START, "idTag": tag})
    with transaction() as db:
        assert answer[2]["transactionId"] == db.scalars(select(ChargingSession.id).filter_by(outlet_id=outlet.id)).one()


def test_nothing_is_answered_before_the_commit(engine_server, transaction, station, outlet, tag):
    with engine_server.connect(station.charge_box_id) as wire, held(outlet) as release:
        wire.send(2, "1", "StartTransaction", {**START, "idTag": tag})
        wait_until(somebody_waits_for_a_lock)
        with pytest.raises(TimeoutError):
            wire.socket.recv(timeout=0.5)
        release()
        assert wire.receive()[0] == 3
    assert charges(transaction, outlet) == 1


def test_who_holds_a_lock_for_long_holds_up_one_station_only(engine_server, station, outlet, tag):
    with engine_server.connect(station.charge_box_id) as wire, held(outlet):
        answer = wire.ask(2, "1", "StartTransaction", {**START, "idTag": tag})
        assert answer == [4, "1", "InternalError", "the message could not be stored; please send it again", {}]
        assert wire.ask(2, "2", "Authorize", {"idTag": tag})[0] == 3


def test_a_station_that_is_removed_is_cut_off(own_server, transaction, station, outlet):
    with own_server.connect(station.charge_box_id) as wire:
        with transaction() as db:
            db.delete(db.get(Outlet, outlet.id))
            db.flush()
            db.delete(db.get(Station, station.id))
        status = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
        assert wire.ask(2, "1", "StatusNotification", status)[2] == "InternalError"
        assert wire.closing() == (1008, "this connection is no longer the station's")


@contextmanager
def database_away(name):
    """Turn every connection away from the database of that name."""
    address = get_owner_engine().url.set(database="postgres")
    with create_engine(address, isolation_level="AUTOCOMMIT").connect() as server:
        get_engine().dispose()
        server.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        server.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
        )
        try:
            yield
        finally:
            server.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))


def test_without_a_database_nothing_is_acknowledged_and_all_goes_on_when_it_is_back(
    own_server, transaction, station, tag
):
    start = {**START, "idTag": tag}
    with own_server.connect(station.charge_box_id) as wire:
        with database_away(get_engine().url.database):
            with pytest.raises(OperationalError), transaction() as db:
                db.execute(text("SELECT 1"))
            answer = wire.ask(2, "1", "StartTransaction", start)
            assert answer == [4, "1", "InternalError", "the message could not be stored; please send it again", {}]
            assert wire.ask(2, "2", "Heartbeat", {})[0] == 3
            with pytest.raises(InvalidStatus) as refused, own_server.connect(station.charge_box_id):
                pass
            assert refused.value.response.status_code == 503
        assert wire.ask(2, "1", "StartTransaction", start)[0] == 3


def test_without_redis_no_message_is_lost(database, transaction, station, tag):
    with running(REDIS_URL="unix:///nowhere/valkey.sock") as server, server.connect(station.charge_box_id) as wire:
        assert wire.ask(2, "1", "StartTransaction", {**START, "idTag": tag})[0] == 3
        with server.connect(station.charge_box_id) as newer:
            assert wire.closing()[0] == 1008
            assert newer.ask(2, "2", "Heartbeat", {})[0] == 3
