"""Which charges are App (2): those that their driver asked for from the portal, and no others."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import charging_sessions, partitions, remote_charging
from domain.models import Authorization, ChargingSession, Command, CommandReason, CommandState, IdToken, Outlet
from domain.reports import StartReport
from domain.statuses import OutletStatus
from tests.domain.conftest import NINE, after
from tests.statements import recorded

ASKED, AGREED, BEGAN = after(5), after(5.1), after(6)


@pytest.fixture(autouse=True)
def months(db):
    partitions.ensure(db, NINE.date())


@pytest.fixture
def outlet(db, station):
    station.online = True
    outlet = Outlet(station_id=station.id, number=1, status=OutletStatus.AVAILABLE)
    db.add(outlet)
    db.flush()
    return outlet


@pytest.fixture
def command(db, outlet, user, tag) -> Command:
    """The outlet has agreed to start."""
    command = remote_charging.start(db, user.id, outlet.id, tag.id, ASKED)
    command.state, command.sent_at, command.answered_at = CommandState.ACCEPTED, ASKED, AGREED
    db.flush()
    return command


def begin(db, station, token, *, started_at=BEGAN, received_at=None, number=1, meter_wh=0):
    report = StartReport(station.id, received_at or started_at, number, token, meter_wh, started_at)
    charge_id = charging_sessions.start(db, report).charging_session_id
    return db.scalars(select(ChargingSession).filter_by(id=charge_id)).one()


def named(db, command):
    db.refresh(command)
    return command.charging_session_id


def test_what_was_asked_for_from_the_portal_is_an_app_charge(db, station, user, tag, command):
    charge = begin(db, station, tag.token)
    assert (charge.authorization, charge.user_id) == (Authorization.APP, user.id)
    assert named(db, command) == charge.id


def test_a_tag_at_the_reader_is_rfid(db, station, outlet, tag):
    assert begin(db, station, tag.token).authorization == Authorization.RFID


def test_the_stations_own_writing_of_the_tag_is_the_same_tag(db, station, tag, command):
    assert begin(db, station, tag.token.lower()).authorization == Authorization.APP


@pytest.mark.parametrize(
    "change",
    [
        {"state": CommandState.SENT, "answered_at": None},
        {"state": CommandState.TIMED_OUT, "reason": CommandReason.NO_ANSWER, "answered_at": None},
        {"state": CommandState.TIMED_OUT, "reason": CommandReason.LINE_LOST, "answered_at": None},
    ],
    ids=["no answer yet", "no answer in time", "line lost"],
)
def test_a_start_whose_answer_is_late_or_lost_counts(db, station, tag, command, change):
    for name, value in change.items():
        setattr(command, name, value)
    db.flush()
    assert begin(db, station, tag.token).authorization == Authorization.APP


@pytest.mark.parametrize(
    "change",
    [
        {"state": CommandState.REJECTED},
        {"state": CommandState.FAILED, "reason": CommandReason.OFFLINE},
        {"state": CommandState.QUEUED, "sent_at": None, "answered_at": None},
        {"state": CommandState.TIMED_OUT, "reason": CommandReason.NOT_SENT, "sent_at": None, "answered_at": None},
    ],
    ids=["rejected", "offline", "queued", "never sent"],
)
def test_what_the_station_refused_or_never_saw_begins_nothing(db, station, tag, command, change):
    for name, value in change.items():
        setattr(command, name, value)
    db.flush()
    assert begin(db, station, tag.token).authorization == Authorization.RFID
    assert named(db, command) is None


def test_a_command_begins_one_charge(db, station, tag, command):
    first = begin(db, station, tag.token)
    assert begin(db, station, tag.token, started_at=after(7)).authorization == Authorization.RFID
    assert named(db, command) == first.id


def test_a_start_that_is_repeated_stays_what_it_was(db, station, tag, command):
    first = begin(db, station, tag.token)
    assert begin(db, station, tag.token, received_at=after(8)) is first
    db.refresh(first)
    assert first.authorization == Authorization.APP


def test_too_late_it_is_another_charge(db, station, tag, command):
    assert begin(db, station, tag.token, started_at=after(9)).authorization == Authorization.RFID


def test_before_it_was_asked_for_it_is_another_charge(db, station, tag, command):
    assert begin(db, station, tag.token, started_at=after(4)).authorization == Authorization.RFID


def test_a_station_that_was_offline_meanwhile_tells_late_by_its_own_clock(db, station, tag, command):
    charge = begin(db, station, tag.token, received_at=BEGAN + timedelta(days=3))
    assert charge.authorization == Authorization.APP


def test_a_clock_that_is_wrong_is_not_believed_against_ours(db, station, tag, command):
    charge = begin(db, station, tag.token, started_at=BEGAN - timedelta(hours=5), received_at=BEGAN)
    assert charge.authorization == Authorization.APP


def test_another_tag_of_the_same_driver_is_rfid_and_takes_nothing_away(db, station, user, tag, command):
    db.add(IdToken(token="0A0B0C0D", user_id=user.id))
    db.flush()
    assert begin(db, station, "0A0B0C0D").authorization == Authorization.RFID
    assert begin(db, station, tag.token, started_at=after(6.5)).authorization == Authorization.APP


def test_another_outlet_is_rfid(db, station, tag, command):
    assert begin(db, station, tag.token, number=2).authorization == Authorization.RFID


def test_what_an_operator_asked_for_with_a_drivers_tag_is_not_the_drivers_app(db, station, tag, command):
    command.user_id = None
    db.flush()
    assert begin(db, station, tag.token).authorization == Authorization.RFID


def test_a_tag_that_was_blocked_meanwhile_is_nobodys(db, station, tag, command):
    tag.blocked = True
    db.flush()
    charge = begin(db, station, tag.token)
    assert (charge.authorization, charge.user_id) == (Authorization.ANONYMOUS, None)


def test_who_asks_again_while_the_outlet_waits_for_the_cable_asked_once(db, outlet, user, tag, command):
    assert remote_charging.start(db, user.id, outlet.id, tag.id, after(5.5)) is command


def test_a_tag_of_nobody_costs_no_look(db, station, outlet):
    with recorded() as statements:
        begin(db, station, "UNKNOWN")
    assert not [each for each in statements if "FROM command" in each]
