"""What changed just now, for those who look at it: told through Redis once it is committed.

Only keys are told, never values: a page that hears of one asks for what it shows as always, through the same rights and
scope. So a message that is lost costs a late picture and nothing else, and none may be depended on.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum

import orjson
from redis import RedisError
from sqlalchemy import event
from sqlalchemy.orm import Session

from domain.queue import get_redis

CHANNEL = "live"
NOTED = "live"
"""Where a database session keeps what is to be told."""

log = logging.getLogger(__name__)


class Kind(StrEnum):
    """What a change is of."""

    STATION = "station"
    """Its state or that of one of its outlets: what colours are made of."""
    FLOOR = "floor"
    """Its plan, or where stations stand on it."""
    ALARM = "alarm"
    """Some of a site's: however many stations are lost at once, what is told stays small."""
    COMMAND = "command"
    PARAMETERS = "parameters"
    CHARGE = "charge"
    """Somebody's: it began, its meter was read, or it is over. Only its driver hears of it."""
    FILE = "file"
    ROLLOUT = "rollout"
    TREE = "tree"
    """What stands where and what it is called; `station_id` where it is of a station."""


@dataclass(frozen=True, slots=True)
class Change:
    kind: Kind
    id: int
    """Of the station for STATION and PARAMETERS, of the site (or 0) for ALARM, else of the row itself."""
    site_id: int | None
    """Who may hear of it follows from where it is."""
    station_id: int | None = None
    batch_id: int | None = None
    user_id: int | None = None
    """Whose it is: a driver hears of their own, wherever it is."""


def charge(charging_session_id: int, user_id: int) -> Change:
    """Of somebody's charge."""
    return Change(Kind.CHARGE, charging_session_id, None, user_id=user_id)


def note(db: Session, change: Change) -> None:
    """Tell of a change as soon as this transaction is committed, and never if it is not."""
    db.info.setdefault(NOTED, {})[change] = None


def _publish(message: bytes) -> None:
    try:
        get_redis().publish(CHANNEL, message)
    except RedisError:
        log.warning("nobody hears of a change: Redis is away")


_publisher: Callable[[bytes], None] = _publish


def publish_with(publisher: Callable[[bytes], None]) -> None:
    """Send by other means in this process: the engine's stations must not wait for Redis."""
    global _publisher
    _publisher = publisher


@event.listens_for(Session, "after_commit")
def _tell(db: Session) -> None:
    if changes := db.info.pop(NOTED, None):
        _publisher(orjson.dumps([asdict(change) for change in changes]))


@event.listens_for(Session, "after_rollback")
def _forget(db: Session) -> None:
    db.info.pop(NOTED, None)
