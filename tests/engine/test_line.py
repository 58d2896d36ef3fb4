"""A line that lasts, and one that is dead: real sockets, with seconds where a real installation has half a minute."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection

from domain.models import Station
from engine.transports.line import Line
from tests.engine.conftest import EngineServer, make_station, numbers, running
from tests.engine.test_connections import is_online, lives
from tests.engine.test_handshake import UPGRADE
from tests.waiting import wait_until

PING, PONG, TEXT = 0x9, 0xA, 0x1
MASK = b"\0\0\0\0"
"""A client masks what it sends; with these it stays readable."""


@pytest.fixture(scope="module")
def watchful_server(database: object, valkey: object) -> Iterator[EngineServer]:
    """Asks after one second, and gives up after five."""
    with running(STATION_PING_SECONDS="1", STATION_DEAD_SECONDS="5") as server:
        yield server


class Bare:
    """A WebSocket that does nothing by itself."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._file = connection.makefile("rb")

    def handshake(self, server: EngineServer, charge_box_id: str) -> None:
        headers = UPGRADE | {"Host": "localhost"}
        lines = [f"GET /Ocpp/websocket/{quote(charge_box_id)} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items())]
        self.connection.sendall("\r\n".join([*lines, "", ""]).encode())
        assert self._file.readline().startswith(b"HTTP/1.1 101")
        while self._file.readline() != b"\r\n":
            pass

    def send(self, opcode: int, payload: bytes = b"") -> None:
        length = len(payload)
        head = (
            bytes([0x80 | opcode, 0x80 | length]) if length < 126 else struct.pack(">BBH", 0x80 | opcode, 0xFE, length)
        )
        self.connection.sendall(head + MASK + payload)

    def receive(self) -> tuple[int, bytes]:
        """The next frame: opcode and payload."""
        first, length = self._file.read(2)
        if length == 126:
            (length,) = struct.unpack(">H", self._file.read(2))
        return first & 0xF, self._file.read(length)

    def close(self) -> None:
        self._file.close()
        self.connection.close()

    def is_cut(self) -> bool:
        try:
            return self._file.read(1) == b""
        except ConnectionError:
            return True


@contextmanager
def bare(server: EngineServer, station: Station, receive_bytes: int | None = None) -> Iterator[Bare]:
    with socket.socket() as connection:
        connection.settimeout(20)
        if receive_bytes:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        connection.connect(("127.0.0.1", server.port))
        line = Bare(connection)
        line.handshake(server, station.charge_box_id)
        yield line


@pytest.fixture
def seen_at(transaction, station) -> Callable[[], object]:
    def read() -> object:
        with transaction() as db:
            return db.get_one(Station, station.id).last_seen_at

    return read


def test_a_station_that_answers_no_ping_is_offline_soon(watchful_server, transaction, station):
    with bare(watchful_server, station) as line:
        assert is_online(transaction, station)
        assert line.receive() == (PING, b"")
        wait_until(lambda: not is_online(transaction, station))
        while not line.is_cut():
            pass


def test_a_station_that_only_answers_pings_stays_and_was_seen(watchful_server, transaction, station, seen_at):
    with bare(watchful_server, station) as line:
        for _ in range(5):
            before = seen_at()
            assert line.receive() == (PING, b"")
            line.send(PONG)
            wait_until(lambda before=before: seen_at() > before)
        assert is_online(transaction, station)


def test_a_station_that_sends_any_frame_was_seen_and_is_not_asked(watchful_server, station, seen_at):
    with bare(watchful_server, station) as line:
        for number in range(2):
            before = seen_at()
            line.send(TEXT, b"no message at all")
            opcode, answer = line.receive()
            assert (opcode, answer[:4]) == (TEXT, b'[4,"')
            wait_until(lambda before=before: seen_at() > before)
            before = seen_at()
            line.send(PING, b"are you there? %d" % number)
            assert line.receive() == (PONG, b"are you there? %d" % number)
            wait_until(lambda before=before: seen_at() > before)


def flood(line: Bare) -> None:
    """Go on asking and never read the answers, until whoever writes them has to wait."""
    line.connection.settimeout(1)
    with pytest.raises((TimeoutError, ConnectionError)):
        _ask_for_ever(line)


def _ask_for_ever(line: Bare) -> None:
    while True:
        line.send(TEXT, b'[2,"%s","NoSuchAction",{}]' % (b"x" * 30))


def test_a_station_that_takes_nothing_any_more_is_dropped_and_holds_up_nobody(watchful_server, transaction, station):
    other = make_station(transaction, f"neighbour-{next(numbers)}-{watchful_server.port}")
    with bare(watchful_server, station, receive_bytes=4096) as line:
        flood(line)
        # The one who looks after the lines is not stuck: others are still asked whether they live.
        with bare(watchful_server, other) as neighbour:
            assert neighbour.receive() == (PING, b"")
        wait_until(lambda: not is_online(transaction, station))


def test_a_newer_connection_does_not_wait_for_the_goodbye_to_one_that_takes_nothing(
    watchful_server, transaction, station
):
    with bare(watchful_server, station, receive_bytes=4096) as line:
        flood(line)
        with watchful_server.connect(station.charge_box_id) as newer:
            assert lives(newer)
            assert is_online(transaction, station)


@pytest.mark.parametrize("ending", ["a goodbye", "a cut"])
def test_answers_that_are_on_their_way_when_the_station_ends_break_nothing(
    watchful_server, transaction, station, ending
):
    """Its frames, its goodbye and our answers cross each other."""
    for _ in range(20):
        with bare(watchful_server, station) as line:
            for _ in range(50):
                line.send(TEXT, b'[2,"1","Heartbeat",{}]')
            if ending == "a goodbye":
                line.send(0x8, struct.pack(">H", 1000))
            else:
                line.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wait_until(lambda: not is_online(transaction, station))
    with watchful_server.connect(station.charge_box_id) as wire:
        assert lives(wire)


def test_whoever_writes_after_both_have_said_goodbye_writes_nothing_and_fails_in_nothing():
    """Somebody waited for a turn while the reader met a closing frame and the library answered it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        protocol = Connection(ConnectionType.SERVER)
        line = Line(SimpleNamespace(sock=ours, ws=protocol))
        protocol.receive_data(bytes([0x88, 0x80]) + MASK)
        protocol.send(CloseConnection(1000))
        line.send("too late")
        theirs.setblocking(False)
        with pytest.raises(BlockingIOError):
            theirs.recv(1)
