"""Careful rollouts, step by step: three stations at the other end, and a fixed clock."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import fulfilment, parameters, rollouts
from domain.models import (
    Action,
    Command,
    CommandReason,
    CommandState,
    RolloutState,
    RolloutStation,
    RolloutStep,
    Site,
    Station,
    StationParameter,
)
from domain.reports import BootReport, CallReport, CommandReport, ConnectReport, DisconnectReport, TakeCommandReport
from domain.rollouts import Refusal, RolloutError
from domain.stations import boot, connect, disconnect, speak
from tests.domain.conftest import NINE

HARMLESS = {"MeterValueSampleInterval": "30"}
DANGEROUS = {"BackendURL": "wss://new.example.com"}
DONE, FAILED, SKIPPED = RolloutStep.DONE, RolloutStep.FAILED, RolloutStep.SKIPPED


class Story:
    """Stations, a rollout, and the time."""

    def __init__(self, db, user_id):
        self.db = db
        self.user_id = user_id
        self.now = NINE
        site = Site(name="Rollout place")
        db.add(site)
        db.flush()
        self.stations = [Station(site_id=site.id, name=f"R{n}", charge_box_id=f"rollout-{n}") for n in range(5)]
        db.add_all(self.stations)
        db.flush()
        for station in self.stations:
            self.come(station)

    def come(self, station):
        connect(self.db, ConnectReport(station.charge_box_id, "ocpp1.6", None, self.now))
        self.db.refresh(station)

    def go(self, station):
        disconnect(self.db, [DisconnectReport(station.id, station.connection_number)])
        self.db.refresh(station)

    def has(self, **values):
        """What all stations told before."""
        for station in self.stations:
            for key, value in values.items():
                self.db.add(StationParameter(station_id=station.id, key=key, value=value, read_at=NINE))
        self.db.flush()

    def begin(self, changes, stations=None, **options):
        chosen = self.stations if stations is None else stations
        self.rollout = rollouts.begin(self.db, changes, chosen, self.user_id, self.now, **options)
        self.later(0)

    def later(self, seconds):
        """What the job does then."""
        self.now += timedelta(seconds=seconds)
        self.told = rollouts.advance(self.db, self.rollout.id, self.now)
        self.db.flush()
        self.db.expire_all()

    def answer(self, station, status="accepted", state=None):
        """The station answers what it is asked next; returns what that was."""
        order = self._take(station)
        state = state or (CommandState.ACCEPTED if status in ("accepted", "reboot_required") else CommandState.REJECTED)
        report = CommandReport(order.command_id, state, None, {}, self.now, {"status": status})
        fulfilment.complete(self.db, report)
        self.db.flush()
        self.db.expire_all()
        return order.action, order.parameters

    def lose(self, station):
        """The station is asked, and its line is gone before it answers."""
        order = self._take(station)
        self.go(station)
        report = CommandReport(order.command_id, CommandState.FAILED, CommandReason.LINE_LOST)
        fulfilment.complete(self.db, report)

    def _take(self, station):
        self.db.refresh(station)
        return fulfilment.take(self.db, [TakeCommandReport(station.id, station.connection_number, self.now)])[0]

    def restart(self, station):
        self.go(station)
        self.come(station)

    @property
    def steps(self):
        turns = select(RolloutStation.step).where(RolloutStation.rollout_id == self.rollout.id)
        return "".join(step[0] for step in self.db.scalars(turns.order_by(RolloutStation.position)))

    @property
    def state(self):
        return self.rollout.state

    def details(self, station):
        return self.db.get_one(RolloutStation, (self.rollout.id, station.id)).details

    def waiting(self, station):
        """What waits for a station that is away."""
        mine = select(Command).where(Command.station_id == station.id, Command.state == CommandState.QUEUED)
        return [(c.action, c.parameters, c.waits, c.user_id) for c in self.db.scalars(mine.order_by(Command.id))]


@pytest.fixture
def story(db, user):
    return Story(db, user.id)


def test_one_first_then_waves(story):
    story.begin(HARMLESS, wave_size=3)
    first, *rest = story.stations
    assert (story.steps, story.told) == ("cwwww", {first.id})
    assert story.answer(first) == (
        Action.CHANGE_CONFIGURATION,
        {"key": "MeterValueSampleInterval", "value": "30"},
    )
    assert story.steps == "rwwww"
    story.later(9)
    assert story.steps == "rwwww"
    story.later(1)
    assert (story.steps, story.told) == ("dcccw", {station.id for station in story.stations[:4]})
    for station in rest[:3]:
        story.answer(station)
    story.later(10)
    assert story.steps == "ddddc"
    story.answer(rest[3])
    assert story.state is RolloutState.RUNNING
    story.later(10)
    assert (story.steps, story.state, story.rollout.finished_at) == ("ddddd", RolloutState.DONE, story.now)
    assert rollouts.open_ids(story.db) == []


def test_the_commands_are_of_who_began_it(story):
    story.begin(HARMLESS)
    assert story.db.scalars(select(Command.user_id)).all() == [story.user_id]


def test_several_keys_go_out_one_right_after_the_other_and_then_the_restart(story):
    first = story.stations[0]
    story.begin({"BB": "1", "A": "2"}, restarts=True)
    asked = [story.answer(first), story.answer(first, "reboot_required"), story.answer(first)]
    assert asked == [
        (Action.CHANGE_CONFIGURATION, {"key": "BB", "value": "1"}),
        (Action.CHANGE_CONFIGURATION, {"key": "A", "value": "2"}),
        (Action.RESET, {"type": "soft"}),
    ]
    story.later(60)
    assert story.steps == "rwwww"
    story.restart(first)
    story.later(1)
    assert story.steps == "dcccc"
    assert story.details(first)["answers"] == {"BB": "accepted", "A": "reboot_required"}


def test_a_station_that_is_back_before_anybody_looked_is_back(story):
    story.begin(HARMLESS, restarts=True)
    first = story.stations[0]
    story.answer(first)
    story.answer(first)
    story.restart(first)
    story.later(0)
    assert story.steps == "dcccc"


def test_the_second_station_does_not_come_back(story):
    """It stops by itself, and the old value waits for the station."""
    story.has(BackendURL="wss://old.example.com")
    first, second, *others = story.stations[:3]
    story.begin(DANGEROUS, story.stations[:3], wave_size=1, restarts=True, return_seconds=300)
    for station in (first, second):
        story.answer(station)
        story.answer(station)
        story.go(station)
        if station is first:
            story.come(station)
        story.later(5)
    assert story.steps == "drw"
    story.later(290)
    assert (story.steps, story.state) == ("drw", RolloutState.RUNNING)
    story.later(10)
    assert (story.steps, story.state) == ("dfs", RolloutState.STOPPED)
    assert story.details(second)["why"] == "stayed_away"
    assert story.details(others[0]) == {"why": "rollout_ended"}
    put_back = {"key": "BackendURL", "value": "wss://old.example.com"}
    assert story.waiting(second) == [
        (Action.CHANGE_CONFIGURATION, put_back, True, story.user_id),
        (Action.RESET, {"type": "soft"}, True, story.user_id),
    ]
    assert story.waiting(others[0]) == []
    story.come(second)
    assert story.answer(second) == (Action.CHANGE_CONFIGURATION, put_back)
    story.later(60)
    assert (story.steps, story.state) == ("dfs", RolloutState.STOPPED)
    assert rollouts.open_ids(story.db) == []


def test_a_station_that_refuses_the_second_key_gets_the_first_one_back(story):
    story.has(A="0", B="0")
    first = story.stations[0]
    story.begin({"A": "1", "B": "2"})
    story.answer(first)
    story.answer(first, "not_supported")
    story.later(1)
    assert (story.steps, story.state) == ("fssss", RolloutState.STOPPED)
    details = story.details(first)
    assert (details["why"], details["key"], details["answers"]) == (
        "refused",
        "B",
        {"A": "accepted", "B": "not_supported"},
    )
    assert story.answer(first) == (Action.CHANGE_CONFIGURATION, {"key": "A", "value": "0"})
    assert details["put_back"].keys() == {"A"}


def test_what_nobody_knows_the_old_value_of_is_not_put_back_and_that_is_told(story):
    first = story.stations[0]
    story.begin({"A": "1", "B": "2"})
    story.answer(first)
    story.answer(first, "rejected")
    story.later(1)
    assert (story.details(first)["put_back"], story.details(first)["not_put_back"]) == ({}, ["A"])
    assert story.waiting(first) == []


def test_a_station_that_does_not_answer_stops_it_and_what_it_may_have_taken_is_put_back(story):
    story.has(A="0")
    first = story.stations[0]
    story.begin({"A": "1"})
    order = story._take(first)
    fulfilment.complete(story.db, CommandReport(order.command_id, CommandState.TIMED_OUT, CommandReason.NO_ANSWER))
    story.later(5)
    assert (story.steps, story.details(first)["why"]) == ("fssss", "no_answer")
    assert story.answer(first) == (Action.CHANGE_CONFIGURATION, {"key": "A", "value": "0"})


def test_a_refused_restart_stops_it(story):
    first = story.stations[0]
    story.begin(HARMLESS, restarts=True)
    story.answer(first)
    story.answer(first, "rejected")
    story.later(1)
    assert (story.steps, story.details(first)["why"]) == ("fssss", "restart_refused")


def test_a_line_that_goes_before_the_answer_is_waited_for_and_the_key_is_asked_again(story):
    first = story.stations[0]
    story.begin({"A": "1"})
    story.lose(first)
    story.later(1)
    assert story.steps == "rwwww"
    story.come(first)
    story.later(1)
    assert story.steps == "cwwww"
    assert story.answer(first) == (Action.CHANGE_CONFIGURATION, {"key": "A", "value": "1"})
    story.later(10)
    assert story.steps == "dcccc"


def test_a_line_that_goes_twice_is_a_failure(story):
    first = story.stations[0]
    story.begin({"A": "1"})
    story.lose(first)
    story.later(1)
    story.come(first)
    story.later(1)
    story.lose(first)
    story.later(1)
    assert (story.steps, story.details(first)["why"]) == ("fssss", "no_answer")


def test_a_restart_that_ends_the_line_before_its_answer_is_a_restart(story):
    first = story.stations[0]
    story.begin(HARMLESS, restarts=True)
    story.answer(first)
    story.lose(first)
    story.later(1)
    assert story.steps == "rwwww"
    story.come(first)
    story.later(1)
    assert story.steps == "dcccc"


def test_without_a_restart_a_key_that_can_cut_the_line_is_watched_for_the_whole_time(story):
    first = story.stations[0]
    story.begin(DANGEROUS, return_seconds=100)
    story.answer(first)
    story.later(99)
    assert story.steps == "rwwww"
    story.later(1)
    assert story.steps == "dcccc"


def test_without_a_restart_a_key_that_cut_the_line_stops_it(story):
    first = story.stations[0]
    story.begin(DANGEROUS, return_seconds=100)
    story.answer(first)
    story.later(20)
    story.go(first)
    story.later(80)
    assert (story.steps, story.details(first)["why"]) == ("fssss", "stayed_away")


def over_soap(story, station):
    """It has no line; its heartbeats come every 100 s."""
    station.protocol, station.heartbeat_seconds = "ocpp1.5", 100
    story.db.flush()


def test_a_station_over_soap_is_back_when_it_has_booted(story):
    first = story.stations[0]
    over_soap(story, first)
    story.begin(HARMLESS, restarts=True, return_seconds=300)
    story.answer(first)
    story.answer(first)
    story.later(60)
    assert story.steps == "rwwww"
    boot(story.db, BootReport(first.id, story.now, "V", "M", None, None))
    story.later(1)
    assert story.steps == "dcccc"


@pytest.mark.parametrize("speaks", [False, True])
def test_a_station_over_soap_that_may_have_lost_us_must_be_heard(story, speaks):
    first = story.stations[0]
    over_soap(story, first)
    story.begin(DANGEROUS, return_seconds=100)
    story.answer(first)
    story.later(150)
    assert story.steps == "rwwww"
    if speaks:
        speak(story.db, CallReport(first.charge_box_id, "ocpp1.5", None, story.now))
    story.later(50)
    assert story.steps == ("dcccc" if speaks else "fssss")


def test_who_is_offline_goes_last_and_is_skipped(story):
    story.go(story.stations[0])
    story.begin(HARMLESS, story.stations[:3], wave_size=2)
    turns = story.db.scalars(select(RolloutStation.station_id).order_by(RolloutStation.position)).all()
    assert turns == [story.stations[n].id for n in (1, 2, 0)]
    story.answer(story.stations[1])
    story.later(10)
    assert story.steps == "dcs"
    assert story.details(story.stations[0]) == {"why": "offline", "key": None}
    story.answer(story.stations[2])
    story.later(10)
    assert story.state is RolloutState.DONE


def test_the_next_one_is_tried_alone_where_the_first_went_away(story):
    story.rollout = rollouts.begin(story.db, HARMLESS, story.stations[:4], story.user_id, NINE, wave_size=3)
    story.go(story.stations[0])
    story.later(0)
    assert story.steps == "scww"


def test_all_are_offline(story):
    for station in story.stations:
        story.go(station)
    story.begin(HARMLESS)
    assert (story.steps, story.state) == ("sssss", RolloutState.DONE)


def test_one_of_a_wave_fails_and_the_others_of_it_end_by_themselves(story):
    story.begin({"A": "1", "B": "2"}, wave_size=2)
    first, second, third, *_ = story.stations
    story.answer(first)
    story.answer(first)
    story.later(10)
    story.answer(second, "rejected")
    story.answer(third)
    story.later(1)
    assert (story.steps, story.state) == ("dfcww", RolloutState.RUNNING)
    story.answer(third)
    story.later(10)
    assert (story.steps, story.state) == ("dfdss", RolloutState.STOPPED)


def test_a_cancelled_rollout_begins_nothing_and_ends_what_it_began(story):
    story.begin({"A": "1", "B": "2"})
    assert rollouts.cancel(story.db, story.rollout.id, story.now)
    assert not rollouts.cancel(story.db, story.rollout.id, story.now)
    assert (story.steps, story.state) == ("cssss", RolloutState.CANCELLED)
    assert rollouts.open_ids(story.db) == [story.rollout.id]
    first = story.stations[0]
    story.answer(first)
    story.answer(first)
    story.later(10)
    assert (story.steps, story.state) == ("dssss", RolloutState.CANCELLED)
    assert rollouts.open_ids(story.db) == []


def test_a_station_that_is_deleted_meanwhile_holds_nothing_up(story):
    story.begin(HARMLESS, wave_size=4)
    story.answer(story.stations[0])
    story.db.delete(story.stations[2])
    story.db.flush()
    story.later(10)
    assert story.steps == "dccc"


@pytest.mark.parametrize(
    ("changes", "refusal", "name"),
    [
        ({}, Refusal.NOTHING, ""),
        ({f"K{n}": "1" for n in range(51)}, Refusal.TOO_MANY, ""),
        ({"AuthorizationKey": "0123456789abcdef"}, Refusal.SECRET, "AuthorizationKey"),
        ({"HeartbeatInterval": "often"}, Refusal.WRONG_VALUE, "HeartbeatInterval"),
        ({"NumberOfConnectors": "3"}, Refusal.WRONG_VALUE, "NumberOfConnectors"),
        ({"x" * 51: "1"}, Refusal.WRONG_VALUE, "x" * 51),
        ({"X": "a\0b"}, Refusal.WRONG_VALUE, "X"),
    ],
)
def test_what_cannot_be_rolled_out(story, changes, refusal, name):
    with pytest.raises(RolloutError) as refused:
        story.begin(changes)
    assert (refused.value.refusal, refused.value.name) == (refusal, name)


def test_to_nobody_and_to_too_many(story):
    with pytest.raises(RolloutError, match="nobody"):
        story.begin(HARMLESS, [])
    with pytest.raises(RolloutError, match="too_many"):
        story.begin(HARMLESS, [story.stations[0]] * 501)


def test_a_station_is_in_one_rollout_at_a_time(story):
    story.begin(HARMLESS, story.stations[1:3])
    with pytest.raises(RolloutError) as refused:
        rollouts.begin(story.db, HARMLESS, story.stations[2:], story.user_id, NINE)
    assert (refused.value.refusal, refused.value.name) == (Refusal.BUSY, "R2")
    rollouts.cancel(story.db, story.rollout.id, NINE)
    rollouts.begin(story.db, HARMLESS, story.stations[2:], story.user_id, NINE)


def test_its_limits(story):
    story.begin(HARMLESS, wave_size=1000, return_seconds=1)
    assert (story.rollout.wave_size, story.rollout.return_seconds) == (100, 30)


def test_a_change_by_hand_is_nobodys_turn(story):
    story.begin(HARMLESS)
    parameters.change(story.db, story.stations[1], "A", "1", None, story.now)
    story.answer(story.stations[1])
    assert story.steps == "cwwww"
