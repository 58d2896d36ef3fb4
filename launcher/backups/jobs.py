"""Backups as they are asked for: by the timetable, or at a terminal. Each leaves a row that says what became of it."""

from datetime import timedelta

import structlog

from config import Settings, get_settings
from domain import backups, clock
from domain.alarms import installation
from domain.db import session_factory
from domain.models import Backup, BackupState
from launcher.backups import making, retention
from launcher.backups.making import Made
from launcher.errors import LaunchError

VERIFIED_EVERY = timedelta(days=6, hours=12)
"""A week, give or take: the daily ones do not begin at the same second."""

log = structlog.get_logger()


def back_up_daily() -> None:
    """Make one, verify it once a week, and forget those that need not be kept."""
    settings = get_settings()
    if not settings.backup_daily:
        return
    with session_factory()() as db:
        verified_at = backups.latest_verified_at(db)
    back_up(settings, verify=verified_at is None or clock.now() - verified_at > VERIFIED_EVERY)


def back_up_now() -> None:
    """As an administrator asks for it in the portal."""
    back_up(get_settings(), verify=True)


def back_up(settings: Settings, *, verify: bool) -> Made:
    """Make one. Raises what `making.make` raises, after it was written down."""
    began_at = clock.now()
    with session_factory().begin() as db:
        number = backups.begin(db, began_at)
    try:
        made = making.make(settings, began_at, verify=verify)
        for path in retention.forget_old(settings.backup_dir):
            log.info("a backup was forgotten", file=path.name)
    except Exception as error:
        # Whatever it was, it must be seen by those who look after backups.
        told = str(error) if isinstance(error, LaunchError) else f"{type(error).__name__}: {error}"
        _end(number, state=BackupState.FAILED, error=told)
        raise
    _end(
        number,
        state=BackupState.MADE,
        file_name=made.path.name,
        size_bytes=made.size_bytes,
        sha256=made.sha256,
        rows=made.rows,
        verified=verify,
    )
    log.info("a backup was made", file=made.path.name, bytes=made.size_bytes, verified=verify)
    return made


def _end(number: int, **values: object) -> None:
    with session_factory().begin() as db:
        backup = db.get_one(Backup, number)
        backup.ended_at = now = clock.now()
        for name, value in values.items():
            setattr(backup, name, value)
        db.flush()
        found = installation.of_backups(db, now, is_daily=get_settings().backup_daily)
        installation.judge(db, found, now)
