"""The timetable: which job is queued when. Exactly one cron process runs per installation."""

import redis
from rq.cron import CronScheduler

from config import Settings
from domain.queue import DEFAULT
from engine import jobs


def run_cron(settings: Settings) -> None:
    cron = CronScheduler(redis.Redis.from_url(settings.valkey_url), settings.log_level)
    cron.register(jobs.ensure_partitions, DEFAULT, cron="17 3 * * *")
    cron.register(jobs.drop_old_messages, DEFAULT, cron="27 3 * * *")
    cron.register(jobs.sweep_silent_stations, DEFAULT, interval=60)
    cron.register(jobs.sweep_commands, DEFAULT, interval=10)
    cron.register(jobs.advance_rollouts, DEFAULT, interval=5)
    cron.register(jobs.sweep_uploads, DEFAULT, interval=60)
    cron.register(jobs.close_forgotten_charges, DEFAULT, cron="37 3 * * *")
    cron.register(jobs.forget_old_files, DEFAULT, cron="47 3 * * *")
    cron.register(jobs.tell_services, DEFAULT, interval=5)
    cron.register(jobs.check_services, DEFAULT, cron="7 * * * *")
    cron.register(jobs.forget_old_deliveries, DEFAULT, cron="57 3 * * *")
    cron.start()
