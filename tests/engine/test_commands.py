"""Commands on their way out: the running engine and a station's end of the wire, frame by frame."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from domain import clock, commands
from domain.models import Action, Command, CommandBatch, CommandReason, CommandState, Station
from engine import jobs
from tests.engine.conftest import EngineServer, Wire, make_station, running
from tests.waiting import wait_until

START = {"outlet": 1, "id_token": "04123456"}
ON_THE_WIRE = {"connectorId": 1, "idTag": "04123456"}
ACCEPTED, REJECTED = {"status": "Accepted"}, {"status": "Rejected"}


@pytest.fixture(scope="module")
def impatient_server(database: object, valkey: object) -> Iterator[EngineServer]:
    """Waits for an answer no longer than a second."""
    with running(COMMAND_ANSWER_SECONDS="1") as server:
        yield server


@contextmanager
def line(server: EngineServer, charge_box_id: str) -> Iterator[Wire]:
    """A station that has spoken: before that it is asked nothing."""
    with server.connect(charge_box_id) as wire:
        assert wire.ask(2, "here", "Heartbeat", {})[:2] == [3, "here"]
        yield wire


@pytest.fixture
def make(transaction, station):
    """Makes a command, of which nobody is told; returns its number."""

    def make(action=Action.REMOTE_START, parameters=START, waits=False, asked_at=None):
        with transaction() as db:
            asked = db.get(Station, station.id)
            return commands.make(db, asked, action, parameters, None, asked_at or clock.now(), waits=waits).id

    return make


@pytest.fixture
def ask(make):
    """Makes a command and does what the worker does with it; returns its number."""

    def ask(*asked, **how):
        number = make(*asked, **how)
        jobs.send_command(number)
        return number

    return ask


@pytest.fixture
def read(transaction):
    def read(command_id):
        with transaction() as db:
            return db.get(Command, command_id)

    return read


@pytest.fixture
def ends(read):
    """Waits until a command is over; returns its state, its reason and the answer."""

    def ends(command_id):
        wait_until(lambda: read(command_id).is_over)
        command = read(command_id)
        return command.state, command.reason, command.answer

    return ends


def test_a_remote_start_goes_out_and_its_answer_is_written_down(engine_server, station, ask, ends, read):
    with line(engine_server, station.charge_box_id) as wire:
        number = ask()
        assert wire.receive() == [2, str(number), "RemoteStartTransaction", ON_THE_WIRE]
        sent = read(number)
        assert (sent.state, sent.connection_number, sent.answered_at) == (CommandState.SENT, 1, None)
        wire.send(3, str(number), ACCEPTED)
        assert ends(number) == (CommandState.ACCEPTED, None, ACCEPTED)
    done = read(number)
    assert done.created_at < done.sent_at < done.answered_at < done.deadline_at


def test_a_remote_stop_names_the_transaction(engine_server, station, ask, ends):
    with line(engine_server, station.charge_box_id) as wire:
        number = ask(Action.REMOTE_STOP, {"charging_session": 4711})
        assert wire.receive() == [2, str(number), "RemoteStopTransaction", {"transactionId": 4711}]
        wire.send(3, str(number), REJECTED)
        assert ends(number) == (CommandState.REJECTED, None, REJECTED)


ERROR = {"errorCode": "NotSupported", "errorDescription": "no", "errorDetails": {"a": 1}}
UNUSUAL = {
    "an error": ((4, "NotSupported", "no", {"a": 1}), CommandReason.REFUSED, ERROR),
    "an error cut short": (
        (4, "GenericError"),
        CommandReason.REFUSED,
        {"errorCode": "GenericError", "errorDescription": None, "errorDetails": None},
    ),
    "a word that OCPP has not": ((3, {"status": "yes"}), CommandReason.NOT_UNDERSTOOD, {"status": "yes"}),
    "nothing": ((3,), CommandReason.NOT_UNDERSTOOD, None),
    "no object": ((3, ["Accepted"]), CommandReason.NOT_UNDERSTOOD, ["Accepted"]),
    "a character that no database holds": ((3, {"status": "a\0"}), CommandReason.NOT_UNDERSTOOD, {"status": "a�"}),
}


@pytest.mark.parametrize(("answer", "reason", "kept"), UNUSUAL.values(), ids=UNUSUAL.keys())
def test_an_answer_that_is_no_yes_and_no_no_is_kept_whole(
    engine_server, station, ask, ends, read, answer, reason, kept
):
    with line(engine_server, station.charge_box_id) as wire:
        number = ask()
        wire.receive()
        kind, *rest = answer
        wire.send(kind, str(number), *rest)
        assert ends(number) == (CommandState.FAILED, reason, kept)
        assert read(number).answered_at is not None
        assert wire.ask(2, "alive", "Heartbeat", {})[:2] == [3, "alive"]


def test_a_command_that_ocpp_16_cannot_say_fails_and_the_next_one_goes_out(engine_server, station, ask, ends):
    with line(engine_server, station.charge_box_id) as wire:
        too_long = ask(parameters={"outlet": 1, "id_token": "x" * 21})
        assert ends(too_long) == (CommandState.FAILED, CommandReason.NOT_SENDABLE, None)
        number = ask()
        assert wire.receive()[1] == str(number)


def test_two_commands_go_out_one_after_the_other_and_the_stations_own_messages_between(
    engine_server, station, ask, ends, read
):
    with line(engine_server, station.charge_box_id) as wire:
        first, second = ask(), ask()
        assert wire.receive()[1] == str(first)
        # While it owes an answer the station may call, and nothing else is asked of it.
        assert wire.ask(2, "1", "Heartbeat", {})[:2] == [3, "1"]
        assert read(second).state is CommandState.QUEUED
        wire.send(3, str(first), REJECTED)
        assert wire.receive()[1] == str(second)
        wire.send(3, str(second), ACCEPTED)
        assert ends(second)[0] is CommandState.ACCEPTED
    assert ends(first)[0] is CommandState.REJECTED


def test_answers_of_strangers_and_repeated_ones_change_nothing(engine_server, station, ask, ends):
    with line(engine_server, station.charge_box_id) as wire:
        wire.send(3, "nobody", ACCEPTED)
        number = ask()
        wire.receive()
        for stranger in (f"{number} ", str(number + 1), number, None, [], "-1"):
            wire.send(3, stranger, ACCEPTED)
            wire.send(4, stranger, "GenericError", "", {})
        wire.send(3, str(number), REJECTED)
        wire.send(3, str(number), ACCEPTED)
        wire.send(4, str(number), "GenericError", "", {})
        assert wire.ask(2, "alive", "Heartbeat", {})[:2] == [3, "alive"]
        assert ends(number) == (CommandState.REJECTED, None, REJECTED)


def test_another_stations_answer_changes_nothing(engine_server, transaction, station, ask, ends):
    other = make_station(transaction, f"{station.charge_box_id}-other")
    with line(engine_server, station.charge_box_id) as wire, line(engine_server, other.charge_box_id) as foreign:
        number = ask()
        wire.receive()
        foreign.send(3, str(number), ACCEPTED)
        assert foreign.ask(2, "alive", "Heartbeat", {})[:2] == [3, "alive"]
        wire.send(3, str(number), REJECTED)
        assert ends(number)[0] is CommandState.REJECTED


def test_without_an_answer_the_command_times_out_and_a_late_answer_counts(impatient_server, station, ask, ends, read):
    with line(impatient_server, station.charge_box_id) as wire:
        number, next_number = ask(), ask()
        assert wire.receive()[1] == str(number)
        assert ends(number) == (CommandState.TIMED_OUT, CommandReason.NO_ANSWER, None)
        # The next one goes out, and the late answer is not taken for its answer.
        assert wire.receive()[1] == str(next_number)
        wire.send(3, str(number), ACCEPTED)
        wait_until(lambda: read(number).state is CommandState.ACCEPTED)
        late = read(number)
        assert (late.reason, late.answer, late.answered_at > late.deadline_at) == (None, ACCEPTED, True)
        assert read(next_number).state is CommandState.SENT
        wire.send(3, str(next_number), REJECTED)
        assert ends(next_number)[0] is CommandState.REJECTED


def test_a_station_that_leaves_before_it_answers_fails_the_command(engine_server, station, ask, ends):
    with line(engine_server, station.charge_box_id) as wire:
        number = ask()
        wire.receive()
    assert ends(number) == (CommandState.FAILED, CommandReason.LINE_LOST, None)
    with line(engine_server, station.charge_box_id) as wire:
        wire.send(3, str(number), ACCEPTED)
        assert wire.ask(2, "after", "Heartbeat", {})[:2] == [3, "after"]
    assert ends(number)[0] is CommandState.FAILED


def test_a_station_that_is_not_connected_fails_the_command_at_once(station, ask, read):
    command = read(ask())
    assert (command.state, command.reason) == (CommandState.FAILED, CommandReason.OFFLINE)


def test_a_station_that_left_before_the_worker_came_fails_the_command(engine_server, transaction, station, make, read):
    with engine_server.connect(station.charge_box_id):
        number = make()
    with transaction() as db:
        wait_until(lambda: not db.get(Station, station.id, populate_existing=True).online)
    jobs.send_command(number)
    command = read(number)
    assert (command.state, command.reason) == (CommandState.FAILED, CommandReason.OFFLINE)


def test_a_command_finds_the_process_to_which_the_station_has_moved(engine_server, own_server, station, ask, ends):
    for server in (engine_server, own_server, engine_server):
        with line(server, station.charge_box_id) as wire:
            number = ask()
            assert wire.receive()[1] == str(number)
            wire.send(3, str(number), ACCEPTED)
            assert ends(number)[0] is CommandState.ACCEPTED


def test_a_process_killed_with_a_command_under_way_never_has_it_sent_twice(own_server, transaction, station, ask, read):
    with line(own_server, station.charge_box_id) as wire:
        number, waiting = ask(), ask()
        assert wire.receive()[1] == str(number)
        own_server.kill()
    own_server.start()
    with line(own_server, station.charge_box_id) as wire:
        # What had not been sent goes out with the new connection, by itself.
        assert wire.receive()[1] == str(waiting)
        wire.send(3, str(waiting), ACCEPTED)
        with transaction() as db:
            commands.sweep(db, clock.now() + commands.SWEEP_AFTER)
        jobs.send_command(number)
        assert wire.ask(2, "alive", "Heartbeat", {})[:2] == [3, "alive"]
    command = read(number)
    assert (command.state, command.reason, command.answer) == (CommandState.FAILED, CommandReason.LINE_LOST, None)


def test_a_command_whose_message_was_lost_is_told_of_again_by_the_sweep(engine_server, station, make, ends):
    with line(engine_server, station.charge_box_id) as wire:
        number = make(asked_at=clock.now() - 2 * commands.SWEEP_AFTER)
        jobs.sweep_commands()
        assert wire.receive()[1] == str(number)
        wire.send(3, str(number), ACCEPTED)
        assert ends(number)[0] is CommandState.ACCEPTED


def test_a_process_that_stops_in_order_ends_what_it_asked(own_server, station, ask, ends):
    with line(own_server, station.charge_box_id) as wire:
        number = ask()
        wire.receive()
        assert own_server.stop() == 0
    assert ends(number) == (CommandState.FAILED, CommandReason.LINE_LOST, None)


BOOT = {"chargePointVendor": "Example", "chargePointModel": "One"}


def test_a_station_that_starts_boots_before_it_is_asked_anything(engine_server, station, ask, ends):
    before = ask(waits=True)
    with engine_server.connect(station.charge_box_id) as wire:
        meanwhile = ask()
        assert wire.ask(2, "boot", "BootNotification", BOOT)[:2] == [3, "boot"]
        for number in (before, meanwhile):
            assert wire.receive()[1] == str(number)
            wire.send(3, str(number), ACCEPTED)
            assert ends(number)[0] is CommandState.ACCEPTED


def test_a_station_that_comes_back_and_has_nothing_to_say_is_asked_all_the_same(engine_server, station, ask, ends):
    number = ask(waits=True)
    with engine_server.connect(station.charge_box_id) as wire:
        assert wire.receive()[1] == str(number)
        wire.send(3, str(number), ACCEPTED)
        assert ends(number)[0] is CommandState.ACCEPTED


def test_a_command_that_waits_is_not_told_of_while_the_station_is_away(engine_server, station, make, read):
    number = make(waits=True, asked_at=clock.now() - 2 * commands.SWEEP_AFTER)
    jobs.send_command(number)
    jobs.sweep_commands()
    assert read(number).state is CommandState.QUEUED
    with line(engine_server, station.charge_box_id) as wire:
        assert wire.receive()[1] == str(number)


def test_what_a_late_answer_may_have_brought_about_goes_out(impatient_server, station, ask, make, ends):
    with line(impatient_server, station.charge_box_id) as wire:
        late = ask()
        assert wire.receive()[1] == str(late)
        assert ends(late)[0] is CommandState.TIMED_OUT
        follows = make()
        wire.send(3, str(late), ACCEPTED)
        assert wire.receive()[1] == str(follows)


def test_a_batch_goes_to_all_that_are_here(engine_server, own_server, transaction, station):
    others = [make_station(transaction, f"{station.charge_box_id}-{number}") for number in range(3)]
    with (
        line(engine_server, station.charge_box_id) as first,
        line(own_server, others[0].charge_box_id) as second,
    ):
        with transaction() as db:
            batch = CommandBatch(created_at=clock.now(), action=Action.RESET, stations=4)
            db.add(batch)
            db.flush()
            wanted = {"type": "soft"}
            made = [
                commands.make(
                    db,
                    db.get(Station, each.id),
                    Action.RESET,
                    wanted,
                    None,
                    clock.now(),
                    waits=each is others[1],
                    batch_id=batch.id,
                ).id
                for each in (station, *others)
            ]
        jobs.send_batch(batch.id)
        for wire, number in ((first, made[0]), (second, made[1])):
            assert wire.receive() == [2, str(number), "Reset", {"type": "Soft"}]
            wire.send(3, str(number), ACCEPTED)
        with transaction() as db:
            wait_until(lambda: all(db.get(Command, n, populate_existing=True).is_over for n in made[:2]))
            states = [(db.get(Command, number).state, db.get(Command, number).reason) for number in made]
    assert states == [
        (CommandState.ACCEPTED, None),
        (CommandState.ACCEPTED, None),
        (CommandState.QUEUED, None),
        (CommandState.FAILED, CommandReason.OFFLINE),
    ]


BY_ITSELF = {
    # What the others are told besides, such as addresses of files, is in the tests of those.
    Action.REMOTE_START: ("RemoteStartTransaction", START, ON_THE_WIRE, ACCEPTED, {"status": "accepted"}),
    Action.REMOTE_STOP: (
        "RemoteStopTransaction",
        {"charging_session": 4711},
        {"transactionId": 4711},
        ACCEPTED,
        {"status": "accepted"},
    ),
    Action.RESET: ("Reset", {"type": "hard"}, {"type": "Hard"}, ACCEPTED, {"status": "accepted"}),
    Action.UNLOCK: (
        "UnlockConnector",
        {"outlet": 1},
        {"connectorId": 1},
        {"status": "Unlocked"},
        {"status": "unlocked"},
    ),
    Action.CHANGE_AVAILABILITY: (
        "ChangeAvailability",
        {"available": False},
        {"connectorId": 0, "type": "Inoperative"},
        {"status": "Scheduled"},
        {"status": "scheduled"},
    ),
    Action.GET_LOCAL_LIST_VERSION: ("GetLocalListVersion", {}, {}, {"listVersion": 3}, {"version": 3}),
    Action.CLEAR_CACHE: ("ClearCache", {}, {}, ACCEPTED, {"status": "accepted"}),
    Action.TRIGGER_MESSAGE: (
        "ExtendedTriggerMessage",
        {"message": "log_status"},
        {"requestedMessage": "LogStatusNotification"},
        ACCEPTED,
        {"status": "accepted"},
    ),
    Action.CANCEL_RESERVATION: (
        "CancelReservation",
        {"reservation": 5},
        {"reservationId": 5},
        ACCEPTED,
        {"status": "accepted"},
    ),
    Action.CLEAR_CHARGING_PROFILE: (
        "ClearChargingProfile",
        {"purpose": "default"},
        {"chargingProfilePurpose": "TxDefaultProfile"},
        ACCEPTED,
        {"status": "accepted"},
    ),
    Action.GET_COMPOSITE_SCHEDULE: (
        "GetCompositeSchedule",
        {"duration_seconds": 60},
        {"connectorId": 0, "duration": 60},
        ACCEPTED,
        {"status": "accepted"},
    ),
    Action.DATA_TRANSFER: (
        "DataTransfer",
        {"vendor_id": "v", "data": "d"},
        {"vendorId": "v", "data": "d"},
        {"status": "Accepted", "data": "e"},
        {"status": "accepted", "data": "e"},
    ),
}


def test_all_that_can_be_asked_goes_out_and_what_is_answered_is_written_down_in_both_words(
    engine_server, station, ask, ends, read
):
    with line(engine_server, station.charge_box_id) as wire:
        for action, (name, parameters, payload, answer, outcome) in BY_ITSELF.items():
            number = ask(action, parameters)
            assert wire.receive() == [2, str(number), name, payload]
            wire.send(3, str(number), answer)
            assert ends(number) == (CommandState.ACCEPTED, None, answer)
            assert read(number).outcome == outcome
            refused = ask(action, parameters)
            assert wire.receive() == [2, str(refused), name, payload]
            wire.send(4, str(refused), "NotSupported", "no", {"a": 1})
            assert ends(refused) == (CommandState.FAILED, CommandReason.REFUSED, ERROR)
            assert read(refused).outcome is None


READABLE, UNREADABLE = CommandReason.NOT_UNDERSTOOD, CommandReason.NO_ANSWER
MONSTERS = {
    "deep": ('{"a":' * 900 + "1" + "}" * 900, READABLE),
    "large": ('{"status":"' + "x" * 500_000 + '"}', READABLE),
    "endless number": ('{"status":"Accepted","a":1e999}', UNREADABLE),
    "large number": ('{"listVersion":' + "9" * 400 + "}", UNREADABLE),
    "not a number": ('{"status":"Accepted","a":NaN}', UNREADABLE),
    "half a character": ('{"status":"\\ud800"}', UNREADABLE),
}


@pytest.mark.parametrize(("monster", "reason"), MONSTERS.values(), ids=MONSTERS.keys())
def test_no_answer_however_strange_ends_the_line_or_holds_up_the_next_command(
    impatient_server, station, ask, ends, monster, reason
):
    with line(impatient_server, station.charge_box_id) as wire:
        number = ask(Action.GET_LOCAL_LIST_VERSION, {})
        wire.receive()
        wire.socket.send(f'[3,"{number}",{monster}]')
        following = ask()
        while wire.receive()[1] != str(following):
            pass  # What is no JSON is refused as if it were a call.
        wire.send(3, str(following), ACCEPTED)
        assert ends(following)[0] is CommandState.ACCEPTED
        assert ends(number)[1] is reason
