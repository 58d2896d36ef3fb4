"""The engine as it runs: gunicorn with gevent workers on a real database and a real Redis."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from urllib.parse import quote

import orjson
import pytest
from sqlalchemy.orm import Session
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from config import get_settings
from domain import clock
from domain.db import session_factory
from domain.models import IdToken, Outlet, OutletMode, Site, Station
from tests.fixtures.databases import make_as_new
from tests.fixtures.ports import free_port
from tests.waiting import LONGEST_SECONDS, wait_until

ANSWER_SECONDS = LONGEST_SECONDS
PROTOCOL = "ocpp1.6"

numbers = count(1)


class EngineServer:
    """One gunicorn with one worker, so that ending the process ends every station's socket."""

    def __init__(self, app: str = "wsgi:create_engine()", **environment: str) -> None:
        self.port = free_port()
        self._app = app
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        settings = get_settings()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "python:launcher.gunicorn_conf", self._app],
            env={
                **os.environ,
                "PORT": str(self.port),
                "WEB_WORKERS": "1",
                "DATABASE_URL": settings.postgres_url,
                "REDIS_URL": settings.valkey_url,
                "SECRET_KEY": settings.session_secret(),
                **self._environment,
            },
            process_group=0,
        )
        wait_until(lambda: self._listens() or self._process.poll() is not None)
        assert self._process.poll() is None

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def pid(self) -> int:
        """That of gunicorn's first process."""
        return self._process.pid

    def kill(self) -> None:
        """As a power cut does it: gunicorn and its worker at once."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        wait_until(lambda: not self._listens())

    def terminate(self) -> None:
        """Ask it to stop in order."""
        if self._process.poll() is None:
            self._process.terminate()

    def stop(self) -> int:
        """Let it stop in order; returns the exit code."""
        self.terminate()
        return self._process.wait()

    def url(self, charge_box_id: str) -> str:
        return f"ws://127.0.0.1:{self.port}/Ocpp/websocket/{quote(charge_box_id, safe='')}"

    def connect(
        self,
        charge_box_id: str,
        *subprotocols: str,
        compression: str | None = None,
        authorization: str | None = None,
    ) -> AbstractContextManager["Wire"]:
        headers = {"Authorization": authorization} if authorization else {}
        return wire(self.url(charge_box_id), list(subprotocols) or [PROTOCOL], compression, headers)


class Wire:
    """A station's end of the WebSocket, frame by frame."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def send(self, *message: object) -> None:
        self.socket.send(orjson.dumps(message).decode())

    def ask(self, *message: object) -> list[object]:
        """Send a message and return the whole answer."""
        self.send(*message)
        return self.receive()

    def exchange(self, frame: str | bytes) -> list[object]:
        """Send a frame as it is and return the whole answer."""
        self.socket.send(frame)
        return self.receive()

    def receive(self) -> list[object]:
        answer: list[object] = orjson.loads(self.socket.recv(timeout=ANSWER_SECONDS))
        return answer

    def closing(self) -> tuple[int, str]:
        """Wait for the other side to close; its code and reason."""
        with pytest.raises(ConnectionClosed) as closed:
            self.socket.recv(timeout=ANSWER_SECONDS)
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code, closed.value.rcvd.reason


@contextmanager
def wire(
    url: str,
    subprotocols: Sequence[str] = (PROTOCOL,),
    compression: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Iterator[Wire]:
    # A worker that has just started listens before it can answer.
    options = {"compression": compression, "open_timeout": LONGEST_SECONDS}
    with connect(url, subprotocols=list(subprotocols), additional_headers=headers, **options) as socket:
        yield Wire(socket)


@contextmanager
def running(app: str = "wsgi:create_engine()", **environment: str) -> Iterator[EngineServer]:
    server = EngineServer(app, **environment)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session", autouse=True)
def as_new(database: object) -> None:
    """History names nodes by number: what other tests left would become that of the stations made here."""
    make_as_new()


@pytest.fixture(scope="session")
def engine_server(database: object, valkey: object) -> Iterator[EngineServer]:
    with running() as server:
        yield server


@pytest.fixture
def own_server(database: object, valkey: object) -> Iterator[EngineServer]:
    """For a test that ends it."""
    with running() as server:
        yield server


@pytest.fixture
def transaction(database: object) -> Callable[[], AbstractContextManager[Session]]:
    """Opens a transaction that commits, since the engine is another process."""
    return session_factory().begin


@pytest.fixture
def station(transaction: Callable[[], AbstractContextManager[Session]]) -> Station:
    """A station with one outlet that asks for a tag."""
    return make_station(transaction, f"engine-{os.getpid()}-{next(numbers)}")


def make_station(transaction: Callable[[], AbstractContextManager[Session]], charge_box_id: str) -> Station:
    with transaction() as db:
        site = Site(name=f"Site of {charge_box_id}")
        db.add(site)
        db.flush()
        # Else it is asked for its parameters as soon as it boots.
        known = {"parameters_read_at": clock.now()}
        station = Station(site_id=site.id, name=charge_box_id, charge_box_id=charge_box_id, **known)
        db.add(station)
        db.flush()
        db.add(Outlet(station_id=station.id, number=1, mode=OutletMode.RFID))
        return station


@pytest.fixture
def tag(transaction: Callable[[], AbstractContextManager[Session]]) -> str:
    token = f"T{os.getpid()}-{next(numbers)}"
    with transaction() as db:
        db.add(IdToken(token=token))
    return token
