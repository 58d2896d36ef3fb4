"""What is kept for how long, in one table; a job forgets the rest each night.

What is partitioned goes by whole months or days. Charging sessions stay: they are the books, and what charts are added
up from. What goes from them is the person.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import String, and_, cast, func, select, update
from sqlalchemy.orm import Session

from config import get_settings
from domain import old_commands, partitions, station_files
from domain.alarm_mail import outbox as alarm_outbox
from domain.alarms import acknowledging
from domain.models import (
    AlarmHistory,
    ChargingSession,
    Event,
    Kept,
    Message,
    MeterValue,
    OutletStateChange,
    Retention,
)
from domain.services import outbox

LONGEST_DAYS = 36_500
LEAST_DAYS: Mapping[Kept, int] = {
    Kept.MESSAGES: 1,
    Kept.EVENTS: 30,
    Kept.ALARMS: 30,
    Kept.METER_VALUES: 62,
    Kept.STATES: 62,
    Kept.COMMANDS: 31,
    Kept.DELIVERIES: outbox.GIVEN_UP_AFTER.days + 1,
    Kept.MAILS: alarm_outbox.GIVEN_UP_AFTER.days + 1,
    Kept.FILES: 1,
    Kept.PERSONS: 31,
}
"""A charge that is settled late still needs its meter values; who pays must be known when the month is billed. Below a
site, and where a ranking begins within a month, uptime is counted from the states themselves: this month and the last
are always there. What a service or a mail server did not take yet is tried again until it is given up."""
TABLES = {
    Kept.MESSAGES: Message.__tablename__,
    Kept.EVENTS: Event.__tablename__,
    Kept.ALARMS: AlarmHistory.__tablename__,
    Kept.METER_VALUES: MeterValue.__tablename__,
    Kept.STATES: OutletStateChange.__tablename__,
}
ERASED = "deleted-"
"""What stands before a session's number in place of the tag of somebody who was forgotten."""
WITHOUT_PERSON = {
    "user_id": None,
    "email": None,
    # The tag stands in a unique index together with the start, so each session gets something of its own instead.
    "id_token": func.concat(ERASED, cast(ChargingSession.id, String)),
}
SESSIONS_AT_ONCE = 50_000
"""More than four times what ten thousand stations make on a day."""


@dataclass(frozen=True)
class Forgotten:
    """What a night has taken away."""

    partitions: list[str]
    files: int
    sessions: int
    """That have lost their person."""
    commands: int
    deliveries: int
    mails: int

    def __bool__(self) -> bool:
        return any(astuple(self))


def days_of(db: Session) -> dict[Kept, int | None]:
    """For each kind the days for which it is kept; None is for ever."""
    settings = get_settings()
    usual: dict[Kept, int | None] = dict.fromkeys(Kept, None)
    usual |= {Kept.MESSAGES: max(settings.message_log_days, 1), Kept.FILES: settings.file_days}
    usual |= {Kept.DELIVERIES: 14, Kept.MAILS: 30}
    return usual | {row.kept: row.days for row in db.scalars(select(Retention))}


def decide(db: Session, kept: Kept, days: int | None) -> None:
    """Keep something for so many days. Raises ValueError if that is too short or too long."""
    if days is not None and not LEAST_DAYS[kept] <= days <= LONGEST_DAYS:
        raise ValueError(days)
    row = db.get(Retention, kept) or Retention(kept=kept)
    row.days = days
    db.add(row)


def forget(db: Session, now: datetime) -> Forgotten:
    """Take away what is past its time; the database session is the owner's, since partitions are dropped."""
    oldest = {kept: now - timedelta(days=days) for kept, days in days_of(db).items() if days is not None}
    dropped = [
        name
        for kept, table in TABLES.items()
        if kept in oldest
        for name in partitions.drop_before(db, table, oldest[kept])
    ]
    if dropped:
        acknowledging.forget_remarks(db)
    if Kept.STATES in oldest:
        begin = partitions.kept_from(TABLES[Kept.STATES], oldest[Kept.STATES])
        decided = db.get_one(Retention, Kept.STATES)
        decided.done_until = max(filter(None, (begin, decided.done_until)))
    files = station_files.forget_before(db, oldest[Kept.FILES]) if Kept.FILES in oldest else 0
    sessions = _forget_persons(db, oldest[Kept.PERSONS]) if Kept.PERSONS in oldest else 0
    asked = old_commands.forget_before(db, oldest[Kept.COMMANDS]) if Kept.COMMANDS in oldest else 0
    told = outbox.forget_before(db, oldest[Kept.DELIVERIES]) if Kept.DELIVERIES in oldest else 0
    mails = alarm_outbox.forget_before(db, oldest[Kept.MAILS]) if Kept.MAILS in oldest else 0
    return Forgotten(dropped, files, sessions, asked, told, mails)


def _forget_persons(db: Session, before: datetime) -> int:
    """Take the person out of the sessions that were logged before; returns how many those are.

    A night looks at what no night has looked at yet, and at most at `SESSIONS_AT_ONCE`; one that still charges waits,
    and all that were logged after it.
    """
    decided = db.get_one(Retention, Kept.PERSONS)
    running = select(func.min(ChargingSession.logged_at)).where(ChargingSession.ended_at.is_(None))
    until = min(filter(None, (before, db.scalar(running))))
    known = ~ChargingSession.id_token.startswith(ERASED)
    of_tonight = and_(ChargingSession.logged_at < until, known)
    if decided.done_until is not None:
        of_tonight &= ChargingSession.logged_at >= decided.done_until
    some = select(ChargingSession.id, ChargingSession.logged_at).where(of_tonight).order_by(ChargingSession.logged_at)
    rows = db.execute(some.limit(SESSIONS_AT_ONCE)).all()
    decided.done_until = until if len(rows) < SESSIONS_AT_ONCE else rows[-1].logged_at
    forgotten = update(ChargingSession).where(ChargingSession.id.in_([row.id for row in rows]))
    options = {"synchronize_session": False, "audit": "the table of retention tells it"}
    done = forgotten.values(WITHOUT_PERSON).returning(ChargingSession.id).execution_options(**options)
    return len(db.scalars(done).all())


def oldest(db: Session) -> dict[Kept, date]:
    """The first month or day of which there is something, of what is partitioned."""
    found = {kept: partitions.oldest(db, table) for kept, table in TABLES.items()}
    return {kept: day for kept, day in found.items() if day is not None}
