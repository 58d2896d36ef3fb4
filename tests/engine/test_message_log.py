"""Every frame is in the message log, in order, with its reason and without its secrets; and the log holds up nobody."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import sessionmaker

from domain import clock, commands, partitions
from domain.db import owner_session_factory, session_factory
from domain.messages import LONGEST_FRAME
from domain.models import Action, Direction, Message, MessageKind, Station
from engine import jobs, message_log
from engine.conversation import Exchange
from engine.message_log import MessageLog
from engine.rpc import Call
from engine.transports.unreadable import payload
from tests.engine.test_rpc import MALFORMED
from tests.waiting import wait_until

IN, OUT = Direction.IN, Direction.OUT
CALL, RESULT, ERROR, INVALID = MessageKind.CALL, MessageKind.RESULT, MessageKind.ERROR, MessageKind.INVALID
COLUMNS = (Message.direction, Message.kind, Message.action, Message.unique_id, Message.frame, Message.reason)

Logged = Callable[[int], list[tuple]]


@pytest.fixture
def read(transaction, station: Station) -> Callable[[], list[tuple]]:
    """The station's messages, in order."""

    def read() -> list[tuple]:
        with transaction() as db:
            of_station = select(*COLUMNS).where(Message.station_id == station.id)
            return [tuple(row) for row in db.execute(of_station.order_by(Message.at, Message.id))]

    return read


@pytest.fixture
def logged(read) -> Logged:
    """The same, once there are so many."""

    def logged(number: int) -> list[tuple]:
        wait_until(lambda: len(read()) >= number)
        return read()

    return logged


@pytest.fixture
def ask(transaction, station) -> Callable[..., str]:
    """Asks something of the station; returns the id under which it goes out."""

    def ask(action: Action, parameters: dict) -> str:
        with transaction() as db:
            number = commands.make(db, db.get(Station, station.id), action, parameters, None, clock.now()).id
        jobs.send_command(number)
        return str(number)

    return ask


def test_a_conversation_in_both_directions(engine_server, station, logged, ask):
    with engine_server.connect(station.charge_box_id) as wire:
        heartbeat = '[2,"one","Heartbeat", {}]'
        beaten = wire.exchange(heartbeat)
        number = ask(Action.REMOTE_STOP, {"charging_session": 7})
        wire.receive()
        wire.send(3, number, {"status": "Accepted"})
        logged(4)
        number = ask(Action.CLEAR_CACHE, {})
        wire.receive()
        wire.send(4, number, "NotSupported", "no", {})
        rows = logged(6)
    stop, clear = rows[2][3], rows[4][3]
    assert rows == [
        (IN, CALL, "Heartbeat", "one", heartbeat, None),
        (OUT, RESULT, "Heartbeat", "one", f'[3,"one",{{"currentTime":"{beaten[2]["currentTime"]}"}}]', None),
        (
            *(OUT, CALL, "RemoteStopTransaction", stop),
            *(f'[2,"{stop}","RemoteStopTransaction",{{"transactionId":7}}]', None),
        ),
        (IN, RESULT, "RemoteStopTransaction", stop, f'[3,"{stop}",{{"status":"Accepted"}}]', None),
        (OUT, CALL, "ClearCache", clear, f'[2,"{clear}","ClearCache",{{}}]', None),
        (IN, ERROR, "ClearCache", clear, f'[4,"{clear}","NotSupported","no",{{}}]', None),
    ]


def test_what_is_refused_is_kept_with_the_reason(engine_server, station, logged):
    frames = ['[2,"a","Heartbeatt",{}]', '[2,"b","Authorize",{}]', "[2,", b"\xff\xfe"]
    with engine_server.connect(station.charge_box_id) as wire:
        answers = [wire.exchange(frame) for frame in frames]
        rows = logged(8)
    reasons = [answer[3] for answer in answers]
    assert [row[:4] + row[5:] for row in rows] == [
        (IN, CALL, "Heartbeatt", "a", reasons[0]), (OUT, ERROR, "Heartbeatt", "a", None),
        (IN, CALL, "Authorize", "b", reasons[1]), (OUT, ERROR, "Authorize", "b", None),
        (IN, INVALID, None, "-1", reasons[2]), (OUT, ERROR, None, "-1", None),
        (IN, INVALID, None, "-1", reasons[3]), (OUT, ERROR, None, "-1", None),
    ]  # fmt: skip
    assert [row[4] for row in rows[::2]] == [*frames[:3], "\ufffd\ufffd"]


def test_every_malformed_frame_is_kept(engine_server, station, logged):
    with engine_server.connect(station.charge_box_id) as wire:
        for frame, _unique_id in MALFORMED.values():
            wire.exchange(frame)
        rows = logged(2 * len(MALFORMED))
    kept = [frame if isinstance(frame, str) else frame.decode(errors="replace") for frame, _ in MALFORMED.values()]
    assert [(row[0], row[1], row[4]) for row in rows[::2]] == [(IN, INVALID, frame) for frame in kept]
    assert all(row[5] for row in rows[::2])
    assert {row[:2] for row in rows[1::2]} == {(OUT, ERROR)}


def test_an_answer_that_nobody_waits_for(engine_server, station, logged):
    with engine_server.connect(station.charge_box_id) as wire:
        wire.send(3, "mine", {"status": "Accepted"})
        wire.send(4)
        reason = "no call of ours waits for this answer"
        assert logged(2) == [
            (IN, RESULT, None, "mine", '[3,"mine",{"status":"Accepted"}]', reason),
            (IN, ERROR, None, None, "[4]", reason),
        ]


def test_an_answer_that_is_not_understood_is_kept_with_the_reason(engine_server, station, logged, ask):
    with engine_server.connect(station.charge_box_id) as wire:
        wire.exchange('[2,"a","Heartbeat",{}]')
        number = ask(Action.CLEAR_CACHE, {})
        wire.receive()
        wire.send(3, number, {"status": "Perhaps"})
        row = logged(4)[3]
    assert row[:5] == (IN, RESULT, "ClearCache", number, f'[3,"{number}",{{"status":"Perhaps"}}]')
    assert row[5].startswith("status: ")


def test_a_text_with_nul_is_kept_as_it_was_written(engine_server, station, logged):
    frame = r'[2,"a","DataTransfer",{"vendorId":"v","data":"x\u0000y"}]'
    with engine_server.connect(station.charge_box_id) as wire:
        wire.exchange(frame)
        assert logged(2)[0][4] == frame


def test_secrets_are_masked_in_both_directions(engine_server, station, logged, ask):
    with engine_server.connect(station.charge_box_id) as wire:
        wire.exchange('[2,"a","DataTransfer",{"vendorId":"v","data":"password=s3cret"}]')
        number = ask(Action.CHANGE_CONFIGURATION, {"key": "AuthorizationKey", "value": "s3cret"})
        assert wire.receive()[3] == {"key": "AuthorizationKey", "value": "s3cret"}
        wire.send(4, number, "GenericError", "AuthorizationKey=s3cret is too short", {})
        rows = logged(4)
    assert rows[0][4] == '[2,"a","DataTransfer",{"vendorId":"v","data":"password=••••••"}]'
    assert rows[2][4] == f'[2,"{number}","ChangeConfiguration",{{"key":"AuthorizationKey","value":"••••••"}}]'
    assert rows[3][4] == f'[4,"{number}","GenericError","AuthorizationKey=•••••• is too short",{{}}]'
    assert "s3cret" not in str(rows)


def test_of_a_message_that_is_too_large_the_beginning_is_kept(engine_server, station, logged):
    with engine_server.connect(station.charge_box_id) as wire:
        wire.socket.send("[" * (1024 * 1024 + 1))
        wire.closing()
    direction, kind, _, _, frame, reason = logged(1)[0]
    assert (direction, kind, frame) == (IN, INVALID, "[" * LONGEST_FRAME)
    assert reason.startswith("a message has at most 1048576 bytes; only its beginning is kept, of ")


def test_of_a_long_message_the_beginning_is_kept(engine_server, station, logged):
    frame = f'[2,"a","DataTransfer",{{"vendorId":"v","data":"{"x" * LONGEST_FRAME}"}}]'
    with engine_server.connect(station.charge_box_id) as wire:
        assert wire.exchange(frame)[:2] == [3, "a"]
    row = logged(2)[0]
    assert row[:4] == (IN, CALL, "DataTransfer", "a")
    assert row[4] == frame[:LONGEST_FRAME]
    assert row[5] == f"only its beginning is kept, of {len(frame):,} characters"


@pytest.mark.parametrize("size", [0, 500, 10_000])
def test_what_is_no_text_ends_the_line_and_is_kept(engine_server, station, logged, size):
    with engine_server.connect(station.charge_box_id) as wire:
        wire.socket.send(b'[2,"a","Heartbeat",{}]\xff' + b"x" * size, text=True)
        wire.closing()
    direction, kind, _, _, frame, reason = logged(1)[0]
    assert (direction, kind, frame) == (IN, INVALID, '[2,"a","Heartbeat",{}]\ufffd' + "x" * size)
    assert "0xff" in reason


@pytest.mark.parametrize("data", [b"", b"\x81", b"\x81\x05hello", b"\x81\xff", b"\x81\x85\0\0", b"\xff" * 9])
def test_the_worst_frames_have_some_payload(data):
    assert isinstance(payload(data), bytes)


def test_a_stop_in_order_loses_nothing(own_server, station, read):
    with own_server.connect(station.charge_box_id) as wire:
        for number in range(50):
            wire.ask(2, str(number), "Heartbeat", {})
        own_server.terminate()
        wire.closing()
    assert own_server.stop() == 0
    assert [row[3] for row in read()] == [str(number // 2) for number in range(100)]


def test_a_log_that_is_locked_holds_up_nobody(engine_server, station, logged):
    with engine_server.connect(station.charge_box_id) as wire:
        with owner_session_factory().begin() as db:
            db.execute(text("LOCK TABLE message IN ACCESS EXCLUSIVE MODE"))
            for number in range(5):
                assert wire.ask(2, str(number), "Heartbeat", {})[:2] == [3, str(number)]
            engine_writes = "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'message'::regclass AND NOT granted)"
            wait_until(lambda: db.scalar(text(engine_writes)))
            assert wire.ask(2, "5", "Heartbeat", {})[:2] == [3, "5"]
        assert [row[3] for row in logged(12)] == [str(number // 2) for number in range(12)]


@contextmanager
def renamed():
    """A log that cannot be written, whatever one tries."""
    with owner_session_factory().begin() as db:
        db.execute(text("ALTER TABLE message RENAME TO hidden_message"))
    try:
        yield
    finally:
        with owner_session_factory().begin() as db:
            db.execute(text("ALTER TABLE hidden_message RENAME TO message"))


def test_a_log_that_is_gone_holds_up_nobody_and_says_how_much_is_missing(transaction, station, read):
    log = MessageLog(transaction)
    with renamed():
        for _ in range(3):
            log.asked(station.id, "Reset", "1", '[2,"1","Reset",{}]')
        log.write()
    log.write()
    reason = "3 frames were not kept: the database could not take them"
    assert read() == [(IN, INVALID, None, None, "", reason)]


def test_a_charge_runs_while_the_log_is_gone(engine_server, station, tag):
    with engine_server.connect(station.charge_box_id) as wire, renamed():
        now = clock.now().isoformat()
        start = {"connectorId": 1, "idTag": tag, "meterStart": 0, "timestamp": now}
        started = wire.ask(2, "1", "StartTransaction", start)
        assert started[2]["idTagInfo"] == {"status": "Accepted"}
        stop = {"transactionId": started[2]["transactionId"], "meterStop": 5, "timestamp": now}
        assert wire.ask(2, "2", "StopTransaction", stop)[0] == 3


def test_frames_wait_for_a_database_that_is_away_and_are_bounded(transaction, station, read, monkeypatch):
    nowhere = sessionmaker(create_engine("postgresql+psycopg://@127.0.0.1:1/nothing")).begin
    chosen = nowhere
    monkeypatch.setattr(message_log, "MOST_CHARACTERS", 2 * message_log.ROW_CHARACTERS)
    log = MessageLog(lambda: chosen())
    log.asked(station.id, "Reset", "1", "[]")
    log.asked(station.id, "Reset", "2", "[]")
    log.write()
    log.asked(station.id, "Reset", "3", "[]")
    log.write()
    chosen = transaction
    log.write()
    log.asked(station.id, "Reset", "4", "[]")
    log.write()
    rows = read()
    assert [row[3] for row in rows if row[1] is CALL] == ["1", "2", "4"]
    assert [row[5] for row in rows if row[1] is INVALID] == ["1 frames were not kept: the database could not take them"]


def test_no_log_is_kept_where_none_is_wanted(transaction, station, read):
    log = MessageLog(transaction, is_kept=False)
    log.asked(station.id, "Reset", "1", "[]")
    log.took(station.id, clock.now(), "[]", Exchange(Call("1", "Heartbeat", {}), reply='[3,"1",{}]'))
    log.write()
    assert read() == []


def test_the_nightly_jobs_make_days_and_drop_those_that_are_over():
    today = clock.now().date()
    old = partitions.of_day("message", today - timedelta(days=31)).name
    ahead = partitions.of_day("message", today + timedelta(days=partitions.DAYS_AHEAD)).name

    def exists(name: str) -> bool:
        with session_factory().begin() as db:
            return db.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is not None

    with owner_session_factory().begin() as db:
        partitions.ensure_days(db, today - timedelta(days=31))
        db.execute(text(f"DROP TABLE {ahead}"))
    jobs.ensure_partitions()
    assert exists(ahead)
    jobs.forget_old_data()
    assert [exists(name) for name in (old, ahead)] == [False, True]
