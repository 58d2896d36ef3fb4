"""A secret on its way to a station stands nowhere in the clear but in the order itself."""

import pytest
from sqlalchemy import text

from domain import asking, batches, fulfilment, sealed_parameters, station_passwords
from domain.asking import IfOffline
from domain.models import Action, Command, CommandReason, CommandState
from domain.problems import ParametersError
from domain.reports import CommandReport, TakeCommandReport
from domain.sealed_parameters import sealed, unsealed, value_of
from domain.secret_parameters import MASK
from tests.domain.conftest import NINE, after
from tests.fixtures.environment import using

KEY = "0123456789abcdef0123"


@pytest.fixture
def asked(db, station):
    def ask(key="AuthorizationKey", value=KEY):
        station.online, station.connection_number = True, 1
        parameters = {"key": key, "value": value}
        return asking.ask(db, station, Action.CHANGE_CONFIGURATION, parameters, None, NINE, IfOffline.FAIL)

    return ask


def order_of(db, station):
    [order] = fulfilment.take(db, [TakeCommandReport(station.id, 1, after(0.1))])
    return order


def test_it_is_sealed_when_it_is_asked_for_and_open_when_it_is_sent(db, station, asked):
    command = asked()
    db.flush()
    stored = db.scalar(text("SELECT parameters::text FROM command WHERE id = :id"), {"id": command.id})
    assert KEY not in stored
    assert order_of(db, station).parameters == {"key": "AuthorizationKey", "value": KEY}


def test_the_password_follows_it_and_nothing_of_it_stays(db, station, asked):
    command = asked()
    order_of(db, station)
    answer = {"status": "Accepted"}
    accepted = CommandReport(command.id, CommandState.ACCEPTED, None, answer, after(0.2), {"status": "accepted"})
    assert fulfilment.complete(db, accepted)
    db.refresh(command)
    db.refresh(station)
    assert command.parameters == {"key": "AuthorizationKey", "value": MASK}
    keys = station_passwords.keys_of(KEY.encode())
    matches = station_passwords._matches(type(station).password_hash, keys)
    assert db.query(matches).filter(type(station).id == station.id).scalar()


def test_what_is_no_secret_is_stored_as_it_is(db, station, asked):
    command = asked("HeartbeatInterval", "300")
    assert command.parameters == {"key": "HeartbeatInterval", "value": "300"}
    assert order_of(db, station).parameters == command.parameters


def test_under_another_secret_of_the_installation_it_cannot_be_sent(db, station, asked):
    with using(SECRET_KEY="the one before"):
        foreign = sealed({"key": "AuthorizationKey", "value": KEY})
    command = asked()
    command.parameters = foreign
    db.flush()
    assert order_of(db, station) is None
    db.refresh(command)
    assert (command.state, command.reason) == (CommandState.FAILED, CommandReason.GONE)


@pytest.mark.parametrize("parameters", [{}, {"key": "AuthorizationKey"}, {"key": "AuthorizationKey", "value": ""}])
def test_where_there_is_none_there_is_nothing_to_seal(parameters):
    assert sealed(parameters) == parameters


def test_a_mask_is_no_secret():
    masked = {"key": "AuthorizationKey", "value": MASK}
    assert sealed(masked) == masked
    assert sealed_parameters.opened(None, Command(parameters=masked), NINE) == {"value": MASK}


def test_what_looks_sealed_is_sent_as_it_was_typed(db, station, asked):
    once = sealed({"key": "AuthorizationKey", "value": KEY})
    twice = sealed(once)
    assert twice != once
    assert value_of(twice) == once["value"]
    asked("DisplayText", "sealed:tight")
    assert order_of(db, station).parameters == {"key": "DisplayText", "value": "sealed:tight"}


def test_a_batch_is_asked_again_with_the_same_secret(db, station, user):
    parameters = {"key": "AuthorizationKey", "value": KEY * 25}
    batch = batches.make(db, Action.CHANGE_CONFIGURATION, parameters, [station.id], user.id, NINE)
    anew = batches.again(db, batch, [station.id], user.id, NINE)
    assert anew.parameters["value"] != batch.parameters["value"]
    assert unsealed(anew.parameters) == unsealed(batch.parameters) == parameters


def test_under_another_secret_of_the_installation_a_batch_is_not_asked_again(db, station, user):
    parameters = {"key": "AuthorizationKey", "value": KEY}
    with using(SECRET_KEY="the one before"):
        batch = batches.make(db, Action.CHANGE_CONFIGURATION, parameters, [station.id], user.id, NINE)
    with pytest.raises(ParametersError, match="another SECRET_KEY"):
        batches.again(db, batch, [station.id], user.id, NINE)
