"""How the installation is, in figures: for those who watch it from outside (portal/metrics.py)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import rq
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import backups, clock, pulses
from domain.models import (
    AlarmMail,
    AlarmMailState,
    Backup,
    BackupState,
    ChargingSession,
    DeliveryState,
    ServiceDelivery,
    Station,
)
from domain.queue import COMMANDS, DEFAULT, get_redis

QUEUES = (DEFAULT, COMMANDS)


@dataclass(frozen=True)
class Figure:
    """One kind of figure; `values` by tuples of the values of `labels`."""

    name: str
    about: str
    values: Mapping[Any, float]
    labels: Sequence[str] = field(default=())


def of_database(db: Session) -> Iterator[Figure]:
    by_state = select(Station.online, func.coalesce(Station.protocol, "none"), func.count())
    rows = db.execute(by_state.group_by(Station.online, Station.protocol)).all()
    stations = {("online" if online else "offline", protocol): float(count) for online, protocol, count in rows}
    yield Figure("stations", "Stations by whether they are connected.", stations, ("state", "protocol"))
    running = db.scalar(select(func.count()).where(ChargingSession.ended_at.is_(None)))
    yield Figure("running_charges", "Charges that have begun and not ended.", {(): float(running or 0)})
    waiting = select(func.count(), func.min(ServiceDelivery.created_at))
    count, oldest_at = db.execute(waiting.where(ServiceDelivery.state == DeliveryState.WAITING)).one()
    yield Figure("deliveries_waiting", "What third parties are still to be told.", {(): float(count)})
    yield Figure("oldest_delivery_age_seconds", "How long the oldest of them waits.", {(): _age_seconds(oldest_at)})
    yield from _of_alarm_mail(db)
    yield from _of_backups(db)


def _of_alarm_mail(db: Session) -> Iterator[Figure]:
    by_state = select(AlarmMail.state, func.count(), func.min(AlarmMail.created_at)).group_by(AlarmMail.state)
    found = {row[0]: (float(row[1]), row[2]) for row in db.execute(by_state)}
    waiting, oldest_at = found.get(AlarmMailState.WAITING, (0.0, None))
    given_up, _oldest = found.get(AlarmMailState.GIVEN_UP, (0.0, None))
    yield Figure("alarm_mails_waiting", "E-mails about alarms that are still to be sent.", {(): waiting})
    yield Figure("oldest_alarm_mail_age_seconds", "How long the oldest of them waits.", {(): _age_seconds(oldest_at)})
    yield Figure("alarm_mails_given_up", "Those of the last month that nobody took.", {(): given_up})


def _of_backups(db: Session) -> Iterator[Figure]:
    latest = backups.latest(db)
    good_at = db.scalar(select(func.max(Backup.began_at)).where(Backup.state == BackupState.MADE))
    has_failed = latest is not None and latest.state is BackupState.FAILED
    yield Figure("backup_failed", "1 if the last backup failed.", {(): float(has_failed)})
    for name, about, at in (
        ("backup_timestamp_seconds", "When the last good backup began.", good_at),
        ("backup_verified_timestamp_seconds", "When one was last proven good.", backups.latest_verified_at(db)),
    ):
        if at is not None:
            yield Figure(name, about, {(): at.timestamp()})


def of_queues() -> Iterator[Figure]:
    """Raises what the Redis client raises."""
    queues = [rq.Queue(name, connection=get_redis()) for name in QUEUES]
    lengths = {(queue.name,): float(queue.count) for queue in queues}
    yield Figure("jobs_queued", "Jobs that wait for a worker.", lengths, ("queue",))
    failed = {(queue.name,): float(queue.failed_job_registry.count) for queue in queues}
    yield Figure("jobs_failed", "Jobs that failed and are kept to be looked at.", failed, ("queue",))
    yield Figure("workers", "Workers that are registered.", {(): float(rq.Worker.count(connection=get_redis()))})
    heard_at = pulses.of_cron(get_redis())
    if heard_at is not None:
        yield Figure(
            "cron_heartbeat_age_seconds", "Since the timetable last said that it lives.", {(): _age_seconds(heard_at)}
        )


def _age_seconds(at: datetime | None) -> float:
    """0 where there is nothing to be old."""
    return 0.0 if at is None else (clock.now() - at).total_seconds()
