"""The worker pool: processes that run the queued jobs, and say every few seconds that they live."""

import os
import signal
from types import FrameType
from typing import Any

import redis
import rq
from rq.worker_pool import WorkerPool

import engine.jobs  # noqa: F401 - each job is a fork of this process: what jobs need is imported once, here
import portal.imports.job
import portal.jobs  # noqa: F401 - as above
from config import Settings
from domain.health import WORKER_SILENCE_SECONDS
from domain.queue import QUEUES
from launcher.processes import end_with_parent

BEAT_SECONDS = WORKER_SILENCE_SECONDS // 3
RQ_MARGIN_SECONDS = 15
"""An idle RQ worker says that it lives this long before its time to live is over."""
STOP_SECONDS = 2


class Worker(rq.Worker):
    """RQ's worker with a quick pulse."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(
            *args,
            worker_ttl=BEAT_SECONDS + RQ_MARGIN_SECONDS,
            job_monitoring_interval=BEAT_SECONDS,
            # Also how soon a worker takes over the delayed jobs of one that was killed.
            maintenance_interval=60,
            **options,
        )


class Pool(WorkerPool):
    """RQ's pool, which does not wait for a long job when it is asked to stop: RQ finds the job abandoned."""

    def request_stop(self, signum: int | None = None, frame: FrameType | None = None) -> None:
        super().request_stop(signum, frame)
        signal.signal(signal.SIGALRM, self._end_workers)
        signal.alarm(STOP_SECONDS)

    def _end_workers(self, _number: int, _frame: FrameType | None) -> None:
        for worker in self.worker_dict.values():
            self.stop_worker(worker, signal.SIGKILL)


def run_workers(settings: Settings) -> None:
    connection = redis.Redis.from_url(settings.valkey_url)
    if settings.redis_url is None:
        forget_workers(connection)
    end_forks_with_parent()
    Pool(QUEUES, connection, settings.worker_processes, worker_class=Worker).start(logging_level=settings.log_level)


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
