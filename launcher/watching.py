"""Each process that serves requests looks every few seconds whether the rest of the installation lives.

See domain/alarms/installation.py for what follows.
"""

import threading
from datetime import timedelta

import structlog
from redis import Redis
from sqlalchemy.exc import SQLAlchemyError

from config import Settings
from domain import clock
from domain.alarms import installation
from domain.alarms.installation import Watch
from domain.db import session_factory

LOOKS_WITHIN_SILENCE = 6
REDIS_ANSWERS_SECONDS = 5
"""A Redis that takes longer is away: nothing may wait for it forever."""

log = structlog.get_logger()


def start(settings: Settings) -> None:
    """Beside whatever this process serves, until it ends."""
    threading.Thread(target=_watch, args=(settings,), name="watching", daemon=True).start()


def _watch(settings: Settings) -> None:
    connection = Redis.from_url(
        settings.valkey_url, socket_timeout=REDIS_ANSWERS_SECONDS, socket_connect_timeout=REDIS_ANSWERS_SECONDS
    )
    watch = Watch(connection, timedelta(seconds=settings.part_silence_seconds), clock.now())
    pause = threading.Event()
    while not pause.wait(settings.part_silence_seconds / LOOKS_WITHIN_SILENCE):
        try:
            look(watch, is_daily=settings.backup_daily)
        except SQLAlchemyError:
            log.warning("what is wrong with the installation could not be written down", exc_info=True)
        except Exception:
            log.exception("the installation could not be watched")


def look(watch: Watch, *, is_daily: bool) -> None:
    now = clock.now()
    found = watch.listen(now)
    with session_factory().begin() as db:
        installation.judge(db, {**found, **installation.of_backups(db, now, is_daily=is_daily)}, now)
