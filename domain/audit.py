"""The audit log: who did what to which object, when and from where.

Whoever acts for a person works in an `AuditedSession`. It records by itself whatever is written through it, and refuses
a statement that would write past it, so that no rule of the domain has to remember the log. Entries are appended at the
very end of a commit: a rollback leaves none, and the lock of the chain is held for the commit alone. What stations
report is written through plain sessions and is no business of the log.

What no row tells (a sign-in, an export) is recorded by `record`.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, TextClause, event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, scoped_session, sessionmaker

from domain import audit_chain, audit_changes
from domain.audit_chain import Entry, Values
from domain.audit_rules import kind_of_table
from domain.db import get_engine

LONGEST_ADDRESS = 64
WRITING = re.compile(r"\s*(insert|update|delete|merge|truncate|copy|with)\b", re.IGNORECASE)


class AuditAction(StrEnum):
    """What was done."""

    CREATED = audit_changes.CREATED
    CHANGED = audit_changes.CHANGED
    DELETED = audit_changes.DELETED
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    EXPORTED = "exported"
    SHOWN = "shown"
    """A secret, to whoever asked."""


class UnauditedWriteError(Exception):
    """A statement would have written past the audit log."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: nobody known (a stranger), or nobody and from nowhere (the command line)."""

    user_id: int | None = None
    address: str | None = None


COMMAND_LINE = Actor()
_acting: ContextVar[Actor] = ContextVar("acting", default=COMMAND_LINE)


@contextmanager
def acting(user_id: int | None, address: str | None) -> Iterator[None]:
    """Whatever is written meanwhile is this person's doing: for jobs that do what somebody asked for."""
    token = _acting.set(Actor(user_id, address))
    try:
        yield
    finally:
        _acting.reset(token)


def current_actor() -> Actor:
    return _acting.get()


class AuditedSession(Session):
    """A database session that acts for a person."""

    def __init__(self, *args: Any, actor: Callable[[], Actor] = current_actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.pending: list[Entry] = []
        """What the commit will append."""
        self._actor = actor
        self._before = audit_changes.Before()
        self._savepoints: dict[SessionTransaction, int] = {}

    def note(self, action: str, kind: str | None, object_id: str | None, before: Values | None, after: Values | None,
             user_id: int | None = None) -> None:  # fmt: skip
        actor = self._actor()
        address = actor.address[:LONGEST_ADDRESS] if actor.address else None
        self.pending.append(Entry(user_id or actor.user_id, address, action, kind, object_id, before, after))

    def bulk_save_objects(self, *_args: Any, **_options: Any) -> None:
        raise UnauditedWriteError("A bulk write goes past the audit log: use add_all().")

    bulk_insert_mappings = bulk_update_mappings = bulk_save_objects


def audited_session_factory(actor: Callable[[], Actor] = current_actor) -> sessionmaker[AuditedSession]:
    """Makes sessions for what people do; `actor` says who, at each write."""
    return sessionmaker(get_engine(), class_=AuditedSession, expire_on_commit=False, actor=actor)


def record(
    db: Session | scoped_session[Any],
    action: AuditAction,
    object_kind: str | None = None,
    object_id: object = None,
    before: Values | None = None,
    after: Values | None = None,
    user_id: int | None = None,
) -> None:
    """Record what no row tells; it is kept if this transaction commits. In a session of the engine it is nothing.

    `user_id` is for somebody who is not signed in (yet). No value may be a secret, or name a person.
    """
    session = db() if isinstance(db, scoped_session) else db
    if isinstance(session, AuditedSession):
        of = None if object_id is None else str(object_id)
        session.note(action, object_kind, of, audit_changes.plain(before), audit_changes.plain(after), user_id)


# What an AuditedSession does by itself


@event.listens_for(AuditedSession, "before_flush")
def _look_before(db: AuditedSession, _context: object, _instances: object) -> None:
    db._before = audit_changes.look_before(db)


@event.listens_for(AuditedSession, "after_flush")
def _record_changes(db: AuditedSession, _context: object) -> None:
    for change in audit_changes.changes(db, db._before):
        db.note(change.action, change.object_kind, change.object_id, change.before, change.after)


@event.listens_for(AuditedSession, "before_commit")
def _append(db: AuditedSession) -> None:
    if db.in_nested_transaction():  # A savepoint.
        return
    db.flush()
    if db.pending:
        audit_chain.append(db.connection(), db.pending)


@event.listens_for(AuditedSession, "after_transaction_create")
def _remember_savepoint(db: AuditedSession, transaction: SessionTransaction) -> None:
    if transaction.nested:
        db._savepoints[transaction] = len(db.pending)


@event.listens_for(AuditedSession, "after_soft_rollback")
def _forget_what_did_not_happen(db: AuditedSession, previous_transaction: SessionTransaction) -> None:
    # A flush that failed inside of a savepoint has rolled back the savepoint.
    rolled_back: SessionTransaction | None = previous_transaction
    while rolled_back is not None and not rolled_back.nested:
        rolled_back = rolled_back.parent
    if rolled_back is not None:
        del db.pending[db._savepoints.get(rolled_back, len(db.pending)) :]


@event.listens_for(AuditedSession, "after_transaction_end")
def _end(db: AuditedSession, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        db.pending.clear()
        db._savepoints.clear()


@event.listens_for(AuditedSession, "do_orm_execute")
def _refuse_to_go_past(state: ORMExecuteState) -> None:
    """A statement that writes must say under `audit` where the log tells of it, or why it need not."""
    if state.is_select or state.execution_options.get("audit"):
        return
    statement = state.statement
    if isinstance(statement, TextClause):
        if WRITING.match(statement.text):
            raise UnauditedWriteError(f"This statement may write past the audit log: {statement.text[:80]}")
        return
    table = getattr(statement, "table", None)
    if isinstance(table, Table) and kind_of_table(table.name):
        raise UnauditedWriteError(
            f"A bulk write to {table.name} goes past the audit log. Write objects, or record it and say so:"
            ' statement.execution_options(audit="where the log tells of it").'
        )
