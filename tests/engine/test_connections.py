"""Of each station's connections the newest lives, whichever process holds it."""

from sqlalchemy import select

from domain.models import Station
from engine.connections import REPLACED, STOPPING
from tests.engine.conftest import make_station
from tests.waiting import wait_until


def is_online(transaction, station) -> bool:
    with transaction() as db:
        return db.scalars(select(Station.online).filter_by(id=station.id)).one()


def lives(wire) -> bool:
    return wire.ask(2, "alive", "Heartbeat", {})[:2] == [3, "alive"]


def test_a_station_is_online_while_it_is_connected(engine_server, transaction, station):
    assert not is_online(transaction, station)
    with engine_server.connect(station.charge_box_id):
        assert is_online(transaction, station)
    wait_until(lambda: not is_online(transaction, station))


def test_the_newest_connection_wins(engine_server, transaction, station):
    with engine_server.connect(station.charge_box_id) as old, engine_server.connect(station.charge_box_id) as new:
        assert old.closing() == (1008, REPLACED)
        assert lives(new)
        assert is_online(transaction, station)


def test_the_newest_connection_wins_in_another_process(engine_server, own_server, transaction, station):
    with engine_server.connect(station.charge_box_id) as old, own_server.connect(station.charge_box_id) as new:
        assert old.closing() == (1008, REPLACED)
        assert lives(new)
        assert is_online(transaction, station)


def test_a_station_that_comes_back_at_once_stays_online(engine_server, transaction, station):
    """The late end of each old connection must not mark offline the station that the next one holds."""
    for number in range(100):
        with engine_server.connect(station.charge_box_id) as wire:
            if number % 2:
                wire.socket.socket.close()
    with engine_server.connect(station.charge_box_id) as wire:
        assert lives(wire)
        assert is_online(transaction, station)


def test_a_connection_cut_without_a_word_is_noticed(engine_server, transaction, station):
    with engine_server.connect(station.charge_box_id) as wire:
        wire.socket.socket.close()
        wait_until(lambda: not is_online(transaction, station))


def test_a_process_that_stops_says_goodbye(own_server, transaction):
    stations = [make_station(transaction, f"goodbye-{own_server.port}-{number}") for number in range(3)]
    with (
        own_server.connect(stations[0].charge_box_id) as one,
        own_server.connect(stations[1].charge_box_id) as another,
        own_server.connect(stations[2].charge_box_id) as third,
    ):
        own_server.terminate()
        assert [wire.closing() for wire in (one, another, third)] == [(1001, STOPPING)] * 3
        assert own_server.stop() == 0
    assert [is_online(transaction, station) for station in stations] == [False] * 3
