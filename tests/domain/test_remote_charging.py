"""Who may start and stop a charge from afar, and where."""

import threading
from datetime import timedelta

import pytest

from domain import charging_sessions, commands, partitions, remote_charging
from domain.db import session_factory
from domain.id_tokens import TagByteOrder
from domain.models import Action, Command, CommandState, IdToken, Outlet, OutletMode, PortalUser, Station
from domain.remote_charging import Refusal, RemoteChargingError
from domain.reports import CommandReport, StartReport, StopReport
from domain.statuses import OutletStatus
from domain.stops import StopReason
from tests.domain.conftest import NINE, after

NOW = after(5)


@pytest.fixture(autouse=True)
def months(db):
    partitions.ensure(db, NINE.date())


@pytest.fixture
def outlet(db, station):
    station.online = True
    outlet = Outlet(station_id=station.id, number=1, mode=OutletMode.RFID, status=OutletStatus.AVAILABLE)
    db.add(outlet)
    db.flush()
    return outlet


@pytest.fixture
def charge(db, station, outlet, tag):
    """A charge of the user that runs."""
    started = charging_sessions.start(db, StartReport(station.id, after(1), 1, tag.token, 1000, after(1)))
    return started.charging_session_id


def listed(db, user, **how):
    tags = remote_charging.usable_tags(db, user.id, NOW)
    return [outlet.id for outlet in remote_charging.startable_outlets(db, tags, NOW, **how)]


def start(db, user, outlet, tag, now=NOW):
    return remote_charging.start(db, user.id, outlet.id, tag.id, now)


def refusal(ask, *arguments):
    with pytest.raises(RemoteChargingError) as refused:
        ask(*arguments)
    return refused.value.refusal


def test_a_free_outlet_is_listed_and_starts(db, station, outlet, user, tag):
    assert listed(db, user) == [outlet.id]
    command = start(db, user, outlet, tag)
    assert (command.action, command.state, command.station_id, command.outlet_id, command.user_id) == (
        Action.REMOTE_START,
        CommandState.QUEUED,
        station.id,
        outlet.id,
        user.id,
    )
    assert command.parameters == {"outlet": 1, "id_token": tag.token}


def test_with_the_cable_in_it_is_free_too(db, outlet, user, tag):
    outlet.status = OutletStatus.PREPARING
    assert listed(db, user) == [outlet.id]
    assert start(db, user, outlet, tag)


@pytest.mark.parametrize("status", [None, *(status for status in OutletStatus if status not in remote_charging.FREE)])
def test_an_outlet_in_any_other_state_is_neither_listed_nor_started(db, outlet, user, tag, status):
    outlet.status = status
    expected = Refusal.OUT_OF_ORDER if status in remote_charging.OUT_OF_ORDER else Refusal.TAKEN
    assert (listed(db, user), refusal(start, db, user, outlet, tag)) == ([], expected)


def test_a_station_that_is_away_or_out_of_order(db, station, outlet, user, tag):
    station.online = False
    assert (listed(db, user), refusal(start, db, user, outlet, tag)) == ([], Refusal.OFFLINE)
    station.online, station.status = True, OutletStatus.FAULTED
    assert (listed(db, user), refusal(start, db, user, outlet, tag)) == ([], Refusal.OUT_OF_ORDER)


def test_an_outlet_where_a_charge_runs(db, outlet, user, tag, charge):
    assert (listed(db, user), refusal(start, db, user, outlet, tag)) == ([], Refusal.TAKEN)


BAD_TAGS = {
    "blocked": {"blocked": True},
    "expired": {"expires_at": NINE},
    "not yet valid": {"valid_from_at": after(60)},
}


@pytest.mark.parametrize("mode", OutletMode)
@pytest.mark.parametrize("changes", BAD_TAGS.values(), ids=BAD_TAGS.keys())
def test_a_tag_that_is_refused_starts_nowhere_not_even_as_nobody(db, outlet, user, tag, changes, mode):
    outlet.mode = mode
    for name, value in changes.items():
        setattr(tag, name, value)
    db.flush()
    assert (listed(db, user), refusal(start, db, user, outlet, tag)) == ([], Refusal.TAG_REFUSED)


def test_without_a_tag_nothing_is_listed(db, outlet, user):
    assert listed(db, user) == []


def test_a_strangers_tag_or_no_such_outlet_is_as_if_there_were_none(db, outlet, user, tag):
    stranger = PortalUser(first_name="S", last_name="T", username="s@x.dk", email="s@x.dk", active=True, password="-")
    db.add(stranger)
    db.flush()
    assert start(db, stranger, outlet, tag) is None
    assert remote_charging.start(db, user.id, 10**6, tag.id, NOW) is None
    assert remote_charging.start(db, user.id, outlet.id, 10**6, NOW) is None
    assert db.query(Command).count() == 0


def test_the_station_is_told_the_tag_as_its_reader_would_send_it(db, station, outlet, user):
    db.add(tag := IdToken(token="DEADBEEF", user_id=user.id))
    station.tag_byte_order = TagByteOrder.REVERSED
    db.flush()
    command = start(db, user, outlet, tag)
    assert command.parameters["id_token"] == "EFBEADDE"
    report = StartReport(station.id, NOW, 1, command.parameters["id_token"], 0, NOW)
    assert charging_sessions.start(db, report).decision.user_id == user.id


def test_asked_twice_by_the_same_person_it_is_the_same_command(db, outlet, user, tag):
    assert start(db, user, outlet, tag) is start(db, user, outlet, tag)


@pytest.fixture
def other(db):
    user = PortalUser(first_name="O", last_name="T", username="o@x.dk", email="o@x.dk", active=True, password="-")
    db.add(user)
    db.flush()
    db.add(IdToken(token="0A0B0C0D", user_id=user.id))
    db.flush()
    return user


def tag_of(db, user):
    return db.query(IdToken).filter_by(user_id=user.id).one()


def test_what_another_person_asked_for_is_taken_until_it_is_over(db, outlet, user, tag, other):
    command = start(db, user, outlet, tag)
    others = (other, outlet, tag_of(db, other))
    assert (listed(db, other), refusal(start, db, *others)) == ([], Refusal.TAKEN)
    commands.complete(db, CommandReport(command.id, CommandState.FAILED))
    assert listed(db, other) == [outlet.id]


def test_an_outlet_that_agreed_is_kept_for_the_one_who_asked(db, station, outlet, user, tag, other):
    command = start(db, user, outlet, tag)
    db.expire_all()
    command.state = CommandState.SENT
    db.flush()
    commands.complete(db, CommandReport(command.id, CommandState.ACCEPTED, None, {"status": "Accepted"}, NOW))
    assert listed(db, other) == []
    later = NOW + remote_charging.KEPT_FOR
    tags = remote_charging.usable_tags(db, other.id, later)
    assert [free.id for free in remote_charging.startable_outlets(db, tags, later)] == [outlet.id]

    started = charging_sessions.start(db, StartReport(station.id, after(6), 1, tag.token, 0, after(6)))
    stop = StopReport(station.id, after(6), started.charging_session_id, None, 5, after(6), StopReason.LOCAL, ())
    charging_sessions.stop(db, stop)
    # The charge came and went: nothing is kept any more.
    assert listed(db, other) == [outlet.id]


def test_of_two_who_ask_at_the_same_moment_one_is_refused(db, outlet, user, tag, other):
    asking = [(user.id, outlet.id, tag.id), (other.id, outlet.id, tag_of(db, other).id)]
    db.commit()
    both_ready = threading.Barrier(2)
    answers = []

    def ask(user_id, outlet_id, tag_id):
        with session_factory()() as own:
            both_ready.wait()
            try:
                remote_charging.start(own, user_id, outlet_id, tag_id, NOW)
                own.commit()
                answers.append("asked")
            except RemoteChargingError as error:
                answers.append(error.refusal)

    threads = [threading.Thread(target=ask, args=one) for one in asking]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["asked", Refusal.TAKEN]


def test_outlets_are_found_by_station_charge_box_id_and_site_page_by_page(db, station, outlet, user, tag):
    for number in range(2, 6):
        db.add(Outlet(station_id=station.id, number=number, status=OutletStatus.AVAILABLE))
    another = Station(site_id=station.site_id, name="Aaa", charge_box_id="zzz-9", online=True)
    db.add(another)
    db.flush()
    db.add(only := Outlet(station_id=another.id, number=1, status=OutletStatus.AVAILABLE))
    db.flush()
    everywhere = listed(db, user)
    assert everywhere[0] == only.id
    assert len(everywhere) == 6
    assert listed(db, user, words="ZZZ-9") == [only.id]
    assert listed(db, user, words=station.name[:4]) == everywhere[1:]
    assert listed(db, user, words="%") == []
    assert len(listed(db, user, words=station.site.name)) == 6
    assert listed(db, user, most=2) == everywhere[:2]
    assert listed(db, user, most=2, after=everywhere[1]) == everywhere[2:4]
    assert listed(db, user, after=everywhere[-1]) == []


def test_ones_own_charge_is_stopped_and_nobody_elses(db, station, user, tag, charge, other):
    assert remote_charging.stop(db, other.id, charge, NOW) is None
    assert remote_charging.stop(db, user.id, 10**12, NOW) is None
    command = remote_charging.stop(db, user.id, charge, NOW)
    assert (command.action, command.parameters, command.charging_session_id, command.outlet_id is not None) == (
        Action.REMOTE_STOP,
        {"charging_session": charge},
        charge,
        True,
    )
    assert remote_charging.stop(db, user.id, charge, NOW) is command


def test_a_charge_that_has_ended_is_not_stopped(db, station, user, charge):
    charging_sessions.stop(db, StopReport(station.id, NOW, charge, None, 2000, NOW, StopReason.LOCAL, ()))
    assert refusal(remote_charging.stop, db, user.id, charge, NOW) is Refusal.ENDED


def test_a_charge_at_a_station_that_is_away_is_asked_to_stop_and_that_fails_at_once(db, station, user, charge):
    station.online = False
    command = remote_charging.stop(db, user.id, charge, NOW)
    assert (command.state, command.reason) == (CommandState.FAILED, commands.CommandReason.OFFLINE)


def shown(db, user, now=NOW):
    return [asked.command.id for asked in remote_charging.asked_for(db, user.id, now)]


def test_what_was_asked_for_is_shown_until_it_is_seen_done(db, station, outlet, user, tag, other):
    command = start(db, user, outlet, tag)
    [asked] = remote_charging.asked_for(db, user.id, NOW)
    assert (asked.command, asked.station_name, asked.outlet_number) == (command, station.name, 1)
    assert shown(db, other) == []
    command.state = CommandState.ACCEPTED
    db.flush()
    assert shown(db, user) == [command.id]
    charging_sessions.start(db, StartReport(station.id, NOW, 1, tag.token, 0, NOW))
    assert shown(db, user) == []


def test_a_stop_is_shown_until_the_charge_has_stopped(db, station, user, charge):
    command = remote_charging.stop(db, user.id, charge, NOW)
    command.state = CommandState.ACCEPTED
    db.flush()
    assert shown(db, user) == [command.id]
    charging_sessions.stop(db, StopReport(station.id, NOW, charge, None, 2000, NOW, StopReason.REMOTE, ()))
    assert shown(db, user) == []


def test_a_refusal_is_shown_for_a_while(db, outlet, user, tag):
    command = start(db, user, outlet, tag)
    command.state = CommandState.REJECTED
    db.flush()
    assert shown(db, user) == [command.id]
    assert shown(db, user, NOW + timedelta(minutes=3)) == []
