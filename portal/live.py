"""Who listens to what changes (domain/live.py): one subscription to Redis a process, shared by all its open pages.

What changes is gathered and told in words, a few a second however much changes. A word is made once for all pages of
the same scope, so that two hundred pages cost little more than one. With it go the states that the navigator shows
(portal/tree_states.py): no page needs to ask for its tree because a station began to charge. When more has gathered
than a page could use, or when Redis was away, it is told that anything may have changed. Before each word it is asked
who of the listeners is still signed in, and what they may see now: once for all of them.
"""

import logging
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import orjson
from redis import RedisError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, selectinload

from domain import live
from domain.db import session_factory
from domain.models import PortalUser
from domain.queue import get_redis
from domain.roles import RoleName
from domain.scope import Viewer, viewers_of
from portal.tree_states import State, TreeStates

RETRY_SECONDS = 1.0
BETWEEN_WORDS_SECONDS = 0.2
MOST_GATHERED = 500
MOST_WAITING = 20
"""Words that a slow page has not yet taken."""
ANYTHING = orjson.dumps([{"kind": "anything"}])
"""What a page is told that must look for itself."""

Change = dict[str, Any]
Scope = frozenset[int] | None
"""The sites of which somebody hears; none means all."""

log = logging.getLogger(__name__)


def scope_of(viewer: Viewer) -> Scope:
    """By the site, as domain/scope.py says of stations."""
    if viewer.role in (RoleName.ADMINISTRATOR, RoleName.SUPPORT):
        return None
    return viewer.site_ids if viewer.role is RoleName.SITE_ADMINISTRATOR else frozenset()


class Listener:
    """One open page."""

    def __init__(self, identity: str) -> None:
        self.identity = identity
        """Of whoever looks, as their cookie says it."""
        self.is_over = False
        """The sign-in has ended: nothing more is told."""
        self._words: list[bytes] = []
        self._heard = threading.Event()

    def hear(self, word: bytes) -> None:
        self._words = [ANYTHING] if len(self._words) >= MOST_WAITING else [*self._words, word]
        self._heard.set()

    def end(self) -> None:
        self.is_over = True
        self._heard.set()

    def take(self, wait_seconds: float) -> list[bytes]:
        """What was said since; waits for the first word, and returns nothing where none comes in time."""
        self._heard.wait(wait_seconds)
        self._heard.clear()
        words, self._words = self._words, []
        return words


class Hub:
    """All listeners of a process."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._gathered: dict[tuple[Any, ...], Change] = {}
        self._is_anything = False
        self._heard = threading.Event()
        self._states = TreeStates()

    def start(self) -> None:
        threading.Thread(target=self._subscribe, name="live", daemon=True).start()
        threading.Thread(target=self._speak, name="live-words", daemon=True).start()

    @contextmanager
    def listening(self, identity: str) -> Iterator[Listener]:
        listener = Listener(identity)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def hear(self, changes: list[Change]) -> None:
        """Keep what is said through Redis, each change once, until the next word."""
        for change in changes:
            self._gathered[tuple(change.values())] = change
        if len(self._gathered) > MOST_GATHERED:
            self.hear_of_anything()
        self._heard.set()

    def hear_of_anything(self) -> None:
        """Something was not heard, or it was too much."""
        self._gathered.clear()
        self._is_anything = True
        self._heard.set()

    def say_word(self) -> None:
        """Tell all listeners what has gathered."""
        gathered, self._gathered = list(self._gathered.values()), {}
        is_anything, self._is_anything = self._is_anything, False
        if not self._listeners:
            self._states.forget()  # Nobody looks; what changes from now on is not followed.
            return
        try:
            with session_factory()() as db:
                viewers = signed_in(db, {listener.identity for listener in self._listeners})
                states = None if is_anything else self._states.follow(db, stations_of(gathered))
        except SQLAlchemyError:
            log.warning("whoever listens cannot be told what has changed", exc_info=True)
            self._states.forget()
            self.hear_of_anything()
            return
        self._tell(viewers, gathered, states)

    def _tell(self, viewers: Mapping[str, Viewer], changes: list[Change], states: list[State] | None) -> None:
        words: dict[Scope, bytes | None] = {}
        for listener in tuple(self._listeners):
            viewer = viewers.get(listener.identity)
            if viewer is None:
                listener.end()
                continue
            scope = scope_of(viewer)
            if scope not in words:
                words[scope] = ANYTHING if states is None else word_for(scope, changes, states)
            if word := words[scope]:
                listener.hear(word)

    def _speak(self) -> None:
        while True:
            self._heard.wait()
            self._heard.clear()
            try:
                self.say_word()
            except Exception:
                log.exception("a word could not be said")
            time.sleep(BETWEEN_WORDS_SECONDS)

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
            self._states.forget()
            self.hear_of_anything()
            for message in pubsub.listen():
                self.hear(orjson.loads(message["data"]))


def signed_in(db: Session, identities: Collection[str]) -> dict[str, Viewer]:
    """Those whose sign-in still holds (portal/security.py, load_user), by what their cookies call them."""
    user_ids = {int(identity.partition(".")[0]) for identity in identities}
    named = select(PortalUser).where(PortalUser.id.in_(user_ids)).options(selectinload(PortalUser.roles))
    users = [user for user in db.scalars(named) if user.is_active and user.get_id() in identities]
    return {user.get_id(): viewer for user, viewer in zip(users, viewers_of(db, users), strict=True)}


def stations_of(changes: list[Change]) -> set[int]:
    """Whose colours may have changed."""
    spoke = {change["id"] for change in changes if change["kind"] == live.Kind.STATION}
    moved = {change["station_id"] for change in changes if change["kind"] == live.Kind.TREE}
    return (spoke | moved) - {None}


def word_for(scope: Scope, changes: list[Change], states: list[State]) -> bytes | None:
    """What those of a scope are told; nothing where all of it is others'."""
    told = [
        {name: value for name, value in change.items() if name != "site_id"}
        for change in changes
        if scope is None or change["site_id"] in scope
    ]
    shown = {state.key: state.shown for state in states if scope is None or state.site_id in scope}
    if shown:
        told.append({"kind": "states", "states": shown})
    return orjson.dumps(told) if told else None


@cache
def get_hub() -> Hub:
    """That of this process, made at the first use, after any fork."""
    hub = Hub()
    hub.start()
    return hub
