"""What becomes of a command, step by step."""

from datetime import timedelta
from itertools import product

import pytest

from domain import commands, orders, repeats
from domain.models import Action, Command, CommandReason, CommandState
from domain.reports import CommandReport, ConnectReport, DisconnectReport, Order, TakeCommandReport
from domain.secret_parameters import MASK
from domain.stations import connect, disconnect
from tests.domain.conftest import NINE, after

START = {"outlet": 1, "id_token": "04123456"}
SOON = NINE + timedelta(seconds=1)
QUEUED, SENT, FAILED = CommandState.QUEUED, CommandState.SENT, CommandState.FAILED


@pytest.fixture
def connection(db, station):
    return connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", None, NINE))


@pytest.fixture
def make(db, station):
    def make(state=None, now=NINE):
        db.refresh(station)
        command = commands.make(db, station, Action.REMOTE_START, START, None, now, outlet_id=7)
        if state is not None:
            command.state = state
            db.flush()
        return command

    return make


@pytest.fixture
def take(db, connection):
    def take(now=SOON, number=None):
        return orders.take(db, [TakeCommandReport(connection.station_id, number or connection.number, now)])[0]

    return take


def state_of(db, command):
    db.refresh(command)
    return command.state, command.reason


def test_a_command_waits_for_a_minute(connection, station, make):
    command = make()
    assert {column.name: getattr(command, column.name) for column in Command.__table__.columns} == {
        "id": command.id,
        "site_id": station.site_id,
        "station_id": station.id,
        "outlet_id": 7,
        "charging_session_id": None,
        "user_id": None,
        "action": Action.REMOTE_START,
        "parameters": START,
        "state": QUEUED,
        "reason": None,
        "answer": None,
        "outcome": None,
        "progress": None,
        "progress_at": None,
        "batch_id": None,
        "waits": False,
        "connection_number": None,
        "created_at": NINE,
        "sent_at": None,
        "answered_at": None,
        "deadline_at": after(1),
    }


def test_they_are_taken_in_order_and_each_once(db, connection, make, take):
    first, second = make(), make()
    assert take() == Order(first.id, Action.REMOTE_START, START)
    assert take() == Order(second.id, Action.REMOTE_START, START)
    assert take() is None
    db.refresh(first)
    assert (first.state, first.sent_at, first.deadline_at, first.connection_number) == (
        SENT,
        SOON,
        SOON + timedelta(seconds=30),
        connection.number,
    )


def test_an_older_connection_takes_none(db, station, connection, make, take):
    make()
    newer = connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", None, NINE))
    assert take() is None
    assert take(number=newer.number) is not None


def test_what_waited_too_long_is_not_taken_any_more(make, take):
    make()
    assert take(after(1)) is None


def test_a_station_that_connects_learns_whether_something_waits(db, station, connection, make, take):
    call = ConnectReport(station.charge_box_id, "ocpp1.6", None, NINE)
    assert connect(db, call).commands_wait is False
    make()
    newest = connect(db, call)
    assert newest.commands_wait is True
    take(number=newest.number)
    assert connect(db, call).commands_wait is False


ENDS = tuple(state for state in CommandState if state not in (QUEUED, SENT))
AFTER_A_TIME_OUT = (CommandState.ACCEPTED, CommandState.REJECTED, FAILED)


@pytest.mark.parametrize(("state", "to"), [*product(CommandState, ENDS)])
def test_an_end_is_the_end_but_for_a_late_answer(db, connection, make, state, to):
    command = make(state)
    moves = {
        QUEUED: (FAILED, CommandState.TIMED_OUT),
        SENT: ENDS,
        CommandState.TIMED_OUT: AFTER_A_TIME_OUT,
    }.get(state, ())
    assert commands.complete(db, CommandReport(command.id, to, None, {"status": "x"}, SOON)) is (to in moves)
    db.refresh(command)
    told = (to, {"status": "x"}, SOON) if to in moves else (state, None, None)
    assert (command.state, command.answer, command.answered_at) == told


def test_no_secret_of_an_answer_is_kept(db, connection, make):
    command = make(SENT)
    key = {"key": "AuthorizationKey", "value": "s3cr3t-s3cr3t-s3cr3t"}
    error = {"errorDescription": "password=s3cr3t", "errorDetails": {"configurationKey": [key, {"password": "s3cr3t"}]}}
    outcome = {"parameters": [key, {"key": "MeterInterval", "value": "60"}]}
    told = CommandReport(command.id, FAILED, CommandReason.REFUSED, error, SOON, outcome)
    assert commands.complete(db, told)
    db.refresh(command)
    masked = {"key": "AuthorizationKey", "value": MASK}
    assert command.answer == {
        "errorDescription": f"password={MASK}",
        "errorDetails": {"configurationKey": [masked, {"password": MASK}]},
    }
    assert command.outcome == {"parameters": [masked, {"key": "MeterInterval", "value": "60"}]}
    assert key["value"] == "s3cr3t-s3cr3t-s3cr3t"


def test_what_is_given_to_a_station_that_is_away_fails_at_once(db, station, make):
    command = make()
    assert (command.state, command.reason) == (FAILED, CommandReason.OFFLINE)
    assert commands.station_to_tell(db, command.id) is None


def test_the_worker_tells_of_what_is_queued_only(db, station, connection, make):
    assert commands.station_to_tell(db, make().id) == station.id
    assert [commands.station_to_tell(db, make(state).id) for state in (SENT, *ENDS)] == [None] * 5
    assert commands.station_to_tell(db, 10**9) is None


def test_a_station_that_left_meanwhile(db, station, connection, make):
    command = make()
    disconnect(db, [DisconnectReport(station.id, connection.number)])
    assert commands.station_to_tell(db, command.id) is None
    assert state_of(db, command) == (FAILED, CommandReason.OFFLINE)


def test_a_sweep_leaves_alone_what_is_under_way(db, station, connection, make, take):
    sent, queued = make(), make()
    take()
    assert commands.sweep(db, SOON) == []
    assert commands.sweep(db, NINE + timedelta(seconds=20)) == [station.id]
    assert (state_of(db, sent), state_of(db, queued)) == ((SENT, None), (QUEUED, None))


def test_a_sweep_ends_what_was_never_sent(db, connection, make):
    command = make()
    assert commands.sweep(db, after(1.1)) == []
    assert state_of(db, command) == (CommandState.TIMED_OUT, CommandReason.NOT_SENT)


def test_a_sweep_ends_what_waits_for_a_station_that_was_deleted(db, station, make):
    """It once waited for a week, and whatever it names could not be deleted either."""
    command = commands.make(db, station, Action.RESET, {"type": "soft"}, None, NINE, waits=True)
    commands.sweep(db, SOON)
    assert state_of(db, command) == (QUEUED, None)
    db.delete(station)
    db.flush()
    commands.sweep(db, SOON)
    assert state_of(db, command) == (FAILED, CommandReason.STATION_DELETED)


def test_a_sweep_ends_what_was_never_answered(db, connection, make, take):
    command = make()
    take()
    commands.sweep(db, NINE + timedelta(seconds=40))
    assert state_of(db, command) == (CommandState.TIMED_OUT, CommandReason.NO_ANSWER)


@pytest.mark.parametrize("comes_back", [False, True])
def test_a_sweep_ends_what_was_sent_over_a_line_that_is_gone(db, station, connection, make, take, comes_back):
    command = make()
    take()
    if comes_back:
        connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", None, SOON))
    else:
        disconnect(db, [DisconnectReport(station.id, connection.number)])
    commands.sweep(db, NINE + timedelta(seconds=10))
    assert state_of(db, command) == (FAILED, CommandReason.LINE_LOST)


def test_what_was_sent_over_soap_needs_no_line(db, station, connection, make, take):
    command = make()
    take()
    station.protocol, station.online, station.connection_number = "ocpp1.5", False, 7
    db.flush()
    commands.sweep(db, NINE + timedelta(seconds=10))
    assert state_of(db, command) == (SENT, None)
    commands.sweep(db, NINE + timedelta(seconds=40))
    assert state_of(db, command) == (CommandState.TIMED_OUT, CommandReason.NO_ANSWER)


def test_what_is_asked_twice_has_twice_the_time(db, connection, make, take):
    command = make()
    take()
    assert commands.prolong(db, command.id, NINE + timedelta(seconds=31))
    db.refresh(command)
    assert (command.state, command.deadline_at) == (SENT, NINE + timedelta(seconds=31) + commands.answer_within())
    commands.sweep(db, NINE + timedelta(seconds=60))
    assert state_of(db, command) == (SENT, None)


@pytest.mark.parametrize("state", [state for state in CommandState if state is not SENT])
def test_what_is_not_under_way_gets_no_more_time(db, connection, make, state):
    command = make(state)
    assert not commands.prolong(db, command.id, after(5))
    db.refresh(command)
    assert command.deadline_at == after(1)


def test_nothing_is_asked_twice_that_could_happen_twice():
    twice = {Action.REMOTE_START, Action.RESET, Action.UNLOCK, Action.UPDATE_FIRMWARE, Action.GET_DIAGNOSTICS}
    twice |= {Action.GET_LOG, Action.TRIGGER_MESSAGE, Action.SEND_LOCAL_LIST, Action.DATA_TRANSFER}
    assert set(Action) - repeats.SAFE == twice
