"""What a station tells of its parameters, what it is asked to take, and what is written down of both."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import asking, fulfilment, parameters
from domain.models import Action, Command, CommandState, ParameterResult, StationParameter
from domain.reports import CommandReport, TakeCommandReport
from domain.secret_parameters import MASK
from tests.domain.conftest import NINE, after

ACCEPTED = CommandState.ACCEPTED
SOON = NINE + timedelta(seconds=5)


@pytest.fixture
def online(db, station):
    station.online = True
    station.connection_number = 1
    db.flush()
    return station


@pytest.fixture
def answer(db, online):
    """Takes the next command as the station's line does, and answers it; returns what was sent."""

    def answer(now=SOON, state=ACCEPTED, **outcome):
        [order] = fulfilment.take(db, [TakeCommandReport(online.id, 1, now)])
        fulfilment.complete(db, CommandReport(order.command_id, state, None, {}, now, outcome or None))
        return order.parameters

    return answer


@pytest.fixture
def read(db, online, answer):
    """The station tells its parameters."""

    def read(*told, keys=(), unknown=(), now=SOON):
        asking.ask(db, online, Action.GET_CONFIGURATION, {"keys": keys}, None, now)
        parameters_told = [{"key": key, "value": value, "is_readonly": False} for key, value in told]
        return answer(now, parameters=parameters_told, unknown_keys=list(unknown))

    return read


@pytest.fixture
def change(db, online):
    def change(key, value, now=NINE):
        return parameters.change(db, online, key, value, None, now)

    return change


@pytest.fixture
def kept(db, online):
    def kept():
        db.flush()
        db.expire_all()
        rows = db.scalars(
            select(StationParameter).where(StationParameter.station_id == online.id).order_by(StationParameter.key)
        )
        return {row.key: (row.value, row.asked_value, row.result) for row in rows}

    return kept


# The first boot


def test_a_station_is_asked_at_its_first_boot_and_not_again_within_an_hour(db, online):
    command = parameters.ask_at_first_boot(db, online.id, NINE)
    assert (command.action, command.parameters, command.user_id) == (Action.GET_CONFIGURATION, {"keys": []}, None)
    assert parameters.ask_at_first_boot(db, online.id, after(59)) is None
    assert parameters.ask_at_first_boot(db, online.id, after(61)) is not None


def test_a_station_that_told_is_not_asked(db, online, read):
    read(("HeartbeatInterval", "300"))
    assert parameters.ask_at_first_boot(db, online.id, after(600)) is None


def test_a_station_whose_version_cannot_tell_its_parameters_is_not_asked(db, online):
    online.protocol = "ocpp1.2"
    db.flush()
    assert parameters.ask_at_first_boot(db, online.id, NINE) is None
    online.protocol = "ocpp1.5"
    db.flush()
    assert parameters.ask_at_first_boot(db, online.id, NINE) is not None


# Reading


def test_what_a_station_tells_is_kept_and_what_it_tells_no_more_is_gone(db, online, read, kept):
    read(("A", "1"), ("B", None), ("C", "3"))
    assert kept() == {"A": ("1", None, None), "B": (None, None, None), "C": ("3", None, None)}
    read(("A", "2"), ("B", None), now=after(2))
    assert kept() == {"A": ("2", None, None), "B": (None, None, None)}
    db.refresh(online)
    assert online.parameters_read_at == after(2)


def test_who_asks_for_one_key_learns_of_that_one_alone(db, online, read, kept):
    read(("A", "1"), ("B", "2"), ("C", "3"))
    read(("A", "9"), keys=("A", "B"), unknown=("B",), now=after(2))
    assert kept() == {"A": ("9", None, None), "C": ("3", None, None)}
    db.refresh(online)
    assert online.parameters_read_at == SOON


def test_a_station_may_tell_a_key_twice_nothing_and_nonsense(read, kept):
    read(("A", "1"), ("A", "2"), ("x" * 256, "1"))
    assert kept() == {"A": ("2", None, None)}
    read(now=after(2))
    assert kept() == {}


def test_a_station_tells_no_more_than_it_can_have(read, kept):
    read(*((f"K{number}", "") for number in range(parameters.MOST_KEYS + 5)))
    assert len(kept()) == parameters.MOST_KEYS


def test_an_answer_without_parameters_changes_nothing(db, online, read, kept, answer):
    read(("A", "1"))
    asking.ask(db, online, Action.GET_CONFIGURATION, {}, None, NINE)
    answer(state=CommandState.FAILED)
    assert kept() == {"A": ("1", None, None)}


def test_a_secret_is_set_or_not_and_never_told(read, kept):
    read(("AuthorizationKey", "0123456789abcdef"), ("WifiPassword", ""))
    assert kept() == {"AuthorizationKey": (MASK, None, None), "WifiPassword": ("", None, None)}


def test_what_a_station_says_that_is_gone_is_nobodys(db, online, answer, change):
    command = change("A", "1")
    db.delete(online)
    db.flush()
    report = CommandReport(command.id, ACCEPTED, None, {}, SOON, {"status": "accepted"})
    command.state = CommandState.SENT
    db.flush()
    assert fulfilment.complete(db, report)
    assert db.scalars(select(StationParameter).where(StationParameter.station_id == online.id)).all() == []


@pytest.mark.parametrize("key", ["HeartbeatInterval", "HeartBeatInterval", "HEARTBEATINTERVAL"])
def test_how_often_a_station_is_heard_of(db, online, read, change, answer, key):
    def seconds():
        db.refresh(online)
        return online.heartbeat_seconds

    read((key, "120"))
    assert seconds() == 120
    for told in ("0", "-1", "86401", "9" * 400, "6O", "", None, "٣"):
        read((key, told))
        assert seconds() == 120
    change(key, "60")
    assert seconds() == 120
    answer(status="rejected")
    assert seconds() == 120
    change(key, "60")
    answer(status="accepted")
    assert seconds() == 60


# Changing


@pytest.mark.parametrize(
    ("result", "value"),
    [("accepted", "30"), ("reboot_required", "30"), ("rejected", "60"), ("not_supported", "60")],
)
def test_a_change_and_its_answer(read, change, kept, answer, result, value):
    read(("MeterValueSampleInterval", "60"))
    change("MeterValueSampleInterval", "30")
    assert kept() == {"MeterValueSampleInterval": ("60", "30", None)}
    assert answer(status=result) == {"key": "MeterValueSampleInterval", "value": "30"}
    assert kept() == {"MeterValueSampleInterval": (value, "30", ParameterResult(result))}


def test_a_change_that_is_answered_by_an_error_leaves_the_command_to_tell(db, read, change, kept, answer):
    read(("A", "1"))
    command = change("A", "2")
    answer(state=CommandState.FAILED)
    assert kept() == {"A": ("1", "2", None)}
    assert db.scalars(select(StationParameter.command_id)).one() == command.id


def test_a_key_is_asked_for_as_the_station_writes_it(read, change, answer):
    read(("HEARTBEATINTERVAL", "300"))
    change("HeartbeatInterval", "60")
    assert answer(status="accepted")["key"] == "HEARTBEATINTERVAL"


def test_the_answer_to_an_older_change_does_not_hide_the_newer_one(db, read, change, kept, answer):
    read(("A", "1"))
    older = change("A", "2")
    change("A", "3")
    answer(status="rejected")
    assert kept() == {"A": ("1", "3", None)}
    answer(status="accepted")
    db.get_one(Command, older.id).state = CommandState.TIMED_OUT
    db.flush()
    fulfilment.complete(db, CommandReport(older.id, ACCEPTED, None, {}, after(3), {"status": "accepted"}))
    assert kept() == {"A": ("3", "3", ParameterResult.ACCEPTED)}


def test_a_change_by_the_api_is_noted_too(db, online, read, kept, answer):
    read(("A", "1"))
    asking.ask(db, online, Action.CHANGE_CONFIGURATION, {"key": "A", "value": "2"}, None, NINE)
    answer(status="accepted")
    assert kept() == {"A": ("2", "2", ParameterResult.ACCEPTED)}


def test_a_secret_that_was_written_is_nowhere_afterwards(db, change, kept, answer):
    command = change("WifiPassword", "open sesame")
    assert answer(status="accepted") == {"key": "WifiPassword", "value": "open sesame"}
    assert kept() == {"WifiPassword": (MASK, MASK, ParameterResult.ACCEPTED)}
    db.refresh(command)
    assert command.parameters == {"key": "WifiPassword", "value": MASK}


def test_a_hidden_key_stays_if_the_station_took_it_and_goes_if_it_did_not(read, change, kept, answer):
    change("Hidden", "1")
    assert kept() == {"Hidden": (None, "1", None)}
    answer(status="accepted")
    change("Unknown", "1")
    answer(status="not_supported")
    assert kept().keys() == {"Hidden", "Unknown"}
    read(("A", "1"), now=after(5))
    assert kept() == {"A": ("1", None, None), "Hidden": ("1", "1", ParameterResult.ACCEPTED)}


def test_a_change_to_a_station_that_is_offline_fails_at_once(db, station):
    command = parameters.change(db, station, "A", "1", None, NINE)
    assert command.state is CommandState.FAILED
