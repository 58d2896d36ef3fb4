"""What the tests of commands over SOAP share."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import count

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import get_settings
from domain import clock, commands
from domain.models import Action, Command, Message, Station
from engine.calls.caller import Caller
from tests.engine.calls.soap_station import SoapStation, soap_station
from tests.engine.conftest import make_station
from tests.waiting import wait_until

Transaction = Callable[[], AbstractContextManager[Session]]
START = {"outlet": 1, "id_token": "04123456"}
AT_ONCE = 20

numbers = count(1)


class World:
    """Stations in the database, commands to them, and what became of those."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, url: str | None, protocol: str = "ocpp1.5", **more: object) -> Station:
        """A station that told where it is called."""
        made = make_station(self._transaction, f"soap-{os.getpid()}-{next(numbers)}")
        with self._transaction() as db:
            station = db.get_one(Station, made.id)
            values = {"protocol": protocol, "online": True, "last_seen_at": clock.now(), "told_endpoint_url": url}
            for name, value in (values | more).items():
                setattr(station, name, value)
        return station

    def make(self, station: Station, action: Action = Action.REMOTE_START, parameters: dict = START, **how) -> int:
        with self._transaction() as db:
            asked = db.get_one(Station, station.id)
            return commands.make(db, asked, action, parameters, None, clock.now(), **how).id

    def read(self, number: int) -> Command:
        with self._transaction() as db:
            return db.get_one(Command, number)

    def ends(self, number: int) -> tuple[object, ...]:
        """Waits until a command is over; its state, its reason and the outcome."""
        wait_until(lambda: self.read(number).is_over)
        command = self.read(number)
        return command.state, command.reason, command.outcome

    def messages(self, station: Station) -> list[Message]:
        with self._transaction() as db:
            return list(db.scalars(select(Message).where(Message.station_id == station.id).order_by(Message.id)))


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Sets some; stations of this machine may be called unless a test says otherwise."""

    def set_some(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()

    set_some(SOAP_ALLOW_LOOPBACK="1")
    yield set_some
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def world(transaction: Transaction) -> World:
    return World(transaction)


@pytest.fixture
def caller(settings: object) -> Iterator[Caller]:
    made = Caller(AT_ONCE)
    yield made
    made.stop(0)


@pytest.fixture
def box() -> Iterator[SoapStation]:
    with soap_station() as made:
        yield made
