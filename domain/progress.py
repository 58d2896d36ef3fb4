"""How far a station is with its firmware or with a log that it uploads: what it tells after it agreed to a command.

A station tells its progress without saying of which command, unless it speaks the security extension. So it belongs to
the latest command of the kind that reached the station. A word never hides one that says more:

    after                         only this still counts
    installed, uploaded           nothing: what follows belongs to something that nobody here asked for
    a failure                     any word but idle: the station tries again
    anything else                 any word

What belongs to no command is an event all the same. An event is written for each change of firmware, not for each time
that it is told.
"""

from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from domain import commands, events, live
from domain.events import EventKind
from domain.models import Action, Command, CommandReason, CommandState, Progress
from domain.models.columns import LARGEST_BIG_KEY
from domain.reports import FirmwareReport, LogReport

DONE = frozenset({Progress.INSTALLED, Progress.UPLOADED})
FAILURES = frozenset(
    {
        Progress.DOWNLOAD_FAILED,
        Progress.INVALID_SIGNATURE,
        Progress.INSTALLATION_FAILED,
        Progress.INSTALL_VERIFICATION_FAILED,
        Progress.UPLOAD_FAILED,
        Progress.PERMISSION_DENIED,
        Progress.BAD_MESSAGE,
        Progress.NOT_SUPPORTED_OPERATION,
    }
)

REPEATS_WITHIN = timedelta(hours=1)
"""For so long the same is not told twice where it belongs to no command."""

REACHED = or_(
    Command.state.in_((CommandState.SENT, CommandState.ACCEPTED, CommandState.TIMED_OUT)),
    and_(Command.state == CommandState.FAILED, Command.reason == CommandReason.LINE_LOST),
)
"""The station has it, or may have it, and did not refuse."""


def tell_firmware(db: Session, report: FirmwareReport) -> None:
    """A new state of the firmware is a step of the command that asked for it, and an event."""
    command = _command_of(db, report, Action.UPDATE_FIRMWARE)
    details = {"status": report.progress, "command_id": command.id if command else report.command_id}
    if command is None:
        events.record_once(
            db, EventKind.FIRMWARE_STATUS, report.station_id, report.received_at, details, REPEATS_WITHIN
        )
    elif _advance(db, command, report):
        events.record(db, EventKind.FIRMWARE_STATUS, report.station_id, report.received_at, details)


def tell_log(db: Session, report: LogReport) -> None:
    """A step of an upload; an event only where nobody here asked for one."""
    command = _command_of(db, report, report.action)
    if command is not None:
        _advance(db, command, report)
        return
    details = {"status": report.progress, "command_id": report.command_id}
    events.record_once(db, EventKind.LOG_STATUS, report.station_id, report.received_at, details, REPEATS_WITHIN)


def _command_of(db: Session, report: FirmwareReport | LogReport, action: Action) -> Command | None:
    """The command that the station speaks of, or where it says of none, the latest that it can mean."""
    wanted = (
        select(Command)
        .where(Command.station_id == report.station_id, Command.action == action)
        .order_by(Command.id.desc())
        .limit(1)
        .with_for_update(of=Command)
        .execution_options(populate_existing=True)
    )
    if report.command_id is None:
        return db.scalar(wanted.where(REACHED))
    if not 0 < report.command_id <= LARGEST_BIG_KEY:
        return None
    return db.scalar(wanted.where(Command.id == report.command_id))


def _advance(db: Session, command: Command, report: FirmwareReport | LogReport) -> bool:
    """Write down the progress; returns whether the word is a new one that counts."""
    if not counts_after(command.progress, report.progress):
        return False
    is_new = command.progress != report.progress
    command.progress = report.progress
    command.progress_at = report.received_at
    live.note(db, commands.change_of(command))
    return is_new


def counts_after(before: str | None, progress: Progress) -> bool:
    """Whether a word is written over the one before."""
    if before in DONE:
        return False
    return before not in FAILURES or progress is not Progress.IDLE
