from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from domain import partitions
from domain.db import owner_session_factory
from domain.models import Authorization, ChargingChange, ChargingSession, Direction, Event, Message, MessageKind


@pytest.fixture
def db(db):
    """A session of the tables' owner: the application makes no partitions."""
    with owner_session_factory()() as session:
        yield session


def test_months_are_made_once_and_three_ahead(db):
    made = partitions.ensure(db, date(2031, 11, 30))
    assert made == [
        f"{table}_p{month}" for table in partitions.MONTHLY for month in ("203111", "203112", "203201", "203202")
    ]
    assert partitions.ensure(db, date(2031, 11, 1)) == []


def test_what_waited_in_the_default_partition_moves_to_its_month(db):
    inside, outside = datetime(2031, 5, 31, 23, 59, 59, tzinfo=UTC), datetime(2031, 6, 1, tzinfo=UTC)
    events = [Event(happened_at=at, kind="test", details={}) for at in (inside, outside)]
    db.add_all(events)
    db.flush()

    partitions.ensure(db, date(2031, 5, 1), date(2031, 5, 1))

    def where(event: Event) -> str:
        found = text("SELECT tableoid::regclass::text FROM event WHERE id = :id")
        return db.scalar(found, {"id": event.id})

    assert [where(event) for event in events] == ["event_p203105", "event_default"]


def test_a_charge_moves_to_its_month_and_no_trigger_hears_of_it(db):
    started_at = datetime(2031, 5, 9, 12, tzinfo=UTC)
    place = {"node_id": 1, "site_id": 1, "outlet_id": 1, "site_name": "", "station_name": "", "outlet_number": 1}
    charge = {"authorization": Authorization.RFID, "id_token": "", "meter_start_wh": 0}
    db.add(ChargingSession(started_at=started_at, logged_at=started_at, **place, **charge))
    db.flush()
    noted = db.scalar(select(func.count(ChargingChange.id)))

    partitions.ensure(db, date(2031, 5, 1), date(2031, 5, 1))

    where = text("SELECT tableoid::regclass::text FROM charging_session")
    assert db.scalars(where).all() == ["charging_session_p203105"]
    assert db.scalar(select(func.count(ChargingChange.id))) == noted == 1
    db.execute(update(ChargingSession).values(energy_wh=1))
    assert db.scalar(select(func.count(ChargingChange.id))) == 3, "in its new place it is watched again"


def test_days_of_the_message_log_are_made_a_week_ahead(db):
    days = [f"message_p203112{day}" for day in range(24, 32)]
    assert partitions.ensure_days(db, date(2031, 12, 24)) == days
    assert partitions.ensure_days(db, date(2031, 12, 26)) == ["message_p20320101", "message_p20320102"]


def message(at: datetime) -> Message:
    return Message(at=at, station_id=1, direction=Direction.IN, kind=MessageKind.CALL, frame="")


def test_messages_of_more_than_thirty_days_are_dropped_with_their_day(db):
    for day in (1, 2, 3):
        partitions.ensure_days(db, date(2021, 10, day))
    kept = [datetime(2021, 10, 2, tzinfo=UTC), datetime(2021, 10, 31, 12, tzinfo=UTC)]
    dropped = [datetime(2021, 10, 1, 23, 59, 59, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)]
    db.add_all(message(at) for at in dropped + kept)
    db.flush()

    now = datetime(2021, 11, 1, 3, 27, tzinfo=UTC)
    assert partitions.drop_before(db, "message", now - timedelta(days=30)) == ["message_p20211001"]
    assert list(db.scalars(select(Message.at).order_by(Message.at))) == kept
    assert partitions.drop_before(db, "message", now - timedelta(days=30)) == []


def test_names_of_partitions_are_told_from_tables():
    assert [partitions.is_partition(name) for name in ("event", "event_default", "meter_value_p203105", "site")] == [
        False, True, True, False,
    ]  # fmt: skip
