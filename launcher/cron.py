"""The timetable: which job is queued when. Exactly one cron process runs per installation."""

from collections.abc import Callable

import redis
from rq.cron import CronScheduler

from config import Settings
from domain import log
from domain.queue import DEFAULT

SECONDS_BETWEEN = {
    "engine.jobs.sweep_silent_stations": 60,
    "engine.jobs.sweep_alarms": 10,
    "engine.jobs.sweep_commands": 10,
    "engine.jobs.advance_rollouts": 5,
    "engine.jobs.sweep_uploads": 60,
    "engine.jobs.fold_rollups": 10,
    "engine.jobs.tell_services": 5,
    "engine.jobs.forget_traces": 60,
    "portal.exports.job.sweep": 60,
    "portal.exports.scheduled.run_due": 60,
    "portal.jobs.write_alarm_digests": 60,
    "portal.jobs.tell_alarms_at_once": 10,
    "portal.jobs.send_alarm_mail": 10,
}
AT = {
    "portal.exports.job.forget_old": "12 * * * *",
    "engine.jobs.ensure_partitions": "17 3 * * *",
    "engine.jobs.forget_old_data": "27 3 * * *",
    "engine.jobs.close_forgotten_charges": "37 3 * * *",
    "engine.jobs.check_services": "7 * * * *",
    "portal.jobs.give_up_old_alarm_mail": "2 4 * * *",
    "engine.jobs.forget_old_changes": "57 3 * * *",
    "launcher.backups.jobs.back_up_daily": "7 2 * * *",
}
LONG_SECONDS = {"launcher.backups.jobs.back_up_daily": 6 * 3600, "engine.jobs.forget_traces": 6 * 3600}
"""Those that may take longer than RQ's usual three minutes."""


def run_cron(settings: Settings) -> None:
    log.configure("cron", settings.log_level, settings.log_format)
    scheduler(redis.Redis.from_url(settings.valkey_url), settings.log_level).start()


def scheduler(connection: redis.Redis, log_level: str) -> CronScheduler:
    cron = CronScheduler(connection, log_level)
    for job, seconds in SECONDS_BETWEEN.items():
        cron.register(_called(job), DEFAULT, interval=seconds, job_timeout=LONG_SECONDS.get(job))
    for job, time in AT.items():
        cron.register(_called(job), DEFAULT, cron=time, job_timeout=LONG_SECONDS.get(job))
    return cron


def _called(job: str) -> Callable[[], None]:
    """A function of that dotted name: RQ queues no more of one, so this process need not import what workers run."""

    def stand_in() -> None: ...

    stand_in.__module__, _, stand_in.__name__ = job.rpartition(".")
    stand_in.__qualname__ = stand_in.__name__
    return stand_in
