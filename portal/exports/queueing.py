"""The way to the worker. Whoever queues a file needs nothing of what makes it."""

from domain.queue import enqueue

LONGEST_SECONDS = 60 * 60


def queue(file_id: int) -> None:
    """Once its row is committed."""
    enqueue("portal.exports.job.make", file_id, timeout_seconds=LONGEST_SECONDS)
