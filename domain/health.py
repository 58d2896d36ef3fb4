"""Whether this installation works: its database, its Redis and a worker."""

from dataclasses import asdict, dataclass
from datetime import timedelta

import redis
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from domain import clock, pulses
from domain.db import get_engine
from domain.queue import get_redis

WORKER_SILENCE_SECONDS = 15
"""A worker that has said nothing for so long counts as gone; it says every third of this that it lives."""

OK = "ok"


@dataclass(frozen=True)
class Health:
    """For each part `ok` or the reason why not, without anything that only an operator should read."""

    database: str
    redis: str
    worker: str

    @property
    def is_ok(self) -> bool:
        return (self.database, self.redis, self.worker) == (OK, OK, OK)

    def as_dict(self) -> dict[str, str]:
        return {"status": OK if self.is_ok else "unavailable", **asdict(self)}


def check() -> Health:
    """Ask each part."""
    return Health(_database(), _redis(), _worker())


def _database() -> str:
    try:
        with get_engine().connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "does not answer"
    return OK


def _redis() -> str:
    try:
        get_redis().ping()
    except redis.RedisError:
        return "does not answer"
    return OK


def _worker() -> str:
    oldest = clock.now() - timedelta(seconds=WORKER_SILENCE_SECONDS)
    try:
        heard_at = pulses.of_workers(get_redis())
    except redis.RedisError:
        return "unknown without Redis"
    if heard_at is not None and heard_at > oldest:
        return OK
    return f"none has been heard for {WORKER_SILENCE_SECONDS} s"
