from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from domain import partitions
from domain.db import owner_session_factory
from domain.models import Event


@pytest.fixture
def db(db):
    """A session of the tables' owner: the application makes no partitions."""
    with owner_session_factory()() as session:
        yield session


def test_months_are_made_once_and_three_ahead(db):
    made = partitions.ensure(db, date(2031, 11, 30))
    assert made == [
        f"{table}_p{month}" for table in partitions.PARTITIONED for month in ("203111", "203112", "203201", "203202")
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


def test_names_of_partitions_are_told_from_tables():
    assert [partitions.is_partition(name) for name in ("event", "event_default", "meter_value_p203105", "site")] == [
        False, True, True, False,
    ]  # fmt: skip
