"""What the worker does for regular exports: makes the file, delivers it, and says what became of it.

A run that fails is tried again a few times; once nothing is tried any more, its user is told.
"""

import structlog
from rq import get_current_job
from sqlalchemy import select

from domain import clock, export_files, export_schedules
from domain.db import session_factory
from domain.models import ExportFault, ExportFile, ExportSchedule, ExportState, PortalUser, System
from domain.queue import enqueue
from portal.exports import job
from portal.exports.kinds import KINDS
from portal.exports.queueing import LONGEST_SECONDS
from portal.exports.targets import LASTING, TARGETS, DeliveryError, Parcel
from portal.jobs import TRY_MAIL_AGAIN_AFTER_SECONDS
from portal.mail import sending

TRY_AGAIN_AFTER_SECONDS = (60, 300, 1800)

log = structlog.get_logger(__name__)


class UnfinishedError(Exception):
    """Another process makes the file, or did until it died."""


def run_due() -> None:
    """Queue what is due; each run exactly once."""
    with session_factory().begin() as db:
        files = export_schedules.take_due(db, clock.now())
    for file_id in files:
        queue(file_id)


def queue(file_id: int) -> None:
    """Once its row is committed."""
    enqueue(
        "portal.exports.scheduled.run",
        file_id,
        retry_after_seconds=TRY_AGAIN_AFTER_SECONDS,
        timeout_seconds=LONGEST_SECONDS,
    )


def run(file_id: int) -> None:
    """Make the file unless it is made, and deliver it."""
    job.make(file_id)
    with session_factory()() as db:
        file = db.get(ExportFile, file_id)
    if file is None or file.schedule_id is None or file.state is ExportState.CANCELLED:
        return
    if file.state is not ExportState.DONE and file.state is not ExportState.FAILED:
        # A process that died has left it behind; the sweep gives it up, and another try of this one tells of it.
        raise UnfinishedError(file_id)
    if file.state is ExportState.FAILED:
        _end(file.schedule_id, file.reason)
        return
    try:
        key = _deliver(file)
    except DeliveryError as error:
        log.warning("an export was not delivered", file_id=file_id, fault=error.fault, error=str(error))
        if error.fault not in LASTING and _is_tried_again():
            with session_factory().begin() as db:
                export_schedules.note(db, file.schedule_id, error.fault, clock.now())
            raise
        _end(file.schedule_id, error.fault)
    else:
        with session_factory().begin() as db:
            schedule = export_schedules.note(db, file.schedule_id, None, clock.now())
            if schedule is not None and key is not None:
                schedule.host_key = key


def _end(schedule_id: int, fault: ExportFault | None) -> None:
    """It failed, and is not tried again before it is due."""
    with session_factory().begin() as db:
        schedule = export_schedules.note(db, schedule_id, fault, clock.now())
    if schedule is not None and fault is not None and sending.can_send():
        enqueue(
            "portal.jobs.send_export_failed", schedule_id, fault.value, retry_after_seconds=TRY_MAIL_AGAIN_AFTER_SECONDS
        )


def _deliver(file: ExportFile) -> str | None:
    with session_factory()() as db:
        schedule = db.get_one(ExportSchedule, file.schedule_id)
        user = db.get_one(PortalUser, file.user_id)
        parcel = Parcel(
            path=export_files.path_of(file.id),
            file_name=file.file_name or "",
            media_type=KINDS[file.file_type].media_type,
            title=file.title,
            file_id=file.id,
            to=user.email,
            name=user.first_name,
            language=user.language or schedule.language,
            system=db.scalars(select(System.name)).one(),
            directory=schedule.directory,
            host=schedule.host or "",
            port=schedule.port,
            account=schedule.account or "",
            sealed_password=schedule.sealed_password,
            host_key=schedule.host_key,
        )
    return TARGETS[schedule.target](parcel)


def _is_tried_again() -> bool:
    current = get_current_job()
    return current is not None and bool(current.retries_left)
