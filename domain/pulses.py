"""When the processes that no request meets were last heard: in Redis workers and the timetable say that they live."""

from collections.abc import Iterable
from datetime import datetime

import rq
from redis import Redis
from rq.cron import CronScheduler


def of_workers(connection: Redis, queues: Iterable[str] | None = None) -> datetime | None:
    """When a worker was last heard, of those that take jobs of all of these queues; None if there is none.

    RQ keeps a worker that was killed in its register, so the register alone proves nothing: its pulse does.
    """
    wanted = set(queues or ())
    workers = rq.Worker.all(connection=connection)
    return _latest(worker.last_heartbeat for worker in workers if wanted <= set(worker.queue_names()))


def of_cron(connection: Redis) -> datetime | None:
    return _latest(scheduler.last_heartbeat for scheduler in CronScheduler.all(connection, cleanup=False))


def _latest(beats: Iterable[datetime | None]) -> datetime | None:
    return max((beat for beat in beats if beat is not None), default=None)
