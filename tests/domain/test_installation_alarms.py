"""Alarms of the installation itself: who is silent, when it counts as silence, and backups that fail."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import rq
from redis import Redis
from rq.cron import CronScheduler
from rq.utils import utcformat
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import backups, live
from domain.alarms import installation
from domain.alarms.installation import Found, Watch, Wrong
from domain.alarms.sweeping import sweep
from domain.models import Alarm, AlarmHistory, AlarmKind, AuditEntry, Backup, BackupState
from domain.queue import COMMANDS, DEFAULT, get_redis
from domain.roles import RoleName
from domain.scope import Viewer, visible
from tests.domain.conftest import after

SILENCE = timedelta(minutes=3)
PARTS = {AlarmKind.CRON, AlarmKind.WORKER, AlarmKind.COMMAND_WORKER}


@pytest.fixture
def connection(valkey: None) -> Iterator[Redis]:
    """A Redis in which nobody has said anything yet."""
    get_redis().flushdb()
    yield get_redis()
    get_redis().flushdb()


def speak(connection: Redis, minutes: float, *kinds: AlarmKind) -> None:
    """What these parts leave in Redis when they say that they live."""
    at = after(minutes)
    if AlarmKind.CRON in kinds:
        connection.zadd("rq:cron_schedulers", {"cron": at.timestamp()})
        CronScheduler(connection, name="cron").save()
    for kind, queue in ((AlarmKind.WORKER, DEFAULT), (AlarmKind.COMMAND_WORKER, COMMANDS)):
        if kind in kinds:
            worker = rq.Worker([queue], name=kind.value, connection=connection)
            if not connection.exists(worker.key):
                worker.register_birth()
            connection.hset(worker.key, "last_heartbeat", utcformat(at))


def wrong(found: Found) -> dict[AlarmKind, datetime]:
    return {kind: each.since for kind, each in found.items() if each is not None}


def well(found: Found) -> set[AlarmKind]:
    return {kind for kind, each in found.items() if each is None}


def test_each_part_is_silent_by_itself(connection: Redis) -> None:
    watch = Watch(connection, SILENCE, after(0))
    speak(connection, 1, *PARTS)
    assert well(watch.listen(after(1))) == {*PARTS, AlarmKind.REDIS}
    speak(connection, 4, AlarmKind.WORKER)
    assert wrong(watch.listen(after(4))) == {}
    found = watch.listen(after(4.5))
    assert wrong(found) == {AlarmKind.CRON: after(1), AlarmKind.COMMAND_WORKER: after(1)}
    assert well(found) == {AlarmKind.WORKER, AlarmKind.REDIS}
    speak(connection, 5, *PARTS)
    assert wrong(watch.listen(after(5))) == {}


def test_a_start_makes_nobody_silent(connection: Redis) -> None:
    """What was heard before a weekend proves nothing; nor does it that nobody has spoken yet."""
    speak(connection, -3000, *PARTS)
    watch = Watch(connection, SILENCE, after(0))
    assert watch.listen(after(2.9)) == {AlarmKind.REDIS: None}
    assert wrong(watch.listen(after(3.1))) == dict.fromkeys(PARTS, after(0))


def test_who_left_in_order_was_heard_until_then(connection: Redis) -> None:
    watch = Watch(connection, SILENCE, after(0))
    speak(connection, 60, *PARTS)
    watch.listen(after(60))
    connection.flushdb()
    assert wrong(watch.listen(after(61))) == {}
    assert wrong(watch.listen(after(64))) == dict.fromkeys(PARTS, after(60))


def test_without_redis_only_redis_is_wrong(connection: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(connection, SILENCE, after(0))
    speak(connection, 1, *PARTS)
    watch.listen(after(1))
    with monkeypatch.context() as away:
        away.setattr(watch, "_connection", Redis.from_url("redis://127.0.0.1:1/0"))
        assert watch.listen(after(3)) == {}
        assert watch.listen(after(5)) == {AlarmKind.REDIS: Wrong(after(1))}
    found = watch.listen(after(6))
    assert found == {AlarmKind.REDIS: None}, "who could not speak has not been silent"
    assert wrong(watch.listen(after(8.5))) == dict.fromkeys(PARTS, after(5))


def test_it_is_one_alarm_however_many_look(db: Session) -> None:
    found = {AlarmKind.CRON: Wrong(after(0))}
    for minutes in (3, 3.5, 4):
        installation.judge(db, found, after(minutes))
    [alarm] = db.scalars(select(Alarm)).all()
    assert (alarm.kind, alarm.site_id, alarm.site_name, alarm.station_id) == (AlarmKind.CRON, None, None, None)
    assert (alarm.raised_at, alarm.times_raised, alarm.due_at) == (after(0), 1, None)


def test_it_is_told_when_something_changes_and_else_not(db: Session) -> None:
    db.info.pop(live.NOTED, None)
    installation.judge(db, {AlarmKind.CRON: Wrong(after(0)), AlarmKind.REDIS: None}, after(3))
    assert db.info.pop(live.NOTED) == {live.Change(live.Kind.ALARM, 0, None): None}
    installation.judge(db, {AlarmKind.CRON: Wrong(after(0)), AlarmKind.REDIS: None}, after(4))
    assert live.NOTED not in db.info


def test_it_ends_a_minute_after_the_part_is_back(db: Session) -> None:
    installation.judge(db, {AlarmKind.CRON: Wrong(after(0))}, after(3))
    installation.judge(db, {AlarmKind.CRON: None, AlarmKind.WORKER: None}, after(5))
    installation.judge(db, {AlarmKind.CRON: None}, after(5.5))
    assert sweep(db, after(5.9)) == (0, 0)
    installation.judge(db, {AlarmKind.CRON: Wrong(after(5))}, after(5.9))
    assert sweep(db, after(9)) == (0, 0)
    installation.judge(db, {AlarmKind.CRON: None}, after(9))
    assert sweep(db, after(10)) == (0, 1)
    [past] = db.scalars(select(AlarmHistory)).all()
    assert (past.kind, past.site_id, past.raised_at, past.cleared_at) == (AlarmKind.CRON, None, after(0), after(9))
    assert past.times_raised == 2


def test_what_is_not_known_changes_nothing(db: Session) -> None:
    installation.judge(db, {AlarmKind.WORKER: Wrong(after(0))}, after(3))
    installation.judge(db, {AlarmKind.REDIS: Wrong(after(3))}, after(6))
    assert {alarm.kind: alarm.calm_since for alarm in db.scalars(select(Alarm))} == {
        AlarmKind.WORKER: None,
        AlarmKind.REDIS: None,
    }


@pytest.mark.parametrize(
    ("role", "sees"),
    [(RoleName.ADMINISTRATOR, 1), (RoleName.SUPPORT, 0), (RoleName.SITE_ADMINISTRATOR, 0), (RoleName.EV_USER, 0)],
)
def test_only_administrators_see_it(db: Session, role: RoleName, sees: int) -> None:
    viewer = Viewer(1, role, frozenset({1, 2, 3}))
    installation.judge(db, {AlarmKind.CRON: Wrong(after(0))}, after(3))
    assert len(db.scalars(select(Alarm).where(visible(Alarm, viewer))).all()) == sees
    installation.judge(db, {AlarmKind.CRON: None}, after(4))
    sweep(db, after(6))
    assert len(db.scalars(select(AlarmHistory).where(visible(AlarmHistory, viewer))).all()) == sees


def backed_up(db: Session, hours: float, state: BackupState, error: str | None = None) -> None:
    at = after(hours * 60)
    ended_at = None if state is BackupState.RUNNING else at + timedelta(minutes=1)
    db.add(Backup(began_at=at, ended_at=ended_at, state=state, error=error))
    db.flush()


def judged(db: Session, hours: float, *, is_daily: bool = True) -> Wrong | None:
    return installation.of_backups(db, after(hours * 60), is_daily=is_daily)[AlarmKind.BACKUP]


def begin_installation(db: Session) -> None:
    entry = AuditEntry(happened_at=after(0), action="sign_in", previous_hash=b"", hash=b"")
    db.add(entry)
    db.flush()


def test_a_backup_that_failed_is_wrong_until_one_is_good(db: Session) -> None:
    backed_up(db, 0, BackupState.MADE)
    assert judged(db, 1) is None
    backed_up(db, 24, BackupState.FAILED, "The disk is full.")
    assert judged(db, 24.5) == Wrong(after(24 * 60 + 1), "The disk is full.")
    assert judged(db, 24.5, is_daily=False) is not None
    backed_up(db, 25, BackupState.RUNNING)
    assert judged(db, 25.5) is not None
    backed_up(db, 26, BackupState.MADE)
    assert judged(db, 26.5) is None


def test_a_good_one_is_needed_every_day_where_they_are_made_daily(db: Session) -> None:
    backed_up(db, 0, BackupState.MADE)
    assert judged(db, 25.9) is None
    assert judged(db, 26.1) == Wrong(after(26 * 60))
    assert judged(db, 26.1, is_daily=False) is None
    backed_up(db, 25, BackupState.RUNNING)
    assert judged(db, 26.1) is None, "a large one takes its time"
    assert judged(db, 25 + backups.LONGEST / timedelta(hours=1) + 0.1) is not None, "but not forever"


def test_a_new_installation_has_a_day_for_its_first(db: Session) -> None:
    assert judged(db, 1) is None
    begin_installation(db)
    assert judged(db, 25.9) is None
    assert judged(db, 26.1) == Wrong(after(26 * 60))


def test_a_reason_as_long_as_a_book_is_kept_in_part(db: Session) -> None:
    installation.judge(db, {AlarmKind.BACKUP: Wrong(after(0), "x" * 5000)}, after(1))
    assert db.scalars(select(Alarm.info)).one() == "x" * 255
