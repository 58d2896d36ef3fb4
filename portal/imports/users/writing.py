"""A plan of users and tags is written, each row by the rules that hold for one that is typed."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import passwords, users
from domain.id_tokens import identity_of
from domain.models import IdToken, PortalUser
from domain.secrets import new_secret
from domain.user_details import UserError, normal_email
from domain.users import NoSuchUserError
from portal.imports.outcomes import WRITING, Outcome, Verdict
from portal.imports.problems import Problem
from portal.imports.progress import CancelledError, ChangedError, Run, State, Trouble
from portal.imports.users.plan import FIELDS, Plan, TagStep, UserStep
from portal.imports.users.rows import Rows

HASHERS = max(1, min(4, (os.cpu_count() or 1) - 1))
"""At once, each with 32 MB; one processor is left to those who charge."""


@dataclass(frozen=True)
class Hashes:
    """Of the passwords in the file, by the row's place among the users."""

    given: dict[int, str]
    nobodys: str

    def of(self, index: int, step: UserStep) -> str | None:
        return self.given.get(index) or (self.nobodys if step.user is None else None)


def hashed(this: Run, rows: Rows, verdicts: Sequence[Verdict]) -> Hashes:
    """The hash for each user: slow on purpose, so before the transaction, and in threads (scrypt is C)."""
    wanted = {
        index: row.password
        for index, (row, verdict) in enumerate(zip(rows.users, verdicts, strict=False))
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


def write(db: Session, this: Run, planned: Plan, hashes: Hashes) -> None:
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
