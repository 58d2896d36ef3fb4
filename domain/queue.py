"""The way to Redis: jobs are queued by name, so that who asks need not import who does."""

from functools import lru_cache
from typing import Any

from redis import Redis
from rq import Queue
from rq.job import Job

from config import get_settings

DEFAULT = "default"
QUEUES = [DEFAULT]
"""In the order in which workers empty them."""


@lru_cache
def get_redis() -> Redis:
    """The Redis client of this process; its connections are shared among threads and greenlets."""
    return Redis.from_url(get_settings().valkey_url)


def enqueue(job: str, *arguments: Any) -> Job:
    """Queue a job by its dotted name, such as `engine.jobs.send_command`."""
    return Queue(DEFAULT, connection=get_redis()).enqueue(job, *arguments)
