"""Files that are made regularly: when the next is due, and that each is made once.

A run is taken by moving `next_run_at` on in the transaction that writes the file's row, while the schedule is locked:
whoever else looks at the same time finds it locked or moved. What was missed while nothing ran is made up for once.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import export_files
from domain.errors import DomainError
from domain.export_files import Wanted
from domain.models import ExportEvery, ExportFault, ExportFile, ExportSchedule, PortalUser
from domain.partitions import next_month
from domain.time_zones import zone_of

MOST = 20
"""Of one user."""
MOST_AT_ONCE = 100
DAYS_OF_WEEK = 7
LONGEST_MONTH = 31
HOURS = 24


class TooManySchedulesError(DomainError):
    """The user has `MOST` already."""


@dataclass(frozen=True, slots=True)
class When:
    """How often, and when on the user's clock."""

    every: ExportEvery
    on_day: int
    """Of the week, from Monday (1), or of the month; a shorter month has it on its last. Nothing for each day."""
    hour: int

    def __post_init__(self) -> None:
        longest = {ExportEvery.DAY: LONGEST_MONTH, ExportEvery.WEEK: DAYS_OF_WEEK, ExportEvery.MONTH: LONGEST_MONTH}
        if not (1 <= self.on_day <= longest[self.every] and 0 <= self.hour < HOURS):
            raise ValueError(self)

    def next_after(self, after: datetime, zone: ZoneInfo) -> datetime:
        """The first such moment after this one, in UTC. An hour that clocks skip comes as soon as they have."""
        day = after.astimezone(zone).date()
        while (moment := self._on(self._from(day), zone)) <= after:
            day = self._from(day) + timedelta(days=1)
        return moment

    def _on(self, day: date, zone: ZoneInfo) -> datetime:
        return datetime(day.year, day.month, day.day, self.hour, tzinfo=zone).astimezone(UTC)

    def _from(self, day: date) -> date:
        """The first day from this one on that it is due."""
        if self.every is ExportEvery.DAY:
            return day
        if self.every is ExportEvery.WEEK:
            return day + timedelta(days=(self.on_day - day.isoweekday()) % DAYS_OF_WEEK)
        due = _in_month(day, self.on_day)
        return due if due >= day else _in_month(next_month(day.replace(day=1)), self.on_day)


def _in_month(day: date, number: int) -> date:
    return day.replace(day=min(number, monthrange(day.year, day.month)[1]))


def when_of(schedule: ExportSchedule) -> When:
    return When(schedule.every, schedule.on_day, schedule.hour)


def of_user(db: Session, user_id: int) -> Sequence[ExportSchedule]:
    """The oldest first."""
    mine = select(ExportSchedule).where(ExportSchedule.user_id == user_id)
    return db.scalars(mine.order_by(ExportSchedule.id)).all()


def find(db: Session, user_id: int, schedule_id: int) -> ExportSchedule | None:
    mine = select(ExportSchedule).where(ExportSchedule.id == schedule_id, ExportSchedule.user_id == user_id)
    return db.scalar(mine.with_for_update())


def add(db: Session, schedule: ExportSchedule, now: datetime) -> None:
    """Raises TooManySchedulesError."""
    user = db.scalars(select(PortalUser).where(PortalUser.id == schedule.user_id).with_for_update()).one()
    if len(of_user(db, user.id)) >= MOST:
        raise TooManySchedulesError
    schedule.next_run_at = when_of(schedule).next_after(now, zone_of(user.time_zone))
    db.add(schedule)
    db.flush()


def reset(db: Session, schedule: ExportSchedule, now: datetime) -> None:
    """After its time was changed, or it was paused: nothing is made up for."""
    user = db.get_one(PortalUser, schedule.user_id)
    schedule.next_run_at = when_of(schedule).next_after(now, zone_of(user.time_zone))


def remove(db: Session, schedule: ExportSchedule) -> None:
    db.delete(schedule)


def take_due(db: Session, now: datetime) -> list[int]:
    """The files of what is due, each to be made and delivered by a job of its own once this is committed."""
    due = (
        select(ExportSchedule)
        .where(~ExportSchedule.is_paused, ExportSchedule.next_run_at <= now)
        .order_by(ExportSchedule.next_run_at)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    files = []
    for schedule in db.scalars(due).all():
        reset(db, schedule, now)
        files.append(run(db, schedule, now, is_limited=False).id)
    return files


def run(db: Session, schedule: ExportSchedule, now: datetime, *, is_limited: bool) -> ExportFile:
    """The row of one run, whether it is due or somebody wants it now. Raises TooManyExportsError if limited."""
    user = db.get_one(PortalUser, schedule.user_id)
    language = user.language or schedule.language
    wanted = Wanted(
        schedule.title, schedule.file_type, schedule.table_name, schedule.query, language, zone_of(user.time_zone).key
    )
    return export_files.ask(db, schedule.user_id, wanted, now, schedule.id, is_limited=is_limited)


def note(db: Session, schedule_id: int, fault: ExportFault | None, now: datetime) -> ExportSchedule | None:
    """What became of a run; None if the schedule is gone."""
    schedule = db.get(ExportSchedule, schedule_id, with_for_update=True)
    if schedule is not None:
        schedule.last_run_at, schedule.last_fault = now, fault
        schedule.failures = 0 if fault is None else schedule.failures + 1
    return schedule
