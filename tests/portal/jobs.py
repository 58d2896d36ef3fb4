"""Jobs, run as a worker runs them, in this process."""

from redis import Redis
from rq import Queue, SimpleWorker
from rq.job import Job

from domain.queue import DEFAULT


def queued(valkey: Redis) -> list[Job]:
    return Queue(DEFAULT, connection=valkey).jobs


def work(valkey: Redis) -> None:
    """Run what is queued now."""
    SimpleWorker([Queue(DEFAULT, connection=valkey)], connection=valkey).work(burst=True, logging_level="ERROR")
