"""What the worker runs once an import is confirmed: all of it is written, or nothing."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from domain import passwords, users
from domain.audit import Actor, audited_session_factory
from domain.id_tokens import identity_of
from domain.models import IdToken, PortalUser
from domain.roles import RoleName
from domain.secrets import new_secret
from domain.user_details import UserError, normal_email
from domain.users import NoSuchUserError
from portal.imports import waiting
from portal.imports.outcomes import WRITING, Outcome
from portal.imports.plan import FIELDS, Plan, TagStep, UserStep, plan
from portal.imports.problems import Problem
from portal.imports.progress import Decision, Run, State, Trouble
from portal.imports.waiting import Waiting

NAME = "portal.imports.job.run"
LONGEST_SECONDS = 2 * 60 * 60
HASHERS = max(1, min(4, (os.cpu_count() or 1) - 1))
"""At once, each with 32 MB; one processor is left to those who charge."""
ONE_AFTER_ANOTHER = 7_254_016
"""The lock under which imports write: a number of our own among PostgreSQL's advisory locks."""


class CancelledError(Exception):
    """Somebody does not want it any more."""


class ChangedError(Exception):
    """Some rows would not become what was shown."""

    def __init__(self, troubles: list[Trouble]) -> None:
        super().__init__(f"{len(troubles)} rows")
        self.troubles = troubles


@dataclass(frozen=True)
class Hashes:
    """Of the passwords in the file, by the row's place among the users."""

    given: dict[int, str]
    nobodys: str

    def of(self, index: int, step: UserStep) -> str | None:
        return self.given.get(index) or (self.nobodys if step.user is None else None)


class ImportFailedError(Exception):
    """The database refused. Its own words quote values, and are told to nobody."""


def run(user_id: int, word: str, address: str | None) -> None:
    """Write what waits under this word of this administrator, who confirmed it from `address`."""
    this = Run(user_id, word)
    if not this.start():
        return
    with this.pulse():
        rows = waiting.load(user_id, word)
        if rows is None:
            this.finish(State.EXPIRED)
            return
        try:
            _write(this, Actor(user_id, address), rows)
        except CancelledError:
            this.finish(State.CANCELLED)
        except ChangedError as error:
            this.finish(State.CHANGED, error.troubles)
        except SQLAlchemyError as error:
            # It may have been the commit whose answer was lost: what became of it is asked of PostgreSQL (Run.look).
            this.decide(Decision.DIED)
            raise ImportFailedError(type(error).__name__) from None
        else:
            waiting.keep_without_passwords(user_id, word, rows)
            this.finish(State.DONE)
            return
    waiting.keep_for(user_id, word, waiting.WAIT_SECONDS)


def _write(this: Run, importer: Actor, rows: Waiting) -> None:
    hashes = _hashed(this, rows)
    with audited_session_factory(lambda: importer)() as db, db.begin():
        # One import's look must not miss what another one writes at this moment.
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AFTER_ANOTHER})
        _expect_an_administrator(db, importer.user_id)
        planned = plan(db, rows.rows, importer.user_id)
        _expect_the_same(planned, rows)
        _apply(db, this, planned, hashes)
        this.tell_transaction(db.scalar(text("SELECT pg_current_xact_id()::text")))
        if not this.decide(Decision.COMMIT):
            raise CancelledError


def _hashed(this: Run, rows: Waiting) -> Hashes:
    """The hash for each user: slow on purpose, so before the transaction, and in threads (scrypt is C)."""
    wanted = {
        index: row.password
        for index, (row, verdict) in enumerate(zip(rows.rows.users, rows.verdicts, strict=False))
        if row.password is not None and verdict.outcome in WRITING
    }
    hashes: dict[int, str] = {}
    this.tell(State.HASHING, 0, len(wanted))
    pool = ThreadPoolExecutor(HASHERS)
    try:
        made = pool.map(passwords.hash_password, wanted.values())
        for index, password_hash in zip(wanted, made, strict=True):
            hashes[index] = password_hash
            this.tell(State.HASHING, len(hashes), len(wanted))
            if this.is_cancelled:
                raise CancelledError
    finally:
        pool.shutdown(cancel_futures=True)
    # Nobody knows this one: who has no password yet asks for one by e-mail.
    return Hashes(hashes, passwords.hash_password(f"{new_secret()}-a1"))


def _expect_an_administrator(db: Session, user_id: int) -> None:
    """Who confirmed may have lost the role since."""
    importer = db.scalar(select(PortalUser).where(PortalUser.id == user_id, PortalUser.active))
    if importer is None or importer.role is not RoleName.ADMINISTRATOR:
        raise ChangedError([])


def _expect_the_same(planned: Plan, rows: Waiting) -> None:
    troubles = [
        Trouble(index, now.outcome, now.problems)
        for index, (now, shown) in enumerate(zip(planned.verdicts, rows.verdicts, strict=True))
        if (now.outcome, now.changes) != (shown.outcome, shown.changes)
    ]
    if troubles:
        raise ChangedError(troubles)


def _apply(db: Session, this: Run, planned: Plan, hashes: Hashes) -> None:
    steps = list(_steps(planned))
    for done, (index, step) in enumerate(steps):
        this.tell(State.WRITING, done, len(steps))
        if this.is_cancelled:
            raise CancelledError
        try:
            if isinstance(step, UserStep):
                _apply_user(db, step, hashes.of(index, step))
            else:
                _apply_tag(db, step)
        except UserError as error:
            raise ChangedError([Trouble(index, Outcome.REFUSED, _problems(error))]) from None
        except (NoSuchUserError, IntegrityError):
            raise ChangedError([Trouble(index, Outcome.REFUSED, [Problem("", "meanwhile")])]) from None
    this.tell(State.WRITING, len(steps), len(steps))


def _problems(error: UserError) -> list[Problem]:
    return [
        Problem.of(FIELDS.get(field, field), refusal)
        for field, refusals in error.refusals.items()
        for refusal in refusals
    ]


def _steps(planned: Plan) -> Iterator[tuple[int, UserStep | TagStep]]:
    """Those that write, with their place among all rows; users come before their tags."""
    everything = enumerate(chain[UserStep | TagStep](planned.users, planned.tags))
    return ((index, step) for index, step in everything if step.verdict.outcome in WRITING)


def _apply_user(db: Session, step: UserStep, password_hash: str | None) -> None:
    details = replace(step.details, password_hash=password_hash)
    if step.user is None:
        users.add(db, details)
    else:
        users.change(db, step.user, details)


def _apply_tag(db: Session, step: TagStep) -> None:
    row = step.row
    tag = db.scalar(select(IdToken).where(IdToken.identity == identity_of(row.tag)))
    if tag is None:
        tag = IdToken(token=row.tag)
        db.add(tag)
    if row.owner:
        tag.user_id = db.scalar(select(PortalUser.id).where(PortalUser.username == normal_email(row.owner)))
    for field in ("description", "valid_from_at", "expires_at", "blocked"):
        if (value := getattr(row, field)) is not None:
            setattr(tag, field, value)
    db.flush()
