"""Who listens to what changes (domain/live.py): one subscription to Redis a process, shared by all its open pages.

Each listener gathers the changes in its scope until it is asked for them, each once, so that a slow page holds up
nobody and a busy hour costs no memory. When more have gathered than a page could use, or when Redis was away, it is
told that anything may have changed.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import orjson
from redis import RedisError

from domain import live
from domain.queue import get_redis
from domain.roles import RoleName
from domain.scope import Viewer

RETRY_SECONDS = 1.0
MOST_GATHERED = 500
ANYTHING = {"kind": "anything"}
"""What a page is told that must look for itself."""

Change = dict[str, Any]

log = logging.getLogger(__name__)


class Listener:
    """One open page."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        """May be set anew while it listens."""
        self._gathered: dict[tuple[Any, ...], Change] = {}
        self._is_too_much = False
        self._heard = threading.Event()

    def hear(self, change: Change) -> None:
        """Keep a change for the page, if it is in scope and not kept already."""
        if self._is_too_much or not _may_hear(self.viewer, change["site_id"]):
            return
        told = {name: value for name, value in change.items() if name != "site_id"}
        self._gathered[tuple(told.values())] = told
        if len(self._gathered) > MOST_GATHERED:
            self.hear_of_anything()
        self._heard.set()

    def hear_of_anything(self) -> None:
        self._is_too_much = True
        self._heard.set()

    def take(self, wait_seconds: float) -> list[Change]:
        """What has gathered; waits for the first one, and returns nothing where none comes in time."""
        self._heard.wait(wait_seconds)
        self._heard.clear()
        gathered, self._gathered = self._gathered, {}
        if self._is_too_much:
            self._is_too_much = False
            return [ANYTHING]
        return list(gathered.values())


def _may_hear(viewer: Viewer, site_id: int | None) -> bool:
    """By the site, as domain/scope.py says of stations."""
    if viewer.role is RoleName.SITE_ADMINISTRATOR:
        return site_id in viewer.site_ids
    return viewer.role in (RoleName.ADMINISTRATOR, RoleName.SUPPORT)


class Hub:
    """All listeners of a process."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        threading.Thread(target=self._subscribe, name="live", daemon=True).start()

    @contextmanager
    def listening(self, viewer: Viewer) -> Iterator[Listener]:
        listener = Listener(viewer)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def _tell(self, tell: Callable[[Listener], None]) -> None:
        for listener in tuple(self._listeners):
            tell(listener)

    def _subscribe(self) -> None:
        while True:
            try:
                self._listen()
            except (RedisError, OSError) as error:
                log.warning("Redis is away: %s", error)
                time.sleep(RETRY_SECONDS)

    def _listen(self) -> None:
        with get_redis().pubsub(ignore_subscribe_messages=True) as pubsub:
            pubsub.subscribe(live.CHANNEL)
            # What was said before is lost.
            self._tell(Listener.hear_of_anything)
            for message in pubsub.listen():
                for change in orjson.loads(message["data"]):
                    self._tell(lambda listener, change=change: listener.hear(change))


@cache
def get_hub() -> Hub:
    """That of this process, made at the first use, after any fork."""
    return Hub()
