"""What is known of backups: the files themselves are made by the launcher, which alone knows where servers are."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from domain.models.audit_entry import AuditEntry
from domain.models.backup import Backup, BackupState

LONGEST = timedelta(hours=6)
"""Then its job is ended; what is said to run for longer has died with its process."""
TOO_OLD = timedelta(hours=26)
"""One is made each night, and the night in which clocks go back is 25 hours away."""
GONE = "The process that made it is gone."


def begin(db: Session, now: datetime) -> int:
    """Note that one is begun; those that died are said to have failed. Returns its number."""
    died = update(Backup).where(Backup.state == BackupState.RUNNING, Backup.began_at < now - LONGEST)
    db.execute(died.values(state=BackupState.FAILED, ended_at=now, error=GONE))
    backup = Backup(began_at=now)
    db.add(backup)
    db.flush()
    return backup.id


def latest(db: Session) -> Backup | None:
    """The last one that has an end, good or bad."""
    return db.scalar(select(Backup).where(Backup.ended_at.is_not(None)).order_by(Backup.id.desc()).limit(1))


def latest_verified_at(db: Session) -> datetime | None:
    """When one was last proven to be good."""
    return db.scalar(select(Backup.ended_at).where(Backup.verified).order_by(Backup.id.desc()).limit(1))


def overdue_since(db: Session, now: datetime) -> datetime | None:
    """Since when there is none that is new enough, though what it should hold is older than that; None if all is well.

    One that runs is given its time.
    """
    counts = Backup.state.in_((BackupState.MADE, BackupState.RUNNING))
    runs_no_more = (Backup.state == BackupState.RUNNING) & (Backup.began_at < now - LONGEST)
    last_at = db.scalar(select(func.max(Backup.began_at)).where(counts, ~runs_no_more))
    # The audit log begins with the installation and is kept whole.
    since = last_at or db.scalar(select(AuditEntry.happened_at).order_by(AuditEntry.id).limit(1))
    return since + TOO_OLD if since is not None and now - since > TOO_OLD else None
