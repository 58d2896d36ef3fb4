"""Jobs, run as a worker runs them, in this process."""

from unittest.mock import patch

from redis import Redis
from rq import Queue, SimpleWorker
from rq.job import Job

from domain.queue import COMMANDS, DEFAULT


def queues(valkey: Redis) -> list[Queue]:
    return [Queue(name, connection=valkey) for name in (COMMANDS, DEFAULT)]


def queued(valkey: Redis) -> list[Job]:
    return [job for queue in queues(valkey) for job in queue.jobs]


def work(valkey: Redis) -> None:
    """Run what is queued now, in this process, which goes on with other tests and so stands back for nobody."""
    with patch("portal.exports.job.stand_back"):
        SimpleWorker(queues(valkey), connection=valkey).work(burst=True, logging_level="ERROR")
