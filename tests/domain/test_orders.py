"""Which command is a station's next, when many stations ask at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain import commands, orders, stations
from domain.db import session_factory
from domain.models import Action, Command, CommandReason, CommandState, Site, Station
from domain.reports import CommandReport, ConnectReport, TakeCommandReport
from tests.domain.conftest import NINE
from tests.statements import recorded
from tests.waiting import wait_until

SOON = NINE + timedelta(seconds=1)
RESET = {"type": "soft"}


@pytest.fixture
def lines(db: Session) -> list[stations.Connection]:
    """Stations that are connected, each by its second connection."""
    site = Site(name="Orders")
    db.add(site)
    db.flush()
    names = [f"orders-{number}" for number in range(5)]
    db.add_all(Station(site_id=site.id, name=name, charge_box_id=name) for name in names)
    db.flush()
    made = []
    for name in names:
        stations.connect(db, ConnectReport(name, "ocpp1.6", None, NINE))
        made.append(stations.connect(db, ConnectReport(name, "ocpp1.6", None, NINE)))
    return made


def ask(db: Session, line: stations.Connection, waits: bool = False) -> int:
    station = db.get(Station, line.station_id, populate_existing=True)
    return commands.make(db, station, Action.RESET, RESET, None, NINE, waits=waits).id


def reports(lines: list[stations.Connection], number: int | None = None) -> list[TakeCommandReport]:
    return [TakeCommandReport(line.station_id, number or line.number, SOON) for line in lines]


def numbers(taken: list[orders.Order | None]) -> list[int | None]:
    return [order and order.command_id for order in taken]


def test_each_station_gets_its_own_next_one(db, lines):
    first, third, later = ask(db, lines[0]), ask(db, lines[2]), ask(db, lines[0])
    assert numbers(orders.take(db, reports(lines))) == [first, None, third, None, None]
    sent = db.get(Command, third, populate_existing=True)
    assert (sent.state, sent.sent_at, sent.connection_number) == (CommandState.SENT, SOON, 2)
    assert sent.deadline_at == SOON + commands.answer_within()
    assert numbers(orders.take(db, reports(lines[::-1]))) == [None, None, None, None, later]
    assert numbers(orders.take(db, reports(lines))) == [None] * 5


def test_only_the_newest_connection_gets_one(db, lines):
    ask(db, lines[0])
    assert orders.take(db, reports(lines, number=1)) == [None] * 5
    both = [*reports(lines[:1], number=1), *reports(lines[:1])]
    assert [order is None for order in orders.take(db, both)] == [True, False]


def test_what_is_too_late_is_not_taken(db, lines):
    ask(db, lines[0])
    waiting = ask(db, lines[0], waits=True)
    late = [TakeCommandReport(lines[0].station_id, 2, NINE + commands.SEND_WITHIN + timedelta(seconds=1))]
    assert numbers(orders.take(db, late)) == [waiting]


def test_many_cost_as_many_statements_as_one(db, lines):
    costs = []
    for some in (lines[:1], lines):
        for line in some:
            ask(db, line)
        with recorded() as statements:
            assert None not in orders.take(db, reports(some))
        costs.append(len(statements))
    assert costs == [2, 2]


def test_what_is_taken_back_at_that_moment_leaves_its_place_to_the_next_one(db, lines):
    first, second, other = ask(db, lines[0]), ask(db, lines[0]), ask(db, lines[1])
    db.commit()
    with session_factory()() as person, ThreadPoolExecutor(1) as thread:
        assert commands.cancel(person, person.get_one(Command, first))
        person.flush()

        def take() -> list[int | None]:
            with session_factory().begin() as engine:
                return numbers(orders.take(engine, reports(lines[:2])))

        taken = thread.submit(take)
        wait_until(lambda: someone_waits(person))
        person.commit()
        assert taken.result() == [second, other]
    cancelled = db.get(Command, first, populate_existing=True)
    assert (cancelled.state, cancelled.reason) == (CommandState.FAILED, CommandReason.CANCELLED)


def test_a_station_over_soap_is_called_once_at_a_time(db, lines):
    speak_soap(db, lines[:2])
    first, second = ask(db, lines[0]), ask(db, lines[0])
    other, third = ask(db, lines[1]), ask(db, lines[2])
    fourth = ask(db, lines[2])
    with recorded() as statements:
        assert numbers(orders.take(db, reports(lines[:3]))) == [first, other, third]
    assert len(statements) == 2
    assert numbers(orders.take(db, reports(lines[:3]))) == [None, None, fourth]
    commands.complete(db, CommandReport(first, CommandState.TIMED_OUT, CommandReason.NO_ANSWER))
    assert numbers(orders.take(db, reports(lines[:1]))) == [second]


def test_two_processes_never_call_a_station_at_the_same_time(db, lines):
    """Each command becomes visible to one of them only: what is marked must be seen, not only what is next."""
    speak_soap(db, lines[:1])
    ask(db, lines[0])
    db.commit()
    with session_factory().begin() as one, session_factory().begin() as other:
        [first] = orders.take(one, reports(lines[:1]))
        assert orders.take(other, reports(lines[:1])) == [None]
        ask(db, lines[0])
        db.commit()
        assert orders.take(other, reports(lines[:1])) == [None]
        one.commit()
        assert orders.take(other, reports(lines[:1])) == [None]
    assert first is not None


def speak_soap(db: Session, lines: list[stations.Connection]) -> None:
    for line in lines:
        db.get_one(Station, line.station_id).protocol = "ocpp1.5"
    db.flush()


def someone_waits(db: Session) -> bool:
    """Whether another transaction waits for a row."""
    return bool(db.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
