"""How far an import is and what became of it, as every process can see: in Redis, and in PostgreSQL where it counts.

Theory. Nobody may be told that nothing was written if something was, and the other way round, whoever dies when. So
one field of Redis, set once and never again, decides: whoever writes it first (the job "commit", a person "cancel", the
page of somebody who finds the job dead "died") has decided. A job that finds it taken rolls back. From "commit" on
the job has told the number of its transaction before, and PostgreSQL itself knows what became of that one.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.queue import get_redis
from portal.imports.outcomes import Outcome
from portal.imports.problems import Problem
from portal.imports.waiting import REPORT_SECONDS, key

PULSE_SECONDS = 2
PULSE_LASTS_SECONDS = 10
"""A job that has not been heard of for so long is dead."""
STEP_SECONDS = 0.25
"""Progress is not told more often than this."""


class State(StrEnum):
    QUEUED = "queued"
    HASHING = "hashing"
    WRITING = "writing"
    DONE = "done"
    CANCELLED = "cancelled"
    CHANGED = "changed"
    """Somebody else changed what the rows meet; nothing was written."""
    EXPIRED = "expired"
    FAILED = "failed"


OVER = frozenset((State.DONE, State.CANCELLED, State.CHANGED, State.EXPIRED, State.FAILED))


class Decision(StrEnum):
    COMMIT = "commit"
    CANCEL = "cancel"
    DIED = "died"


@dataclass(frozen=True)
class Trouble:
    """A row that would not become what was shown."""

    index: int
    """Among all rows."""
    now: Outcome
    """The outcome that it would have now."""
    problems: list[Problem] = field(default_factory=list)


TROUBLES = TypeAdapter(list[Trouble])


class CancelledError(Exception):
    """Somebody does not want it any more."""


class ChangedError(Exception):
    """Some rows would not become what was shown."""

    def __init__(self, troubles: list[Trouble]) -> None:
        super().__init__(f"{len(troubles)} rows")
        self.troubles = troubles


@dataclass(frozen=True)
class Progress:
    """What a page shows."""

    state: State
    done: int = 0
    total: int = 0
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def has_written(self) -> bool:
        return self.state is State.DONE


class Run:
    """One import that was confirmed."""

    def __init__(self, subject: str, user_id: int, word: str) -> None:
        self._redis = get_redis()
        self._key = f"{key(subject, user_id, word)}:run"
        self._pulse_key = f"{self._key}:pulse"
        self._told_at = 0.0

    def queue(self) -> bool:
        """Says whether it is the first time: a form can be sent twice."""
        is_first = bool(self._redis.hsetnx(self._key, "state", State.QUEUED))
        self._redis.expire(self._key, REPORT_SECONDS)
        return is_first

    def start(self) -> bool:
        """Says whether there is something to do: a job can be run twice, and be cancelled before it begins."""
        self._beat()
        is_first = bool(self._redis.hsetnx(self._key, "started", 1))
        return is_first and self._decision() is None

    def decide(self, decision: Decision) -> bool:
        """Says whether it was the first to decide, or the same."""
        self._redis.hsetnx(self._key, "decision", decision)
        return self._decision() is decision

    @property
    def is_cancelled(self) -> bool:
        return self._decision() in (Decision.CANCEL, Decision.DIED)

    def tell(self, state: State, done: int, total: int) -> None:
        """How far it is."""
        now = time.monotonic()
        if now - self._told_at >= STEP_SECONDS or done in (0, total):
            self._told_at = now
            self._redis.hset(self._key, mapping={"state": state, "done": done, "total": total})

    def tell_transaction(self, number: str) -> None:
        self._redis.hset(self._key, "transaction", number)

    def finish(self, state: State, troubles: list[Trouble] | None = None) -> None:
        self._redis.hset(self._key, mapping={"state": state, "troubles": TROUBLES.dump_json(troubles or []).decode()})

    @contextmanager
    def pulse(self) -> Iterator[None]:
        """Beats as long as this process lives and is inside."""
        is_over = threading.Event()

        def beat() -> None:
            while not is_over.wait(PULSE_SECONDS):
                self._beat()

        self._beat()
        heart = threading.Thread(target=beat, daemon=True)
        heart.start()
        try:
            yield
        finally:
            is_over.set()
            heart.join()

    def look(self, db: Session) -> Progress | None:
        """How it stands; None if it never was confirmed, or too long ago."""
        told = {name.decode(): value.decode() for name, value in self._redis.hgetall(self._key).items()}
        if not told:
            return None
        state = State(told["state"])
        if state not in OVER:
            state = self._truth(db, state, is_started="started" in told)
        troubles = TROUBLES.validate_python(json.loads(told.get("troubles", "[]")))
        return Progress(state, int(told.get("done", 0)), int(told.get("total", 0)), troubles)

    def _truth(self, db: Session, state: State, *, is_started: bool) -> State:
        """Of what is not known to be over: whether it still is on its way."""
        decision = self._decision()
        if decision is None and is_started and not self._redis.exists(self._pulse_key):
            self.decide(Decision.DIED)
            decision = self._decision()
        if decision is Decision.CANCEL:
            return State.CANCELLED
        if decision is Decision.DIED:
            return State.FAILED
        if decision is Decision.COMMIT:
            return self._committed(db, state)
        return state

    def _committed(self, db: Session, state: State) -> State:
        number = self._redis.hget(self._key, "transaction").decode()
        status = db.scalar(text("SELECT pg_xact_status(CAST(:number AS xid8))"), {"number": number})
        return {"committed": State.DONE, "aborted": State.FAILED}.get(status, state)

    def _decision(self) -> Decision | None:
        decided = self._redis.hget(self._key, "decision")
        return Decision(decided.decode()) if decided else None

    def _beat(self) -> None:
        self._redis.set(self._pulse_key, 1, ex=PULSE_LASTS_SECONDS)
