"""With which password a station is let in, and what wrong ones lead to."""

import pytest
from sqlalchemy import select

from domain import clock, commands, station_passwords, stations
from domain.models import Action, CommandState, Station, StationPasswordFailure
from domain.reports import CommandReport, ConnectReport
from domain.secret_parameters import MASK
from domain.station_passwords import PasswordError, PasswordFault, Refusal
from domain.stations import Connection
from tests.domain.conftest import NINE, after
from tests.fixtures.environment import using
from tests.happened import unusual
from tests.statements import recorded

PASSWORD = "correct-horse-of-this-station"
HEXADECIMAL = "00112233445566778899aAbBcCdDeEfF00112233"
HERE, THERE = "192.0.2.7", "198.51.100.1"


@pytest.fixture
def call(db, station):
    """The station calls, with a password or without; what is answered."""

    def call(password: str | bytes | None = None, minutes: float = 0, address: str | None = HERE):
        given = password.encode() if isinstance(password, str) else password
        keys = None if given is None else station_passwords.keys_of(given)
        return stations.connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", address, after(minutes), keys))

    return call


@pytest.fixture
def with_password(db, station):
    station_passwords.set_password(db, station, PASSWORD)
    db.flush()


def is_let_in(outcome) -> bool:
    return isinstance(outcome, Connection)


def events(db) -> list[tuple]:
    return [(event.kind, event.details) for event in unusual(db)]


@pytest.mark.parametrize(
    ("own", "of_installation", "has_one", "given", "outcome"),
    [
        (None, "false", False, None, True),
        (None, "false", False, PASSWORD, True),
        (None, "false", True, None, True),
        (None, "false", True, PASSWORD, True),
        (None, "false", True, "wrong", Refusal.WRONG),
        (None, "true", True, None, Refusal.NO_PASSWORD),
        (None, "true", True, PASSWORD, True),
        (None, "true", False, PASSWORD, Refusal.NOT_SET),
        (None, "true", False, None, Refusal.NO_PASSWORD),
        (True, "false", True, None, Refusal.NO_PASSWORD),
        (True, "false", True, PASSWORD, True),
        (True, "false", False, PASSWORD, Refusal.NOT_SET),
        (False, "true", True, None, True),
        (False, "true", True, "wrong", Refusal.WRONG),
        (False, "true", False, PASSWORD, True),
    ],
)
def test_who_is_let_in(db, station, call, monkeypatch, own, of_installation, has_one, given, outcome):
    monkeypatch.setattr(station_passwords.get_settings(), "station_passwords_required", of_installation == "true")
    station.password_required = own
    station_passwords.set_password(db, station, PASSWORD if has_one else None)
    db.flush()
    answer = call(given)
    assert (is_let_in(answer) or answer) == outcome
    db.refresh(station)
    assert (station.online, station.connection_number) == ((True, 1) if outcome is True else (False, 0))


@pytest.mark.parametrize(
    ("kept", "sent"),
    [
        (PASSWORD, PASSWORD.encode()),
        (HEXADECIMAL, HEXADECIMAL.encode()),
        (HEXADECIMAL, HEXADECIMAL.lower().encode()),
        (HEXADECIMAL, HEXADECIMAL.upper().encode()),
        (HEXADECIMAL, bytes.fromhex(HEXADECIMAL)),
        ("0123456789abcdef", b"0123456789ABCDEF"),
        (f"{'f' * 31}x", f"{'f' * 31}x".encode()),
    ],
)
def test_the_writings_of_one_password(db, station, call, kept, sent):
    station_passwords.set_password(db, station, kept)
    db.flush()
    assert is_let_in(call(sent))


@pytest.mark.parametrize(
    "sent",
    [b"", PASSWORD.upper().encode(), PASSWORD.encode() + b"\0", PASSWORD[:-1].encode(), b"\xff" * 20, b"x" * 10_000],
)
@pytest.mark.usefixtures("with_password")
def test_any_other_is_wrong(call, sent):
    assert call(sent) is Refusal.WRONG


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", PasswordFault.TOO_SHORT),
        ("x" * 15, PasswordFault.TOO_SHORT),
        ("x" * 41, PasswordFault.TOO_LONG),
        ("x" * 15 + " ", PasswordFault.UNWRITABLE),
        ("x" * 15 + "ø", PasswordFault.UNWRITABLE),
        ("x" * 15 + "\n", PasswordFault.UNWRITABLE),
    ],
)
def test_a_password_that_no_station_can_keep_is_refused(db, station, password, fault):
    with pytest.raises(PasswordError) as refused:
        station_passwords.set_password(db, station, password)
    assert (refused.value.fault, station.password_hash) == (fault, None)


def test_passwords_that_are_made_are_good_and_never_the_same():
    made = {station_passwords.new_password() for _ in range(100)}
    assert len(made) == 100
    for password in made:
        station_passwords.check(password)


@pytest.mark.usefixtures("with_password")
def test_nothing_in_the_database_is_the_password_or_the_same_for_two_stations(db, station):
    other = Station(site_id=station.site_id, name="other", charge_box_id="other")
    db.add(other)
    station_passwords.set_password(db, other, PASSWORD)
    assert PASSWORD not in station.password_hash
    assert other.password_hash[32:] != station.password_hash[32:]


@pytest.mark.usefixtures("with_password")
def test_a_copy_of_the_database_is_worth_nothing_without_the_installations_secret(call):
    with using(SECRET_KEY="that of somebody who copied the database"):
        foreign = station_passwords.keys_of(PASSWORD.encode())
    assert set(foreign).isdisjoint(station_passwords.keys_of(PASSWORD.encode()))


@pytest.mark.usefixtures("with_password")
def test_five_wrong_ones_lock_the_address_for_a_while_and_are_told_of_once(db, station, call):
    assert [call("wrong", minute / 10) for minute in range(5)] == [Refusal.WRONG] * 5
    assert [call("wrong", 1), call(PASSWORD, 2), call(PASSWORD, 5.3)] == [Refusal.LOCKED] * 3
    assert events(db) == [("station_locked", {"remote_address": HERE, "failures": 5})]
    assert is_let_in(call(PASSWORD, 5.5))
    # From here on five more are needed.
    assert [call("wrong", 6) for _ in range(4)] == [Refusal.WRONG] * 4
    assert is_let_in(call(PASSWORD, 6))
    assert len(events(db)) == 1


@pytest.mark.usefixtures("with_password")
def test_after_a_lock_counting_begins_anew(db, call):
    for minute in range(5):
        call("wrong", minute / 10)
    assert [call("wrong", 10) for _ in range(5)] == [Refusal.WRONG] * 5
    assert call("wrong", 10) is Refusal.LOCKED
    assert len(events(db)) == 2


@pytest.mark.usefixtures("with_password")
def test_who_guesses_from_elsewhere_does_not_lock_out_the_station(call):
    for _ in range(6):
        call("wrong", address=THERE)
    assert call(PASSWORD, address=THERE) is Refusal.LOCKED
    assert is_let_in(call(PASSWORD, address=HERE))
    assert call(PASSWORD, address=THERE) is Refusal.LOCKED


@pytest.mark.usefixtures("with_password")
def test_neighbours_in_ipv6_are_one_address(call):
    for number in range(5):
        call("wrong", address=f"2001:db8::{number}")
    assert call(PASSWORD, address="2001:db8::ffff:9") is Refusal.LOCKED
    assert is_let_in(call(PASSWORD, address="2001:db8:0:1::9"))
    assert is_let_in(call(PASSWORD, address=None))


@pytest.mark.usefixtures("with_password")
def test_few_rows_are_kept_of_many_addresses(db, call):
    for number in range(20):
        call("wrong", minutes=number * 10, address=f"203.0.113.{number}")
    assert len(db.scalars(select(StationPasswordFailure)).all()) == 7


@pytest.mark.usefixtures("with_password")
def test_a_new_password_ends_the_lock(db, station, call):
    for _ in range(5):
        call("wrong")
    station_passwords.set_password(db, station, HEXADECIMAL)
    db.flush()
    assert is_let_in(call(HEXADECIMAL))


@pytest.mark.usefixtures("with_password")
def test_the_usual_case_takes_one_statement(db, call):
    for given in (PASSWORD, None):
        with recorded() as statements:
            assert is_let_in(call(given))
        assert len(statements) == 1


@pytest.fixture
def changed(db, station):
    """The station answered to a change of its key."""

    def change(value, state=CommandState.ACCEPTED, key="AuthorizationKey"):
        station.online = True
        parameters = {"key": key, "value": value}
        command = commands.make(db, station, Action.CHANGE_CONFIGURATION, parameters, None, clock.now())
        command.state = CommandState.SENT
        db.flush()
        commands.complete(db, CommandReport(command.id, state, answered_at=NINE))
        db.refresh(command)
        station_passwords.heard_key_change(db, command, NINE)
        db.flush()
        db.refresh(station)
        return command.parameters

    return change


@pytest.mark.usefixtures("with_password")
def test_a_key_that_the_station_takes_is_its_password_and_the_one_before_holds_until_then(db, station, call, changed):
    assert changed(HEXADECIMAL) == {"key": "AuthorizationKey", "value": MASK}
    assert is_let_in(call(PASSWORD))
    assert call("wrong") is Refusal.WRONG
    assert is_let_in(call(HEXADECIMAL))
    assert call(PASSWORD) is Refusal.WRONG
    db.refresh(station)
    assert station.password_hash_before is None


@pytest.mark.usefixtures("with_password")
def test_two_new_keys_in_a_row_leave_the_one_that_the_station_came_with(call, changed):
    changed("x" * 16)
    changed(HEXADECIMAL)
    assert is_let_in(call(PASSWORD))
    assert is_let_in(call(HEXADECIMAL))
    assert [call(PASSWORD), call("x" * 16)] == [Refusal.WRONG] * 2


@pytest.mark.usefixtures("with_password")
@pytest.mark.parametrize("state", [CommandState.REJECTED, CommandState.FAILED, CommandState.TIMED_OUT])
def test_a_key_that_the_station_refuses_changes_nothing_and_is_forgotten(call, changed, state):
    assert changed(HEXADECIMAL, state) == {"key": "AuthorizationKey", "value": MASK}
    assert call(HEXADECIMAL) is Refusal.WRONG
    assert is_let_in(call(PASSWORD))


@pytest.mark.usefixtures("with_password")
def test_an_empty_key_takes_the_password_away_and_other_parameters_are_no_passwords(station, changed):
    kept = station.password_hash
    assert changed("300", key="HeartbeatInterval") == {"key": "HeartbeatInterval", "value": "300"}
    assert station.password_hash == kept
    assert changed("", key="authorizationkey") == {"key": "authorizationkey", "value": MASK}
    assert (station.password_hash, station.password_hash_before) == (None, None)
