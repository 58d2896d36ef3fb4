"""What is forgotten when, and what stays."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import old_commands, partitions, retention
from domain.charts import state_source
from domain.db import owner_session_factory
from domain.models import (
    Action,
    Alarm,
    AlarmHistory,
    AlarmKind,
    AlarmRemark,
    ChargingSession,
    Command,
    CommandBatch,
    CommandState,
    Event,
    Kept,
    MeterValue,
    OutletStateChange,
    Retention,
    Service,
    ServiceDelivery,
    ServiceKind,
    Site,
)
from domain.retention import LEAST_DAYS
from domain.statuses import OutletState

NOW = datetime(2021, 11, 20, 3, 27, tzinfo=UTC)


@pytest.fixture
def owner(db: Session) -> Iterator[Session]:
    """Whose months go as far back as these tests; what it does is taken back."""
    with owner_session_factory()() as session:
        partitions.ensure(session, datetime(2021, 1, 1).date(), NOW.date())
        yield session


def session_of(number: int, days_ago: float, *, ended: bool = True) -> ChargingSession:
    at = NOW - timedelta(days=days_ago)
    return ChargingSession(
        started_at=at,
        ended_at=at + timedelta(hours=1) if ended else None,
        logged_at=at,
        node_id=1,
        site_id=1,
        outlet_id=1,
        site_name="Harbour",
        station_name="H",
        outlet_number=1,
        authorization=1,
        id_token=f"tag-{number}",
        email="mads@example.com",
        meter_start_wh=number,
        energy_wh=1000 if ended else None,
    )


def persons(db: Session) -> list[tuple[str, str | None]]:
    columns = select(ChargingSession.id_token, ChargingSession.email).order_by(ChargingSession.meter_start_wh)
    return [(token.split("-")[0], email) for token, email in db.execute(columns)]


def test_whole_months_go_and_what_is_partly_young_stays(owner: Session) -> None:
    days = (290, 230, 200, 185, 20)
    owner.add_all(Event(kind="k", happened_at=NOW - timedelta(days=each)) for each in days)
    owner.flush()
    retention.decide(owner, Kept.EVENTS, 200)
    forgotten = retention.forget(owner, NOW)
    # Two hundred days before are in May.
    assert forgotten.partitions == [f"event_p2021{month:02}" for month in (1, 2, 3, 4)]
    kept = owner.scalars(select(Event.happened_at).filter_by(kind="k").order_by(Event.happened_at)).all()
    assert [(NOW - at).days for at in kept] == [200, 185, 20]
    assert retention.oldest(owner)[Kept.EVENTS] == datetime(2021, 5, 1).date()
    assert not retention.forget(owner, NOW)


def test_alarms_that_are_over_go_with_what_was_said_of_them(owner: Session) -> None:
    site = Site(name="Where alarms were")
    owner.add(site)
    owner.flush()
    told = {"site_id": site.id, "site_name": site.name, "kind": AlarmKind.FUSE}
    for number, days in ((1, 290), (2, 20)):
        at = NOW - timedelta(days=days)
        owner.add(AlarmHistory(id=number, raised_at=at, cleared_at=at, **told))
        owner.add(AlarmRemark(alarm_id=number, acknowledges=True, note="", remarked_at=at))
    lasting = Alarm(raised_at=NOW - timedelta(days=400), **told)
    owner.add(lasting)
    owner.flush()
    owner.add(AlarmRemark(alarm_id=lasting.id, acknowledges=False, note="", remarked_at=NOW - timedelta(days=399)))
    owner.flush()
    retention.decide(owner, Kept.ALARMS, 200)
    assert retention.forget(owner, NOW).partitions
    assert owner.scalars(select(AlarmHistory.id)).all() == [2]
    assert set(owner.scalars(select(AlarmRemark.alarm_id))) == {2, lasting.id}


def command_of(days_ago: float, **more: object) -> Command:
    at = NOW - timedelta(days=days_ago)
    told = {"site_id": 1, "station_id": 1, "action": Action.RESET, "state": CommandState.ACCEPTED, "deadline_at": at}
    return Command(created_at=at, **told | more)


def test_commands_that_are_over_go_the_oldest_first_and_with_the_last_its_batch(
    owner: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_commands, "AT_ONCE", 2)
    long_ago = {"created_at": NOW - timedelta(days=100), "action": Action.RESET, "stations": 2}
    batch = CommandBatch(**long_ago)
    owner.add(batch)
    owner.flush()
    waiting = command_of(100, state=CommandState.QUEUED)
    owner.add_all([command_of(100, batch_id=batch.id), command_of(99), command_of(98, batch_id=batch.id), waiting])
    owner.add(command_of(39))
    owner.flush()
    retention.decide(owner, Kept.COMMANDS, 40)
    assert retention.forget(owner, NOW).commands == 2
    assert owner.scalars(select(CommandBatch.id)).all() == [batch.id]
    assert retention.forget(owner, NOW).commands == 1
    assert not retention.forget(owner, NOW)
    assert owner.scalars(select(CommandBatch.id)).all() == []
    assert set(owner.scalars(select(Command.created_at))) == {waiting.created_at, NOW - timedelta(days=39)}


def test_what_services_were_told_is_kept_two_weeks_unless_somebody_decides(owner: Session) -> None:
    service = Service(kind=ServiceKind.WEBHOOK, name="Hook")
    owner.add(service)
    owner.flush()
    for days in (15, 13, 3):
        told = {"service_id": service.id, "message_id": uuid4(), "kind": "k", "subject": "s", "body": "{}"}
        owner.add(ServiceDelivery(**told, created_at=NOW - timedelta(days=days)))
    owner.flush()
    assert retention.forget(owner, NOW).deliveries == 1
    retention.decide(owner, Kept.DELIVERIES, 4)
    assert retention.forget(owner, NOW).deliveries == 1


def test_states_go_by_months_and_it_is_known_from_where_they_are_kept(owner: Session) -> None:
    for days in (290, 200, 20):
        at = NOW - timedelta(days=days)
        owner.add(OutletStateChange(id=days, at=at, outlet_id=1, node_id=1, site_id=1, after=OutletState.FAULT))
    owner.flush()
    assert state_source.history_since(owner) is None
    retention.decide(owner, Kept.STATES, 100)
    assert "outlet_state_change_p202105" in retention.forget(owner, NOW).partitions
    assert owner.scalars(select(OutletStateChange.id)).all() == [20]
    assert state_source.history_since(owner) == datetime(2021, 8, 1, tzinfo=UTC)
    retention.decide(owner, Kept.STATES, 1000)
    retention.forget(owner, NOW)
    # What is gone does not come back.
    assert state_source.history_since(owner) == datetime(2021, 8, 1, tzinfo=UTC)


def test_nothing_goes_that_nobody_decided(owner: Session) -> None:
    at = NOW - timedelta(days=300)
    owner.add(Event(kind="k", happened_at=at))
    owner.add(MeterValue(received_at=at, measured_at=at, outlet_id=1, samples=[]))
    owner.add(session_of(1, 300))
    owner.flush()
    assert not retention.forget(owner, NOW)
    assert persons(owner) == [("tag", "mads@example.com")]
    assert retention.days_of(owner)[Kept.METER_VALUES] is None


def test_the_person_goes_and_the_energy_stays(owner: Session) -> None:
    owner.add_all([session_of(1, 100), session_of(2, 41), session_of(3, 39)])
    owner.flush()
    retention.decide(owner, Kept.PERSONS, 40)
    assert retention.forget(owner, NOW).sessions == 2
    owner.expire_all()
    assert persons(owner) == [("deleted", None), ("deleted", None), ("tag", "mads@example.com")]
    assert owner.scalars(select(ChargingSession.energy_wh)).all() == [1000, 1000, 1000]
    assert retention.forget(owner, NOW).sessions == 0
    assert retention.forget(owner, NOW + timedelta(days=2)).sessions == 1


def test_one_that_still_charges_keeps_its_person_until_it_has_ended(owner: Session) -> None:
    running = session_of(2, 60, ended=False)
    owner.add_all([session_of(1, 100), running, session_of(3, 50)])
    owner.flush()
    retention.decide(owner, Kept.PERSONS, 40)
    assert retention.forget(owner, NOW).sessions == 1
    assert [token for token, _email in persons(owner)] == ["deleted", "tag", "tag"]
    running.ended_at = NOW
    owner.flush()
    assert retention.forget(owner, NOW).sessions == 2


def test_a_night_takes_only_so_many_and_the_next_goes_on(owner: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "SESSIONS_AT_ONCE", 4)
    owner.add_all(session_of(number, 100 - number) for number in range(10))
    owner.flush()
    retention.decide(owner, Kept.PERSONS, 40)
    nights = [retention.forget(owner, NOW).sessions for _night in range(5)]
    assert sum(nights) == 10 and nights[-1] == 0
    assert {token for token, _email in persons(owner)} == {"deleted"}


@pytest.mark.parametrize("kept", Kept)
def test_too_short_is_refused(owner: Session, kept: Kept) -> None:
    for days in (LEAST_DAYS[kept] - 1, 0, -1, 36_501):
        with pytest.raises(ValueError, match=str(days)):
            retention.decide(owner, kept, days)
    retention.decide(owner, kept, None)
    retention.decide(owner, kept, LEAST_DAYS[kept])
    owner.flush()
    assert [row.days for row in owner.scalars(select(Retention))] == [LEAST_DAYS[kept]]
