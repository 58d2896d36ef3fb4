"""Alarms of the installation itself, which are of no site: a part that is silent, a backup that failed.

Whoever serves requests looks at the others (launcher/watching.py): the timetable cannot tell that it is dead, nor can a
worker. Several may look at once: one alarm of each kind is all that the table takes. See
docs/decisions/the-portal-watches-itself.md.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from redis import Redis, RedisError
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain import backups, pulses
from domain.alarms.raising import tell
from domain.models import Alarm, AlarmKind
from domain.queue import COMMANDS, DEFAULT

PULSES: Mapping[AlarmKind, Callable[[Redis], datetime | None]] = {
    AlarmKind.CRON: pulses.of_cron,
    AlarmKind.WORKER: lambda connection: pulses.of_workers(connection, [DEFAULT]),
    AlarmKind.COMMAND_WORKER: lambda connection: pulses.of_workers(connection, [COMMANDS]),
}
LONGEST_REASON = Alarm.info.type.length

# The one that is there goes on, since when it began.
RAISE = text(
    "INSERT INTO alarm (kind, info, raised_at) VALUES (:kind, :info, :raised_at)"
    " ON CONFLICT (kind) WHERE site_id IS NULL DO UPDATE SET info = excluded.info, calm_since = NULL,"
    " times_raised = alarm.times_raised + (alarm.calm_since IS NOT NULL)::integer"
    " WHERE alarm.calm_since IS NOT NULL OR alarm.info IS DISTINCT FROM excluded.info RETURNING id"
)
CALM = text(
    "UPDATE alarm SET calm_since = :now WHERE site_id IS NULL AND kind = ANY(:kinds) AND calm_since IS NULL"
    " RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a part: since when, and why if anybody said so."""

    since: datetime
    reason: str | None = None


Found = Mapping[AlarmKind, Wrong | None]
"""What is known, and what is wrong with it; a part that is not named may be anything."""


class Watch:
    """What one process hears of the others. A silence counts from when it began to listen, and anew after each time
    that Redis did not answer, so that neither a start nor Redis makes silent whoever had no time to speak."""

    def __init__(self, connection: Redis, silence: timedelta, now: datetime) -> None:
        self._connection = connection
        self._silence = silence
        self._redis_heard_at = now
        self._heard_at = dict.fromkeys(PULSES, now)

    def listen(self, now: datetime) -> Found:
        try:
            beats = {kind: beat(self._connection) for kind, beat in PULSES.items()}
        except RedisError:
            self._heard_at = dict.fromkeys(PULSES, now)
            # What was found before stands: behind a Redis that is away nobody is seen.
            return {AlarmKind.REDIS: wrong} if (wrong := self._judge(self._redis_heard_at, now)) else {}
        self._redis_heard_at = now
        for kind, heard_at in beats.items():
            if heard_at is not None:
                self._heard_at[kind] = max(self._heard_at[kind], heard_at)
        silent = {kind: self._judge(heard_at, now) for kind, heard_at in self._heard_at.items()}
        # One that is not silent yet is well only if it was heard while we listened.
        known = {kind: wrong for kind, wrong in silent.items() if wrong or self._is_fresh(beats[kind], now)}
        return {AlarmKind.REDIS: None, **known}

    def _judge(self, heard_at: datetime, now: datetime) -> Wrong | None:
        return Wrong(heard_at) if now - heard_at > self._silence else None

    def _is_fresh(self, heard_at: datetime | None, now: datetime) -> bool:
        return heard_at is not None and now - heard_at <= self._silence


def of_backups(db: Session, now: datetime, *, is_daily: bool) -> Found:
    """The last one failed, or where each day should bring one, none is new enough."""
    last = backups.latest(db)
    if last is not None and last.error is not None and last.ended_at is not None:
        return {AlarmKind.BACKUP: Wrong(last.ended_at, last.error)}
    due_since = backups.overdue_since(db, now) if is_daily else None
    return {AlarmKind.BACKUP: Wrong(due_since) if due_since else None}


def judge(db: Session, found: Found, now: datetime) -> None:
    """Raise what is wrong; what is well again is calm, and over a minute later."""
    changed = [kind for kind, wrong in found.items() if wrong and _raise(db, kind, wrong)]
    calmed = _calm(db, [kind for kind, wrong in found.items() if wrong is None], now)
    if changed or calmed:
        tell(db, [None])


def _raise(db: Session, kind: AlarmKind, wrong: Wrong) -> bool:
    reason = wrong.reason and wrong.reason[:LONGEST_REASON]
    told = {"kind": kind.value, "info": reason, "raised_at": wrong.since}
    return db.execute(RAISE, told).first() is not None


def _calm(db: Session, kinds: Iterable[AlarmKind], now: datetime) -> bool:
    told = {"now": now, "kinds": [kind.value for kind in kinds]}
    return db.execute(CALM, told).first() is not None
