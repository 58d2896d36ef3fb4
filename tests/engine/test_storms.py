"""What stopped another open central system when it was tried: a station that comes and goes faster than one notices."""

import json
import socket
import struct
import time
from collections.abc import Iterator
from random import Random
from urllib.request import urlopen

import pytest
from sqlalchemy import func, select

from domain import clock, commands
from domain.models import Action, Command, CommandState, Station
from engine import jobs
from tests.engine.conftest import EngineServer, make_station, numbers, running
from tests.engine.insides import PATH
from tests.engine.test_connections import is_online, lives
from tests.engine.test_line import Bare
from tests.waiting import LONGEST_SECONDS, wait_until

TIMES = 1000
LONGEST_PAUSE_SECONDS = 0.05
CLOSE_FRAME, TEXT_FRAME = 0x8, 0x1
NORMAL = struct.pack(">H", 1000)
AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: the other side sees a reset."""
BOOT = b'[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'


@pytest.fixture(scope="module")
def glass_servers(database: object, valkey: object) -> Iterator[list[EngineServer]]:
    """Two processes of the engine that can be looked into."""
    app = "tests.engine.insides:create_engine()"
    with running(app) as one, running(app) as another:
        yield [one, another]


def insides(server: EngineServer) -> dict[str, int]:
    with urlopen(f"http://127.0.0.1:{server.port}{PATH}") as answer:
        return json.loads(answer.read())


def come(server: EngineServer, station: Station) -> Bare:
    line = Bare(socket.create_connection(("127.0.0.1", server.port), timeout=LONGEST_SECONDS))
    line.handshake(server, station.charge_box_id)
    return line


def go(line: Bare, random: Random) -> None:
    """With a goodbye, without one, or as if the plug was pulled; perhaps with a message whose answer nobody reads."""
    if random.random() < 0.5:
        line.send(TEXT_FRAME, BOOT)
    match random.choice(("goodbye", "closed", "reset")):
        case "goodbye":
            line.send(CLOSE_FRAME, NORMAL)
        case "reset":
            line.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    line.close()


def pause(random: Random) -> None:
    """Half of the time none at all."""
    time.sleep(max(random.uniform(-LONGEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS), 0))


def number_of(transaction, station) -> int:
    with transaction() as db:
        return db.scalars(select(Station.connection_number).filter_by(id=station.id)).one()


def test_a_station_that_closes_and_comes_back_at_once_a_thousand_times(glass_servers, transaction, station):
    server, random = glass_servers[0], Random(4)
    with server.connect(station.charge_box_id) as wire:
        assert lives(wire)
    wait_until(lambda: insides(server)["held"] == 0)
    before = insides(server)

    older: Bare | None = None
    for _ in range(TIMES):
        line = come(server, station)
        if older is not None:
            go(older, random)
            older = None
        if random.random() < 0.2:
            older = line  # It comes back before it has gone.
        else:
            go(line, random)
        pause(random)

    with server.connect(station.charge_box_id) as newest:
        if older is not None:
            go(older, random)
        wait_until(lambda: insides(server)["lines"] == 1)
        assert lives(newest)
        assert is_online(transaction, station)
        assert number_of(transaction, station) == TIMES + 2
        assert insides(server)["held"] == 1
    wait_until(lambda: not is_online(transaction, station))
    wait_until(lambda: insides(server) | {"files": 0} == before | {"files": 0})
    # Connections to the database and to Redis may be a few more than before.
    assert insides(server)["files"] <= before["files"] + 10
    with transaction() as db:
        assert db.scalar(select(func.count()).select_from(Station).filter_by(charge_box_id=station.charge_box_id)) == 1


def test_a_station_that_goes_to_and_fro_between_two_processes(glass_servers, transaction):
    station, random = make_station(transaction, f"to-and-fro-{next(numbers)}-{glass_servers[0].port}"), Random(5)
    before = [insides(server)["lines"] for server in glass_servers]
    lines: list[Bare] = []
    for number in range(200):
        lines.append(come(glass_servers[number % 2], station))
        while len(lines) > random.choice((0, 1, 2)):
            go(lines.pop(0), random)
        pause(random)
    with glass_servers[1].connect(station.charge_box_id) as newest:
        for line in lines:
            go(line, random)
        wait_until(lambda: [insides(server)["lines"] for server in glass_servers] == [before[0], before[1] + 1])
        assert lives(newest)
        assert is_online(transaction, station)
        # And what is asked of it finds it there.
        with transaction() as db:
            parameters = {"type": "soft"}
            command = commands.make(db, db.get_one(Station, station.id), Action.RESET, parameters, None, clock.now())
        jobs.send_command(command.id)
        assert newest.receive() == [2, str(command.id), "Reset", {"type": "Soft"}]
        newest.send(3, str(command.id), {"status": "Accepted"})
        with transaction() as db:
            wait_until(
                lambda: (
                    db.scalar(select(Command.state).filter_by(id=command.id).execution_options(populate_existing=True))
                    is CommandState.ACCEPTED
                )
            )
