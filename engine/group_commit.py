"""One writer for all stations of a process.

A commit costs a wait for the disk, whatever it holds. So each station's greenlet hands over its report and waits, and
one writer greenlet takes all that wait, applies them in one transaction, commits, and only then lets them go on:
nothing is acknowledged that is not on disk. While it waits for the disk, the next ones gather.

A station has one call under way at a time (OCPP-J 1.6, 4.1.1) and is read no further until it is answered: so there are
never more reports waiting than connections.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Generic, TypeVar

import structlog
from gevent import Greenlet
from gevent.event import AsyncResult, Event
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engine import metrics

BATCH = 1000
LOCK_TIMEOUT = text("SET LOCAL lock_timeout = '5s'")
"""Whoever holds a row for longer must not hold up every station."""

log = structlog.get_logger()

R = TypeVar("R")


class NotStoredError(Exception):
    """The report could not be committed."""


@dataclass(slots=True)
class Waiting(Generic[R]):
    report: R
    outcome: AsyncResult = field(default_factory=AsyncResult)


class GroupCommit(Generic[R]):
    def __init__(
        self,
        transaction: Callable[[], AbstractContextManager[Session]],
        apply: Callable[[Session, Sequence[R]], list[Any]],
    ) -> None:
        """`transaction` makes a context that commits at its end; `apply` returns one outcome for each report."""
        self._transaction = transaction
        self._apply = apply
        self._waiting: deque[Waiting[R]] = deque()
        self._filled = Event()
        self._writer = Greenlet.spawn(self._write)

    def submit(self, report: R) -> Any:
        """Wait until the report is committed; returns its outcome. Raises NotStoredError."""
        waiting = Waiting(report)
        self._waiting.append(waiting)
        self._filled.set()
        return waiting.outcome.get()

    def _write(self) -> None:
        while True:
            self._filled.wait()
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            if not self._waiting:
                self._filled.clear()
            self._store(batch)

    def _store(self, batch: list[Waiting[R]]) -> None:
        try:
            outcomes = self._commit([waiting.report for waiting in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, the stations wait for an answer
            self._recover(batch, error)
            return
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.outcome.set(outcome)

    def _commit(self, reports: list[R]) -> list[Any]:
        began = perf_counter()
        with self._transaction() as db:
            db.execute(LOCK_TIMEOUT)
            outcomes = self._apply(db, reports)
        metrics.committed(len(reports), perf_counter() - began)
        return outcomes

    def _recover(self, batch: list[Waiting[R]], error: Exception) -> None:
        """Without a database all fail, and soon; else each is tried alone, so that only what is at fault fails."""
        if len(batch) > 1 and not is_disconnected(error):
            log.warning("a batch failed; trying each report alone", reports=len(batch), error=str(error))
            for waiting in batch:
                self._store([waiting])
            return
        for waiting in batch:
            log.error("a report was not stored", report=waiting.report, exc_info=error)
            waiting.outcome.set_exception(NotStoredError())


def is_disconnected(error: Exception) -> bool:
    """Whether there is no database to talk to, rather than one that objects."""
    return isinstance(error, DBAPIError) and (error.connection_invalidated or _sql_state(error) is None)


def _sql_state(error: DBAPIError) -> str | None:
    """PostgreSQL's own objections carry a state; a failure to reach it carries none."""
    return getattr(error.orig, "sqlstate", None)
