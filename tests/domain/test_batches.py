"""One command for many stations."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import insert, select

from domain import batches, commands, live, orders
from domain.asking import IfOffline, ParametersError
from domain.audit import acting, audited_session_factory
from domain.db import session_factory
from domain.models import (
    Action,
    AuditEntry,
    Command,
    CommandBatch,
    CommandReason,
    CommandState,
    IdToken,
    Outlet,
    Site,
    Station,
    StationKind,
)
from domain.reports import TakeCommandReport
from tests.domain.conftest import ADDRESS, NINE, after
from tests.statements import recorded

QUEUED, FAILED = CommandState.QUEUED, CommandState.FAILED


@pytest.fixture
def make_stations(db):
    """So many, online and with outlet 1."""

    def make_stations(number, **more):
        site = Site(name="Central")
        db.add(site)
        db.flush()
        usual = {"site_id": site.id, "online": True, "protocol": "ocpp1.6"}
        rows = [usual | {"name": f"S{index}", "charge_box_id": f"s{index}"} | more for index in range(number)]
        ids = list(db.scalars(insert(Station).returning(Station.id), rows))
        db.execute(insert(Outlet), [{"station_id": station_id, "number": 1} for station_id in ids])
        db.commit()
        return sorted(ids)

    return make_stations


def told(db, batch):
    """What became of each station's command."""
    columns = (Command.station_id, Command.state, Command.reason)
    return [tuple(row) for row in db.execute(select(*columns).where(Command.batch_id == batch.id).order_by(Command.id))]


def test_each_station_gets_its_own(db, make_stations):
    ids = make_stations(3)
    db.get(Station, ids[1]).online = False
    batch = batches.make(db, Action.UNLOCK, {"outlet": 1}, ids, None, NINE)
    outlets = dict(db.execute(select(Outlet.station_id, Outlet.id)).all())
    assert (batch.action, batch.parameters, batch.stations, batch.waits) == (Action.UNLOCK, {"outlet": 1}, 3, False)
    assert (batch.created_at, batch.user_id, batch.cancelled_at) == (NINE, None, None)
    assert told(db, batch) == [
        (ids[0], QUEUED, None),
        (ids[1], FAILED, CommandReason.OFFLINE),
        (ids[2], QUEUED, None),
    ]
    for command in db.scalars(select(Command)):
        assert (command.site_id, command.outlet_id) == (1, outlets[command.station_id])
        assert (command.parameters, command.created_at, command.deadline_at) == ({"outlet": 1}, NINE, after(1))


def test_one_that_it_cannot_be_meant_for_fails_and_says_why(db, make_stations):
    ids = make_stations(3)
    db.query(Outlet).filter_by(station_id=ids[0]).delete()
    db.get(Station, ids[1]).kind = StationKind.SUPPLY_CONTROLLER
    batch = batches.make(db, Action.UNLOCK, {"outlet": 1}, ids, None, NINE)
    assert told(db, batch) == [
        (ids[0], FAILED, CommandReason.UNSUITABLE),
        (ids[1], FAILED, CommandReason.UNSUITABLE),
        (ids[2], QUEUED, None),
    ]
    lacking = {"word": "no_such_outlet", "message": "The station has no outlet 1", "values": {"outlet": 1}}
    outcomes = [command.outcome for command in db.scalars(select(Command).order_by(Command.id))]
    assert outcomes == [
        {"problems": {"outlet": [lacking]}},
        {
            "problems": {
                "action": [{"word": "no_outlets", "message": "A supply controller has no outlets", "values": {}}]
            }
        },
        None,
    ]
    assert batches.counts(db, batch.id) == dict.fromkeys(CommandState, 0) | {QUEUED: 1, FAILED: 2}


def test_what_is_wrong_for_all_makes_nothing(db, make_stations):
    ids = make_stations(1)
    for action, parameters, if_offline in (
        (Action.UNLOCK, {}, IfOffline.FAIL),
        (Action.UNLOCK, {"outlet": 1}, IfOffline.WAIT),
        (Action.UPDATE_FIRMWARE, {"firmware": 1}, IfOffline.FAIL),
    ):
        with pytest.raises(ParametersError):
            batches.make(db, action, parameters, ids, None, NINE, if_offline)
    assert (db.query(CommandBatch).count(), db.query(Command).count()) == (0, 0)


def test_no_station_and_one_that_is_gone(db, make_stations):
    [station_id] = make_stations(1)
    assert told(db, batches.make(db, Action.RESET, {}, [], None, NINE)) == []
    batch = batches.make(db, Action.RESET, {}, [station_id, 4711, station_id], None, NINE)
    assert (batch.stations, told(db, batch)) == (1, [(station_id, QUEUED, None)])


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        (Action.RESET, {}),
        (Action.REMOTE_START, {"outlet": 1, "id_token": "A"}),
        (Action.REMOTE_STOP, {"outlet": 1}),
        (Action.SEND_LOCAL_LIST, {"update": "full"}),
    ],
)
def test_more_stations_are_no_more_questions_to_the_database(db, make_stations, action, parameters):
    db.add(IdToken(token="A"))
    ids = make_stations(500)

    def asked(station_ids):
        with recorded() as statements:
            batches.make(db, action, parameters, station_ids, None, NINE)
            db.flush()
        return len(statements)

    assert asked(ids) == asked(ids[:2])


def test_those_who_look_hear_of_each(db, make_stations):
    ids = make_stations(2)
    batch = batches.make(db, Action.RESET, {}, ids, None, NINE)
    made = list(db.scalars(select(Command.id).order_by(Command.id)))
    assert list(db.info[live.NOTED]) == [
        live.Change(live.Kind.COMMAND, command_id, 1, station_id, batch.id)
        for command_id, station_id in zip(made, ids, strict=True)
    ]


def test_only_what_is_not_sent_is_taken_back(db, make_stations):
    ids = make_stations(3)
    batch = batches.make(db, Action.RESET, {}, ids, None, NINE)
    other = batches.make(db, Action.RESET, {}, ids, None, NINE)
    [sent] = orders.take(db, [TakeCommandReport(ids[0], 0, NINE)])
    db.info.clear()
    assert batches.cancel(db, batch, after(1)) == 2
    assert batches.cancel(db, batch, after(2)) == 0
    assert batch.cancelled_at == after(1)
    assert len(db.info[live.NOTED]) == 2
    assert told(db, batch) == [
        (ids[0], CommandState.SENT, None),
        (ids[1], FAILED, CommandReason.CANCELLED),
        (ids[2], FAILED, CommandReason.CANCELLED),
    ]
    assert db.get(Command, sent.command_id).batch_id == batch.id
    assert batches.counts(db, other.id)[QUEUED] == 3


def test_again_for_those_of_which_nothing_is_known(db, make_stations, user):
    ids = make_stations(6)
    batch = batches.make(db, Action.GET_CONFIGURATION, {"keys": ["A"]}, ids, None, NINE, IfOffline.WAIT)
    for command, state in zip(db.scalars(select(Command).order_by(Command.id)), CommandState, strict=True):
        command.state = state
    db.flush()
    wrong = db.scalars(batches.gone_wrong(batch)).all()
    assert sorted(wrong) == [ids[4], ids[5]]
    anew = batches.again(db, batch, wrong, user.id, after(5))
    assert (anew.action, anew.parameters, anew.waits, anew.user_id) == (batch.action, {"keys": ["A"]}, True, user.id)
    assert told(db, anew) == [(ids[4], QUEUED, None), (ids[5], QUEUED, None)]


def test_the_worker_tells_of_stations_that_are_there(db, make_stations):
    ids = make_stations(3)
    batch = batches.make(db, Action.RESET, {}, ids, None, NINE)
    waiting = batches.make(db, Action.RESET, {}, ids, None, NINE, IfOffline.WAIT)
    db.get(Station, ids[1]).online = False
    db.flush()
    assert sorted(commands.stations_to_tell(db, batch.id)) == [ids[0], ids[2]]
    assert sorted(commands.stations_to_tell(db, waiting.id)) == [ids[0], ids[2]]
    assert told(db, batch)[1] == (ids[1], FAILED, CommandReason.OFFLINE)
    assert told(db, waiting)[1] == (ids[1], QUEUED, None)
    assert commands.stations_to_tell(db, 4711) == []


def test_the_audit_log_tells_of_the_batch(db, make_stations):
    ids = make_stations(2)
    with acting(None, ADDRESS), audited_session_factory()() as asked:
        batch = batches.make(asked, Action.RESET, {}, ids, None, NINE)
        asked.commit()
        batches.cancel(asked, batch, after(1))
        asked.commit()
    kinds = db.execute(select(AuditEntry.action, AuditEntry.object_kind, AuditEntry.object_id).order_by(AuditEntry.id))
    assert [tuple(row) for row in kinds] == [
        ("created", "command_batch", str(batch.id)),
        ("changed", "command_batch", str(batch.id)),
    ]


def test_a_command_is_taken_or_taken_back_and_never_both(db, make_stations):
    """Thirty times at the same moment, over two connections."""
    [station_id] = make_stations(1)
    for _ in range(30):
        batch = batches.make(db, Action.RESET, {}, [station_id], None, NINE)
        db.commit()
        barrier, outcomes = Barrier(2), {}

        def cancel(batch_id=batch.id, barrier=barrier, outcomes=outcomes):
            with session_factory().begin() as own:
                barrier.wait()
                outcomes["cancelled"] = commands.cancel_batch(own, batch_id)

        def take(barrier=barrier, outcomes=outcomes):
            with session_factory().begin() as own:
                barrier.wait()
                outcomes["taken"] = orders.take(own, [TakeCommandReport(station_id, 0, NINE)])[0]

        threads = [Thread(target=cancel), Thread(target=take)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        [(_, state, reason)] = told(db, batch)
        db.commit()
        if outcomes["taken"] is None:
            assert (outcomes["cancelled"], state, reason) == (1, FAILED, CommandReason.CANCELLED)
        else:
            assert (outcomes["cancelled"], state, reason) == (0, CommandState.SENT, None)


def test_of_two_who_take_it_back_one_did(db, make_stations):
    [station_id] = make_stations(1)
    batches.make(db, Action.RESET, {}, [station_id], None, NINE)
    db.commit()
    with session_factory()() as one, session_factory()() as other:
        first, second = (own.scalars(select(Command)).one() for own in (one, other))
        assert commands.cancel(one, first)
        one.commit()
        assert not commands.cancel(other, second)
        assert (second.state, second.reason) == (FAILED, CommandReason.CANCELLED)
