"""The lists of tags that stations keep: what is in them, how they get there, and what is known of them."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from domain import addressees, asking, batches, command_checks, fulfilment
from domain.asking import IfOffline, ParametersError
from domain.command_parameters import RemoteStart, SendLocalList
from domain.local_lists import differences
from domain.models import (
    Action,
    Command,
    CommandReason,
    CommandState,
    IdToken,
    LocalList,
    PortalUser,
    Site,
    Station,
    StationParameter,
)
from domain.reports import CommandReport, ConnectReport, TakeCommandReport
from domain.stations import connect
from tests.domain.conftest import NINE, after

ACCEPTED, REJECTED, FAILED = CommandState.ACCEPTED, CommandState.REJECTED, CommandState.FAILED


class Visited:
    """A station that is online, and what goes out to it."""

    def __init__(self, db, station):
        self.db = db
        self.station = station
        self.connection = connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", None, NINE))
        db.refresh(station)

    def ask(self, update="full", action=Action.SEND_LOCAL_LIST, now=NINE, if_offline=IfOffline.FAIL):
        parameters = {"update": update} if action is Action.SEND_LOCAL_LIST else {}
        return asking.ask(self.db, self.station, action, parameters, None, now, if_offline)

    def take(self):
        """The next order, with what belongs to it."""
        report = TakeCommandReport(self.station.id, self.connection.number, after(0.1))
        [order] = fulfilment.take(self.db, [report])
        return order

    def answer(self, order, state=ACCEPTED, **outcome):
        """Or be silent, which is no answer."""
        answered_at = None if state is CommandState.TIMED_OUT else after(0.2)
        fulfilment.complete(self.db, CommandReport(order.command_id, state, None, {}, answered_at, outcome or None))
        self.db.refresh(self.station)

    def send(self, update="full", state=ACCEPTED):
        """A list that goes in one part: version and entries of what was sent."""
        self.ask(update)
        order = self.take()
        self.answer(order, state)
        return told(order)

    @property
    def known(self):
        """What is known of its list: version and entries."""
        self.db.refresh(self.station)
        held = self.db.get(LocalList, self.station.local_list_id) if self.station.local_list_id else None
        return self.station.local_list_version, held and held.entries


def told(order):
    parameters = order.parameters
    return parameters["update"], parameters["version"], parameters["entries"]


def entry(tag, **more):
    return {"id_token": tag, "status": "accepted", **more}


@pytest.fixture
def visited(db, station):
    return Visited(db, station)


@pytest.fixture
def tags(db):
    def tags(*tokens, **more):
        made = [IdToken(token=token, **more) for token in tokens]
        db.add_all(made)
        db.flush()
        return made

    return tags


@pytest.fixture
def says(db, station):
    """The station told a parameter."""

    def says(key, value, station=station):
        db.merge(StationParameter(station_id=station.id, key=key, value=value, read_at=NINE))
        db.flush()

    return says


def states(db):
    return [tuple(row) for row in db.execute(select(Command.state, Command.reason).order_by(Command.id))]


# What is in it


def test_a_list_has_the_tags_that_are_accepted_now(db, visited, tags, user):
    tags("AA")
    tags("BB", parent_token="FLEET", expires_at=after(60), user_id=user.id)
    tags("CC", blocked=True)
    tags("DD", expires_at=NINE)
    tags("EE", valid_from_at=after(1))
    left = PortalUser(first_name="-", last_name="-", username="x", email="x", active=False, password="-")
    db.add(left)
    db.flush()
    tags("FF", user_id=left.id)
    tags("GIRAFFE-APP-0123456789012345")  # No room for it in OCPP 1.6.
    assert visited.send() == (
        "full",
        1,
        [
            entry("000000AA"),
            entry("000000BB", expires_at="2026-11-22T10:00:00+00:00", parent_token="FLEET"),
        ],
    )


def test_each_station_gets_tags_as_its_reader_sends_them(db, visited, tags):
    tags("DE AD BE EF")
    visited.station.tag_byte_order = "reversed"
    db.flush()
    assert visited.send() == ("full", 1, [entry("EFBEADDE")])


def test_no_tag_at_all_empties_the_list(visited):
    assert visited.send() == ("full", 1, [])
    assert visited.known == (1, {})


# What is known of it


def test_what_was_accepted_is_known_with_version_and_time(visited, tags):
    tags("AA")
    visited.send()
    assert visited.known == (1, {"000000AA": {}})
    assert visited.station.local_list_sent_at == after(0.2)
    assert visited.send()[1] == 2
    assert visited.known == (2, {"000000AA": {}})


def test_a_differential_list_tells_what_changed(db, visited, tags):
    gone, changed = tags("AA", "BB")
    tags("CC")
    visited.send()
    db.delete(gone)
    changed.parent_token = "FLEET"
    tags("DD")
    assert visited.send("differential") == (
        "differential",
        2,
        [{"id_token": "000000AA"}, entry("000000BB", parent_token="FLEET"), entry("000000DD")],
    )
    assert visited.known == (2, {"000000BB": {"parent_token": "FLEET"}, "000000CC": {}, "000000DD": {}})
    assert visited.send("differential") == ("differential", 3, [])


def test_without_a_known_list_a_differential_one_is_full(visited, tags):
    tags("AA")
    assert visited.send("differential") == ("full", 1, [entry("000000AA")])


@pytest.mark.parametrize("state", [REJECTED, FAILED])
def test_after_a_refusal_the_next_list_is_full(visited, tags, state):
    tags("AA")
    visited.send()
    assert visited.send("differential", state) == ("differential", 2, [])
    assert visited.known == (1, None)
    assert visited.send("differential") == ("full", 3, [entry("000000AA")])


def test_after_a_silence_the_next_list_is_full(visited, tags):
    tags("AA")
    visited.send()
    visited.ask()
    silent = visited.take()
    assert visited.known == (1, None)
    visited.ask("differential")
    visited.answer(silent, CommandState.TIMED_OUT)
    # Made while the other one was on its way, it builds upon that; which never became known.
    assert visited.take() is None
    assert states(visited.db)[-1] == (FAILED, CommandReason.GONE)
    assert visited.send("differential")[0] == "full"


def test_a_late_answer_counts_until_something_else_was_sent(visited, tags):
    tags("AA")
    visited.ask()
    first = visited.take()
    visited.answer(first, CommandState.TIMED_OUT)
    visited.answer(first)
    assert visited.known == (1, {"000000AA": {}})
    visited.ask()
    late = visited.take()
    visited.answer(late, CommandState.TIMED_OUT)
    visited.ask()
    latest = visited.take()
    visited.answer(late)
    assert visited.known == (1, None)
    visited.answer(latest)
    assert visited.known == (3, {"000000AA": {}})


@pytest.mark.parametrize(
    ("told_version", "known", "following"),
    [
        (1, (1, {"000000AA": {}}), ("differential", 2)),
        (0, (0, None), ("full", 2)),
        (7, (7, None), ("full", 8)),
        (-1, (-1, None), ("full", 2)),
        (-9, (None, None), ("full", 2)),
        (2**31 - 1, (None, None), ("full", 2)),
        (10**30, (None, None), ("full", 2)),
    ],
)
def test_what_the_station_says_of_its_list(visited, tags, told_version, known, following):
    tags("AA")
    visited.send()
    visited.ask(action=Action.GET_LOCAL_LIST_VERSION)
    # Who keeps no list refuses to tell its version.
    visited.answer(visited.take(), ACCEPTED if told_version >= 0 else REJECTED, version=told_version)
    assert visited.known == known
    assert visited.send("differential")[:2] == following


def test_a_version_that_was_not_told_changes_nothing(visited, tags):
    visited.send()
    for state, outcome in ((FAILED, {}), (ACCEPTED, {})):
        visited.ask(action=Action.GET_LOCAL_LIST_VERSION)
        visited.answer(visited.take(), state, **outcome)
        assert visited.known == (1, {})


# Parts


def test_a_long_list_goes_out_in_parts(db, visited, tags, says):
    tags("A1", "A2", "A3", "A4", "A5")
    says("SendLocalListMaxLength", "2")
    last = visited.ask()
    parts = [each.parameters for each in db.scalars(select(Command).order_by(Command.id))]
    assert [(each["part"], each["parts"], each["tags"]) for each in parts] == [(1, 3, 5), (2, 3, 5), (3, 3, 5)]
    # What changes now is none of this list's.
    tags("A6")
    orders = []
    while (order := visited.take()) is not None:
        orders.append(order)
        assert visited.known[1] is None
        visited.answer(order)
    assert [told(order) for order in orders] == [
        ("full", 1, [entry("000000A1"), entry("000000A2")]),
        ("differential", 2, [entry("000000A3"), entry("000000A4")]),
        ("differential", 3, [entry("000000A5")]),
    ]
    assert orders[-1].command_id == last.id
    assert visited.known == (3, {f"000000A{number}": {} for number in range(1, 6)})
    assert visited.send("differential") == ("differential", 4, [entry("000000A6")])


def test_a_long_change_removes_first(db, visited, tags, says):
    old = tags("A1", "A2", "A3")
    visited.send()
    says("SendLocalListMaxLength", "2")
    for tag in old:
        db.delete(tag)
    tags("B1")
    visited.ask("differential")
    orders = [visited.take()]
    visited.answer(orders[0])
    orders.append(visited.take())
    visited.answer(orders[1])
    assert [told(order) for order in orders] == [
        ("differential", 2, [{"id_token": "000000A1"}, {"id_token": "000000A2"}]),
        ("differential", 3, [{"id_token": "000000A3"}, entry("000000B1")]),
    ]
    assert visited.known == (3, {"000000B1": {}})


@pytest.mark.parametrize("state", [REJECTED, FAILED, CommandState.TIMED_OUT])
def test_the_rest_of_a_list_is_not_sent_when_a_part_was_not_accepted(db, visited, tags, says, state):
    tags("A1", "A2", "A3")
    says("SendLocalListMaxLength", "1")
    visited.ask()
    visited.answer(visited.take())
    visited.answer(visited.take(), state)
    assert visited.take() is None
    assert states(db) == [(ACCEPTED, None), (state, None), (FAILED, CommandReason.GONE)]
    assert visited.known == (1, None)


def test_parts_of_two_lists_never_mix(db, visited, tags, says):
    tags("A1", "A2")
    says("SendLocalListMaxLength", "1")
    visited.ask()
    tags("A3")
    visited.ask()
    # As if both were asked for in the same moment.
    first, second = (list(db.scalars(select(Command).order_by(Command.id)))[index] for index in (1, 2))
    first.parameters, second.parameters = second.parameters, first.parameters
    db.flush()
    for _ in range(2):
        visited.answer(visited.take())
    assert visited.take() is None
    assert [state for state, _ in states(db)] == [ACCEPTED, ACCEPTED, FAILED, FAILED, FAILED]
    assert visited.known[1] is None


def test_a_later_part_has_the_time_of_those_before_it(db, visited, tags, says):
    tags("A1", "A2", "A3")
    says("SendLocalListMaxLength", "1")
    visited.ask()
    deadlines = db.scalars(select(Command.deadline_at).order_by(Command.id)).all()
    assert deadlines == [after(1), after(1.5), after(2)]


def test_a_list_waits_a_day_and_no_longer(visited):
    assert visited.ask(if_offline=IfOffline.WAIT).deadline_at == NINE + timedelta(days=1)


@pytest.mark.parametrize("nonsense", ["0", "", "-1", "many", "1.5", None])
def test_a_length_that_is_none(visited, tags, says, nonsense):
    tags("A1", "A2")
    says("SendLocalListMaxLength", nonsense)
    assert len(visited.send()[2]) == 2


def test_more_tags_than_the_station_keeps(db, visited, tags, says):
    tags("A1", "A2")
    says("LocalAuthListMaxLength", "1")
    with pytest.raises(ParametersError) as caught:
        visited.ask()
    [problem] = caught.value.problems["action"]
    assert (problem.word, problem.message, problem.values) == (
        "too_many_tags",
        "2 tags are accepted now, and the station keeps no more than 1",
        {"tags": 2, "most": 1},
    )
    assert db.query(Command).count() == 0
    says("LocalAuthListMaxLength", "2")
    assert len(visited.send()[2]) == 2


def test_a_list_that_was_cleared_away_is_not_sent(db, visited):
    visited.ask()
    db.execute(text("DELETE FROM local_list"))
    assert visited.take() is None
    assert states(db) == [(FAILED, CommandReason.GONE)]


# Many stations, and what is kept


def test_a_station_that_is_deleted_while_a_command_is_made(db, visited):
    [asked] = addressees.of_ids(db, [visited.station.id])
    gone = dataclasses.replace(asked, id=asked.id + 1)
    found = command_checks.fit(db, Action.SEND_LOCAL_LIST, SendLocalList(), [asked, gone], NINE)
    assert found[gone.id] == found[asked.id]
    start = RemoteStart(id_token="04123456")
    found = command_checks.fit(db, Action.REMOTE_START, start, [asked, gone], NINE)
    assert found[gone.id] == found[asked.id]
    assert list(found[gone.id]) == ["id_token"], "nobody registered it"


def test_stations_share_their_lists(db, visited, tags, says):
    site = Site(name="Other", tag_byte_order="reversed")
    db.add(site)
    db.flush()
    usual = {"online": True, "protocol": "ocpp1.6"}
    same = Station(site_id=visited.station.site_id, name="B", charge_box_id="b", **usual)
    turned = Station(site_id=site.id, name="C", charge_box_id="c", **usual)
    full = Station(site_id=site.id, name="D", charge_box_id="d", **usual)
    db.add_all([same, turned, full])
    db.flush()
    says("LocalAuthListMaxLength", "0", full)
    says("SendLocalListMaxLength", "1", same)
    tags("A1B2C3D4", "A1B2C3D5")
    ids = [visited.station.id, same.id, turned.id, full.id]
    batches.make(db, Action.SEND_LOCAL_LIST, {}, ids, None, NINE)
    sent = db.execute(
        select(Command.station_id, Command.state, Command.reason, LocalList.entries)
        .outerjoin(LocalList, LocalList.id == Command.parameters["list"].as_integer())
        .order_by(Command.id)
    )
    queued = CommandState.QUEUED
    assert [tuple(row) for row in sent] == [
        (visited.station.id, queued, None, {"A1B2C3D4": {}, "A1B2C3D5": {}}),
        (same.id, queued, None, {"A1B2C3D4": {}}),
        (same.id, queued, None, {"A1B2C3D5": {}}),
        (turned.id, queued, None, {"D4C3B2A1": {}, "D5C3B2A1": {}}),
        (full.id, FAILED, CommandReason.UNSUITABLE, None),
    ]
    assert db.query(LocalList).count() == 4


def test_lists_that_nobody_needs_are_forgotten(db, visited, tags):
    tags("AA")
    visited.send()
    tags("BB")
    visited.ask(now=after(1))
    tags("CC")
    a_week_later = NINE + timedelta(days=7, seconds=30)
    visited.ask(now=a_week_later)
    # The first is held by nobody any more once the station has taken another.
    assert db.query(LocalList).count() == 3
    visited.station.local_list_id = None
    db.flush()
    visited.ask(now=a_week_later)
    assert [len(each.entries) for each in db.scalars(select(LocalList).order_by(LocalList.id))] == [2, 3]


def test_differences_lead_from_the_one_to_the_other():
    old = {"A": {}, "B": {"parent_token": "X"}, "C": {}}
    new = {"B": {}, "C": {}, "D": {"expires_at": "x"}}
    assert differences(old, new) == {"A": None, "B": {}, "D": {"expires_at": "x"}}
    assert differences(old, old) == {}
