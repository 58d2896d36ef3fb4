"""Files of tables that take longer than anybody waits for: asked for, made by a job, had by who asked, and forgotten.

    queued -> running -> done
       |         |-----> failed
       `---------`-----> cancelled

Each step is one statement that asks for the state before it. So a file that was cancelled is never finished, and
whoever makes it learns at the next step that nobody wants it any more.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from config import get_settings
from domain.errors import DomainError
from domain.models import ExportFault, ExportFile, ExportState, PortalUser
from domain.scope import Viewer

KEPT_FOR = timedelta(days=7)
MOST_UNDER_WAY = 3
"""Of one user at the same time."""
DEAD_AFTER = timedelta(minutes=2)
"""Of silence; the job tells each second how far it is."""
NEVER_BEGUN_AFTER = timedelta(hours=6)
UNDER_WAY = (ExportState.QUEUED, ExportState.RUNNING)


class TooManyExportsError(DomainError):
    """The user has `MOST_UNDER_WAY` files under way already."""


class NotWantedError(DomainError):
    """It was cancelled or deleted, or given up as dead."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file is to hold: a table as a URL asks for it, read in a language and a zone."""

    title: str
    file_type: str
    table_name: str
    query: str
    language: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Made:
    """What became of it."""

    file_name: str
    size_bytes: int
    rows: int
    made_for: str


def mark_of(viewer: Viewer) -> str:
    """Differs once this person may see other rows."""
    return hashlib.sha256(f"{viewer.role} {sorted(viewer.site_ids)}".encode()).hexdigest()


def path_of(file_id: int) -> Path:
    return get_settings().exports_dir / str(file_id)


def ask(
    db: Session, user_id: int, wanted: Wanted, now: datetime, schedule_id: int | None = None, *, is_limited: bool = True
) -> ExportFile:
    """The row that a job is then queued for.

    Raises:
        TooManyExportsError: unless it is due and nobody asks by hand.
    """
    if is_limited:
        # One at a time for each user, so that the count holds.
        db.execute(select(PortalUser.id).where(PortalUser.id == user_id).with_for_update())
        mine = select(func.count()).where(ExportFile.user_id == user_id, ExportFile.state.in_(UNDER_WAY))
        if db.scalars(mine).one() >= MOST_UNDER_WAY:
            raise TooManyExportsError
    file = ExportFile(
        user_id=user_id,
        schedule_id=schedule_id,
        title=wanted.title,
        file_type=wanted.file_type,
        table_name=wanted.table_name,
        query=wanted.query,
        language=wanted.language,
        time_zone=wanted.time_zone,
        state=ExportState.QUEUED,
        asked_at=now,
        changed_at=now,
        expires_at=now + KEPT_FOR,
    )
    db.add(file)
    db.flush()
    return file


def of_user(db: Session, user_id: int) -> Sequence[ExportFile]:
    """The latest first; they are gone after a week."""
    return db.scalars(select(ExportFile).where(ExportFile.user_id == user_id).order_by(ExportFile.id.desc())).all()


def find(db: Session, user_id: int, file_id: int) -> ExportFile | None:
    return db.scalar(select(ExportFile).where(ExportFile.id == file_id, ExportFile.user_id == user_id))


def begin(db: Session, file_id: int, now: datetime) -> ExportFile:
    """Raises NotWantedError, also for one that another job has begun."""
    _step(db, file_id, (ExportState.QUEUED,), state=ExportState.RUNNING, changed_at=now)
    return db.get_one(ExportFile, file_id, populate_existing=True)


def advance(db: Session, file_id: int, rows_done: int, now: datetime, rows_total: int | None = None) -> None:
    """Raises NotWantedError."""
    total = {} if rows_total is None else {"rows_total": rows_total}
    _step(db, file_id, (ExportState.RUNNING,), rows_done=rows_done, changed_at=now, **total)


def finish(db: Session, file_id: int, made: Made, now: datetime) -> None:
    """Raises NotWantedError."""
    values = {"file_name": made.file_name, "size_bytes": made.size_bytes, "made_for": made.made_for}
    rows = {"rows_done": made.rows, "rows_total": made.rows}
    _step(db, file_id, (ExportState.RUNNING,), state=ExportState.DONE, changed_at=now, **values, **rows)


def fail(db: Session, file_id: int, fault: ExportFault, now: datetime) -> None:
    """Raises NotWantedError."""
    _step(db, file_id, UNDER_WAY, state=ExportState.FAILED, reason=fault, changed_at=now)


def cancel(db: Session, user_id: int, file_id: int, now: datetime) -> bool:
    """Whether it was still under way."""
    cancelled = (
        update(ExportFile)
        .where(ExportFile.id == file_id, ExportFile.user_id == user_id, ExportFile.state.in_(UNDER_WAY))
        .values(state=ExportState.CANCELLED, changed_at=now)
        .returning(ExportFile.id)
    )
    return db.scalar(cancelled.execution_options(synchronize_session=False)) is not None


def remove(db: Session, user_id: int, file_id: int) -> bool:
    """Whether there was such a file of this user. The caller throws its bytes away, once that is committed."""
    mine = delete(ExportFile).where(ExportFile.id == file_id, ExportFile.user_id == user_id).returning(ExportFile.id)
    return db.scalar(mine.execution_options(synchronize_session=False)) is not None


def sweep(db: Session, now: datetime) -> None:
    """Give up what lost its process, and what no worker ever took."""
    is_dead = (ExportFile.state == ExportState.RUNNING) & (ExportFile.changed_at < now - DEAD_AFTER)
    is_lost = (ExportFile.state == ExportState.QUEUED) & (ExportFile.changed_at < now - NEVER_BEGUN_AFTER)
    given_up = {"state": ExportState.FAILED, "reason": ExportFault.ABANDONED, "changed_at": now}
    ended = update(ExportFile).where(is_dead | is_lost).values(given_up)
    db.execute(ended.execution_options(synchronize_session=False))


def forget_old(db: Session, now: datetime) -> int:
    """Rows past their time; returns how many. Their bytes go with `domain.file_store.remove_orphans`."""
    gone = delete(ExportFile).where(ExportFile.expires_at <= now).returning(ExportFile.id)
    return len(db.scalars(gone.execution_options(synchronize_session=False)).all())


def _step(db: Session, file_id: int, states: Sequence[ExportState], **values: object) -> None:
    stepped = (
        update(ExportFile)
        .where(ExportFile.id == file_id, ExportFile.state.in_(states))
        .values(values)
        .returning(ExportFile.id)
        .execution_options(synchronize_session=False)
    )
    if db.scalar(stepped) is None:
        raise NotWantedError
