"""The way to Redis: jobs are queued by name, so that who asks need not import who does."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from redis import Redis
from rq import Queue, Retry
from rq.job import Job

from config import get_settings
from domain import log

DEFAULT = "default"
COMMANDS = "commands"
"""What somebody waits for at the roadside: short jobs that a process of their own does without delay."""
REQUEST_ID = "request_id"
"""With a job goes the number of the request that queued it, for the log."""
CALL_STATIONS = "engine.jobs.call_stations"
QUICK_JOBS = frozenset({"engine.jobs.send_command", "engine.jobs.send_batch", CALL_STATIONS})


@lru_cache
def get_redis() -> Redis:
    """The Redis client of this process; its connections are shared among threads and greenlets."""
    return Redis.from_url(get_settings().valkey_url)


def enqueue(
    job: str, *arguments: Any, retry_after_seconds: Sequence[int] = (), timeout_seconds: int | None = None
) -> Job:
    """Queue a job by its dotted name, such as `engine.jobs.send_command`; one that fails is tried again after these.

    One that takes longer than `timeout_seconds` (usually RQ's three minutes) is ended.
    """
    retry = Retry(len(retry_after_seconds), list(retry_after_seconds)) if retry_after_seconds else None
    queue = Queue(COMMANDS if job in QUICK_JOBS else DEFAULT, connection=get_redis())
    # Nobody asks for the result of a quick one: it is in the database.
    result_seconds = 0 if job in QUICK_JOBS else None
    meta = {REQUEST_ID: log.request_id()}
    return queue.enqueue(
        job, *arguments, retry=retry, job_timeout=timeout_seconds, result_ttl=result_seconds, meta=meta
    )
