"""What the worker runs once an import is confirmed: all of it is written, or nothing."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from domain.audit import Actor, audited_session_factory
from portal.imports import waiting
from portal.imports.progress import CancelledError, ChangedError, Decision, Run, State, Trouble
from portal.imports.subject import Plan, Subject
from portal.imports.subjects import SUBJECTS
from portal.imports.waiting import Waiting

NAME = "portal.imports.job.run"
LONGEST_SECONDS = 2 * 60 * 60
ONE_AFTER_ANOTHER = 7_254_016
"""The lock under which imports write: a number of our own among PostgreSQL's advisory locks."""


class ImportFailedError(Exception):
    """The database refused. Its own words quote values, and are told to nobody."""


def run(name: str, user_id: int, word: str, address: str | None) -> None:
    """Write what waits under this word of this person, who confirmed it from `address`."""
    subject, this = SUBJECTS[name], Run(name, user_id, word)
    if not this.start():
        return
    with this.pulse():
        rows = waiting.load(subject, user_id, word)
        if rows is None:
            this.finish(State.EXPIRED)
            return
        try:
            _write(subject, this, Actor(user_id, address), rows)
        except CancelledError:
            this.finish(State.CANCELLED)
        except ChangedError as error:
            this.finish(State.CHANGED, error.troubles)
        except SQLAlchemyError as error:
            # It may have been the commit whose answer was lost: what became of it is asked of PostgreSQL (Run.look).
            this.decide(Decision.DIED)
            raise ImportFailedError(type(error).__name__) from None
        else:
            waiting.keep_without_secrets(subject, user_id, word, rows)
            this.finish(State.DONE)
            return
    waiting.keep_for(subject, user_id, word, waiting.WAIT_SECONDS)


def _write(subject: Subject[Any, Any], this: Run, importer: Actor, rows: Waiting[Any]) -> None:
    assert importer.user_id is not None  # noqa: S101 - nobody else confirms
    prepared = subject.prepare(this, rows)
    with audited_session_factory(lambda: importer)() as db, db.begin():
        # One import's look must not miss what another one writes at this moment.
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AFTER_ANOTHER})
        if not subject.is_open_to(db, importer.user_id):
            raise ChangedError([])
        planned = subject.plan(db, rows.rows, importer.user_id)
        _expect_the_same(planned, rows)
        subject.write(db, this, planned, prepared)
        this.tell_transaction(db.scalar(text("SELECT pg_current_xact_id()::text")))
        if not this.decide(Decision.COMMIT):
            raise CancelledError


def _expect_the_same(planned: Plan, rows: Waiting[Any]) -> None:
    troubles = [
        Trouble(index, now.outcome, now.problems)
        for index, (now, shown) in enumerate(zip(planned.verdicts, rows.verdicts, strict=True))
        if (now.outcome, now.changes) != (shown.outcome, shown.changes)
    ]
    if troubles:
        raise ChangedError(troubles)
