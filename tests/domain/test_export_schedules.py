"""When regular exports are due, and that each run is made once."""

from datetime import UTC, datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import export_schedules
from domain.db import session_factory
from domain.export_schedules import MOST, TooManySchedulesError, When
from domain.models import ExportEvery, ExportFile, ExportSchedule, ExportTarget, PortalUser

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
DAY, WEEK, MONTH = ExportEvery


@pytest.fixture
def user(db: Session) -> PortalUser:
    user = PortalUser(first_name="I", last_name="H", username="i@x.example", email="i@x.example", active=True)
    db.add(user)
    db.commit()
    return user


def schedule(user: PortalUser, **more: object) -> ExportSchedule:
    usual = {"title": "Mine", "file_type": "csv", "table_name": "ChargingSessionView", "query": "", "language": "en"}
    usual |= {"every": DAY, "on_day": 1, "hour": 6, "target": ExportTarget.MAIL}
    return ExportSchedule(user_id=user.id, **usual | more)


@pytest.mark.parametrize(
    ("every", "on_day", "after", "due"),
    [
        (DAY, 1, "2026-11-29 05:59", "2026-11-29 06:00"),
        (DAY, 1, "2026-11-29 06:00", "2026-11-30 06:00"),
        (WEEK, 1, "2026-11-29 12:00", "2026-11-30 06:00"),
        (WEEK, 7, "2026-11-29 06:00", "2026-12-06 06:00"),
        (MONTH, 1, "2026-11-29 12:00", "2026-12-01 06:00"),
        (MONTH, 31, "2026-11-29 12:00", "2026-11-30 06:00"),
        (MONTH, 31, "2026-11-30 06:00", "2026-12-31 06:00"),
        (MONTH, 30, "2027-01-30 06:00", "2027-02-28 06:00"),
        # The clock in Copenhagen goes from 2 to 3 that night, and from 3 to 2 in October.
        (DAY, 1, "2026-03-28 12:00", "2026-03-29 06:00"),
        (DAY, 1, "2026-10-24 12:00", "2026-10-25 06:00"),
    ],
)
def test_it_is_due_on_the_users_clock(every: ExportEvery, on_day: int, after: str, due: str) -> None:
    at = datetime.fromisoformat(after).replace(tzinfo=COPENHAGEN)
    found = When(every, on_day, 6).next_after(at.astimezone(UTC), COPENHAGEN)
    assert f"{found.astimezone(COPENHAGEN):%Y-%m-%d %H:%M}" == due


@given(
    after=st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)),
    every=st.sampled_from(ExportEvery),
    on_day=st.integers(1, 7),
    hour=st.integers(0, 23),
)
def test_runs_come_one_after_the_other_and_never_too_far_apart(
    after: datetime, every: ExportEvery, on_day: int, hour: int
) -> None:
    when = When(every, on_day, hour)
    first = when.next_after(after, COPENHAGEN)
    second = when.next_after(first, COPENHAGEN)
    longest = {DAY: timedelta(days=1), WEEK: timedelta(days=7), MONTH: timedelta(days=31)}[every] + timedelta(hours=2)
    assert after < first < second
    assert first - after <= longest and second - first <= longest


@pytest.mark.parametrize(("every", "on_day", "hour"), [(WEEK, 8, 6), (MONTH, 32, 6), (DAY, 1, 24), (DAY, 0, 6)])
def test_what_cannot_be_is_refused(every: ExportEvery, on_day: int, hour: int) -> None:
    with pytest.raises(ValueError, match="When"):
        When(every, on_day, hour)


def test_what_is_due_is_taken_once_however_many_look(db: Session, user: PortalUser) -> None:
    for _number in range(5):
        export_schedules.add(db, schedule(user), NOW - timedelta(days=3))
    db.commit()
    taken: list[int] = []

    def look() -> None:
        with session_factory().begin() as own:
            taken.extend(export_schedules.take_due(own, NOW))

    threads = [Thread(target=look) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    look()
    files = db.scalars(select(ExportFile.id)).all()
    assert sorted(taken) == sorted(files) and len(files) == 5
    db.expire_all()
    # Three days were missed, and are made up for once.
    assert {one.next_run_at for one in db.scalars(select(ExportSchedule))} == {datetime(2026, 11, 30, 5, tzinfo=UTC)}


def test_what_was_not_committed_is_still_due(db: Session, user: PortalUser) -> None:
    export_schedules.add(db, schedule(user), NOW - timedelta(days=1))
    db.commit()
    with session_factory()() as own:
        assert len(export_schedules.take_due(own, NOW)) == 1
    with session_factory().begin() as own:
        assert len(export_schedules.take_due(own, NOW)) == 1


def test_a_paused_one_is_not_due(db: Session, user: PortalUser) -> None:
    export_schedules.add(db, schedule(user, is_paused=True), NOW - timedelta(days=1))
    assert export_schedules.take_due(db, NOW) == []


def test_there_are_only_so_many(db: Session, user: PortalUser) -> None:
    for _number in range(MOST):
        export_schedules.add(db, schedule(user), NOW)
    with pytest.raises(TooManySchedulesError):
        export_schedules.add(db, schedule(user), NOW)
