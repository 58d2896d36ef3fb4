"""Who listens to what changes (domain/live.py): one subscription to Redis a process, shared by all its open pages.

What changes is gathered and told in words, a few a second however much changes. A word is made once for all pages of
the same scope, so that two hundred pages cost little more than one. With it go the states that the navigator shows
(portal/tree_states.py): no page needs to ask for its tree because a station began to charge. When more has gathered
than a page could use, or when Redis was away, it is told that anything may have changed. Before each word it is asked
who of the listeners is still signed in, and what they may see now: once for all of them.

A driver's page hears of its own charges and commands, and of the one station that it shows; of readings, which come by
the hundred a second, only those are gathered whose driver listens.
"""

import logging
import threading
import time
from collections import Counter
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
from domain.scope import Scope, Viewer, scope_of, viewers_of
from portal.tree_states import State, TreeStates

RETRY_SECONDS = 1.0
BETWEEN_WORDS_SECONDS = 0.2
MOST_GATHERED = 500
MOST_WAITING = 20
"""Words that a slow page has not yet taken."""
ANYTHING = orjson.dumps([{"kind": "anything"}])
"""What a page is told that must look for itself."""

OWN = (live.Kind.CHARGE, live.Kind.COMMAND)
"""Of these a driver hears wherever they are."""

Change = dict[str, Any]
log = logging.getLogger(__name__)


class Listener:
    """One open page."""

    def __init__(self, identity: str, *, is_drivers: bool = False, station_id: int | None = None) -> None:
        self.identity = identity
        """Of whoever looks, as their cookie says it."""
        self.user_id = int(identity.partition(".")[0])
        self.is_drivers = is_drivers
        """It hears of what is the user's own, instead of what is in a scope."""
        self.station_id = station_id
        """The one that a driver's page shows."""
        self.is_over = False
        """The sign-in has ended: nothing more is told."""
        self._words: list[bytes] = []
        self._heard = threading.Event()

    def hear(self, word: bytes) -> None:
        self._words = [ANYTHING] if len(self._words) >= MOST_WAITING else [*self._words, word]
        self._heard.set()

    def own(self, changes: list[Change]) -> list[Change]:
        """Those that a driver's page hears of."""
        return [change for change in changes if self._concerns(change)]

    def _concerns(self, change: Change) -> bool:
        if change["kind"] == live.Kind.STATION:
            return bool(change["id"] == self.station_id)
        return change["kind"] in OWN and change["user_id"] == self.user_id

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
        self._drivers: Counter[int] = Counter()
        """How many pages each driver has open."""
        self._gathered: dict[tuple[Any, ...], Change] = {}
        self._is_anything = False
        self._heard = threading.Event()
        self._states = TreeStates()

    def start(self) -> None:
        threading.Thread(target=self._subscribe, name="live", daemon=True).start()
        threading.Thread(target=self._speak, name="live-words", daemon=True).start()

    @contextmanager
    def listening(
        self, identity: str, *, is_drivers: bool = False, station_id: int | None = None
    ) -> Iterator[Listener]:
        listener = Listener(identity, is_drivers=is_drivers, station_id=station_id)
        self._listeners.add(listener)
        self._drivers[listener.user_id] += is_drivers
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            self._drivers -= Counter({listener.user_id: int(is_drivers)})

    def hear(self, changes: list[Change]) -> None:
        """Keep what is said through Redis, each change once, until the next word."""
        for change in changes:
            if change["kind"] != live.Kind.CHARGE or change["user_id"] in self._drivers:
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
        shared = [change for change in gathered if change["kind"] != live.Kind.CHARGE]
        listeners = tuple(self._listeners)
        if all(listener.is_drivers for listener in listeners):
            self._states.forget()  # No tree is looked at; what changes from now on is not followed.
        told = [each for each in listeners if is_anything or (each.own(gathered) if each.is_drivers else shared)]
        if not told:
            return
        follows = not is_anything and any(not listener.is_drivers for listener in told)
        try:
            with session_factory()() as db:
                viewers = signed_in(db, {listener.identity for listener in told})
                states = self._states.follow(db, stations_of(shared)) if follows else None
        except SQLAlchemyError:
            log.warning("whoever listens cannot be told what has changed", exc_info=True)
            self._states.forget()
            self.hear_of_anything()
            return
        for listener in told:
            if listener.identity not in viewers:
                listener.end()
        still = [listener for listener in told if listener.identity in viewers]
        for listener in still:
            if listener.is_drivers:
                listener.hear(ANYTHING if is_anything else _said(listener.own(gathered)))
        self._tell([listener for listener in still if not listener.is_drivers], viewers, shared, states)

    def _tell(
        self,
        listeners: Collection[Listener],
        viewers: Mapping[str, Viewer],
        changes: list[Change],
        states: list[State] | None,
    ) -> None:
        """Those who look after stations."""
        words: dict[Scope, bytes | None] = {}
        for listener in listeners:
            viewer = viewers[listener.identity]
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
    told = [_keys(change) for change in changes if scope is None or change["site_id"] in scope]
    shown = {state.key: state.shown for state in states if scope is None or state.site_id in scope}
    if shown:
        told.append({"kind": "states", "states": shown})
    return orjson.dumps(told) if told else None


def _said(changes: list[Change]) -> bytes:
    return orjson.dumps([_keys(change) for change in changes])


def _keys(change: Change) -> Change:
    """What is told of a change; whose it is and where has decided who is told, and is told to nobody."""
    return {name: value for name, value in change.items() if name not in ("site_id", "user_id")}


@cache
def get_hub() -> Hub:
    """That of this process, made at the first use, after any fork."""
    hub = Hub()
    hub.start()
    return hub
