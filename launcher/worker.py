"""The worker pool: processes that run the queued jobs, and say every few seconds that they live."""

import os
import signal
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any

import redis
import rq
import structlog
from redis.client import Pipeline
from rq import worker_registration
from rq.job import Job
from rq.worker_pool import ForkProcess, WorkerPool

import engine.jobs  # noqa: F401 - each job is a fork of this process: what jobs need is imported once, here
import portal.imports.job
import portal.jobs  # noqa: F401 - as above
from config import Settings, get_settings
from domain import log
from domain.health import WORKER_SILENCE_SECONDS
from domain.queue import COMMANDS, DEFAULT, REQUEST_ID
from engine.calls.caller import get_caller
from launcher.processes import end_with_parent

BEAT_SECONDS = WORKER_SILENCE_SECONDS // 3
RQ_MARGIN_SECONDS = 15
"""An idle RQ worker says that it lives this long before its time to live is over."""
STOP_SECONDS = 2
CALLS_STOP_SECONDS = 1.5
"""For so long stations that are being called have the time to answer."""


class Pulse:
    """An RQ worker with a quick pulse, that is known again after Redis lost what it held."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(
            *args,
            worker_ttl=BEAT_SECONDS + RQ_MARGIN_SECONDS,
            job_monitoring_interval=BEAT_SECONDS,
            # Also how soon a worker takes over the delayed jobs of one that was killed.
            maintenance_interval=60,
            # What a job is given may be somebody's e-mail.
            log_job_description=False,
            **options,
        )

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        super().heartbeat(timeout, pipeline)
        if pipeline is None and not self.connection.hexists(self.key, "birth"):
            self.connection.hset(self.key, mapping=self.serialize())
            worker_registration.register(self)

    def perform_job(self, job: Job, *about: Any) -> bool:
        log.begin(job.meta.get(REQUEST_ID), job=job.id, job_name=job.func_name)
        try:
            return super().perform_job(job, *about)
        finally:
            structlog.contextvars.clear_contextvars()


class Worker(Pulse, rq.Worker):
    """Makes a process for each job, which may do whatever it likes."""


class QuickWorker(Pulse, rq.SimpleWorker):
    """Does short jobs in its own process: a fork would take longer than they do."""


class Pool(WorkerPool):
    """RQ's pool, one of whose processes does the commands; another is started in its place when it dies.

    It does not wait for a long job when it is asked to stop: RQ finds the job abandoned.
    """

    quick_name: str | None = None

    def get_worker_process(self, name: str, *args: Any, **options: Any) -> BaseProcess:
        if self.quick_name in self.worker_dict:
            return super().get_worker_process(name, *args, **options)
        self.quick_name = name
        return ForkProcess(target=run_quick_worker, args=(name, get_settings().valkey_url, get_settings().log_level))

    def request_stop(self, signum: int | None = None, frame: FrameType | None = None) -> None:
        super().request_stop(signum, frame)
        signal.signal(signal.SIGALRM, self._end_workers)
        signal.alarm(STOP_SECONDS)

    def _end_workers(self, _number: int, _frame: FrameType | None) -> None:
        for worker in self.worker_dict.values():
            self.stop_worker(worker, signal.SIGKILL)
        # No time for goodbyes: RQ would look for them once a second.
        os._exit(0)


def run_workers(settings: Settings) -> None:
    log.configure("worker", settings.log_level, settings.log_format)
    connection = redis.Redis.from_url(settings.valkey_url)
    if settings.redis_url is None:
        forget_workers(connection)
    end_forks_with_parent()
    pool = Pool([DEFAULT], connection, 1 + settings.worker_processes, worker_class=Worker)
    pool.start(logging_level=settings.log_level)
    signal.alarm(0)  # All have ended, and nobody would take it any more.


def run_quick_worker(name: str, url: str, logging_level: str) -> None:
    connection = redis.Redis.from_url(url)
    QuickWorker([COMMANDS], name, connection=connection).work(logging_level=logging_level)
    get_caller().stop(CALLS_STOP_SECONDS)


def forget_workers(connection: redis.Redis) -> None:
    """Remove the workers that a kill left registered in the embedded server, where no others than ours can be."""
    for worker in rq.Worker.all(connection=connection):
        worker.register_death()


def end_forks_with_parent() -> None:
    """Whatever RQ forks (workers, jobs, scheduler) ends when the process that forked it is killed."""
    parent_id = os.getpid()

    def remember() -> None:
        nonlocal parent_id
        parent_id = os.getpid()

    os.register_at_fork(before=remember, after_in_child=lambda: end_with_parent(signal.SIGTERM, parent_id))
