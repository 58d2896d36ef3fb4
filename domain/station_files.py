"""What stations upload: how much, for how long, and what became of each.

A file is *receiving* until its last byte has come, then *complete*, or *failed* with a reason. Every step names the
state from which it may be taken, so that whoever is too late (a process that was thought dead) learns it. Bytes lie in
the directory of the uploads, under the keys of station and file; what a station calls its file leads nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from config import get_settings
from domain import live
from domain.errors import DomainError
from domain.file_access import Guest
from domain.file_paths import Place
from domain.models import Action, Command, FileState, Station, StationFile

MEGABYTE = 1_000_000
DAY = timedelta(days=1)
ALONE = text("SELECT pg_advisory_xact_lock(hashtext('station file'), :station_id)")
MOST_A_DAY = 1000
"""Uploads of one station, whatever becomes of them."""
MOST_AT_ONCE = 10
"""Of one station. Each holds a connection for as long as a byte comes now and then."""
DEAD_AFTER = timedelta(minutes=5)
"""A file of which nothing more was heard for so long lost its process; one whose station only stalls is given up before
(engine/files/receiving.py)."""
ASKS = (Action.GET_DIAGNOSTICS, Action.GET_LOG)
"""Commands that are followed by an upload."""


class UploadFault(StrEnum):
    """Why an upload failed; the screen translates it."""

    TOO_LARGE = "too_large"
    OVER_QUOTA = "over_quota"
    TOO_MANY = "too_many"
    TOO_MANY_AT_ONCE = "too_many_at_once"
    BROKEN_OFF = "broken_off"
    """The station, or the line to it, ended before the file did."""
    STALLED = "stalled"
    NOT_KEPT = "not_kept"
    """The disk or the database did not take it."""
    ABANDONED = "abandoned"
    """The process that received it died."""


SENTENCES = {
    UploadFault.TOO_LARGE: "The file is larger than what is accepted.",
    UploadFault.OVER_QUOTA: "The station's space for files is full.",
    UploadFault.TOO_MANY: "The station has uploaded too many files today.",
    UploadFault.TOO_MANY_AT_ONCE: "The station uploads too many files at once.",
    UploadFault.BROKEN_OFF: "The file ended too early.",
    UploadFault.STALLED: "Nothing came for too long.",
    UploadFault.NOT_KEPT: "The file could not be kept. Try again later.",
    UploadFault.ABANDONED: "The file was given up.",
}
"""For the station."""


class UploadError(DomainError):
    """An upload cannot go on."""

    def __init__(self, fault: UploadFault) -> None:
        super().__init__(SENTENCES[fault])
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Room:
    """How much a file may still become."""

    largest_bytes: int
    left_bytes: int

    def check(self, size_bytes: int) -> None:
        """Raises UploadError for a file of this size."""
        if size_bytes > self.largest_bytes:
            raise UploadError(UploadFault.TOO_LARGE)
        if size_bytes > self.left_bytes:
            raise UploadError(UploadFault.OVER_QUOTA)


@dataclass(frozen=True, slots=True)
class Usage:
    """What one station's files take."""

    bytes: int
    uploads_today: int
    under_way: int

    @property
    def room(self) -> Room:
        settings = get_settings()
        quota_bytes = settings.upload_quota_megabytes * MEGABYTE
        return Room(settings.upload_limit_megabytes * MEGABYTE, quota_bytes - self.bytes)


def path_of(station_id: int, file_id: int) -> Path:
    """Where the bytes of an upload lie."""
    return get_settings().uploads_dir / str(station_id) / str(file_id)


def usage(db: Session, station_id: int, now: datetime, but_for: int | None = None) -> Usage:
    kept = (StationFile.state != FileState.FAILED) & (StationFile.id.is_distinct_from(but_for))
    row = db.execute(
        select(
            func.coalesce(func.sum(StationFile.size_bytes).filter(kept), 0).label("bytes"),
            func.count().filter(StationFile.started_at > now - DAY).label("today"),
            func.count().filter(StationFile.state == FileState.RECEIVING).label("under_way"),
        ).where(StationFile.station_id == station_id)
    ).one()
    return Usage(int(row.bytes), row.today, row.under_way)


def begin(db: Session, guest: Guest, place: Place, via: str, now: datetime) -> tuple[StationFile, Room]:
    """A station starts to upload; `via` is the protocol. Raises UploadError."""
    db.execute(ALONE, {"station_id": guest.station_id})  # Those that begin at once would not count each other.
    used = usage(db, guest.station_id, now)
    if used.under_way >= MOST_AT_ONCE:
        raise UploadError(UploadFault.TOO_MANY_AT_ONCE)
    if used.uploads_today >= MOST_A_DAY:
        raise UploadError(UploadFault.TOO_MANY)
    used.room.check(1)
    file = StationFile(
        station_id=guest.station_id,
        name=place.name,
        size_bytes=0,
        state=FileState.RECEIVING,
        via=via,
        command_id=_asked_by(db, guest.station_id, place.number, now),
        started_at=now,
        changed_at=now,
    )
    db.add(file)
    db.flush()
    _note(db, guest, file.id)
    return file, used.room


def grow(db: Session, guest: Guest, file_id: int, size_bytes: int, now: datetime) -> Room:
    """So much has come; returns what else may. Raises UploadError if the file was given up meanwhile."""
    _move(db, guest, file_id, size_bytes=size_bytes, changed_at=now)
    return usage(db, guest.station_id, now, but_for=file_id).room


def complete(db: Session, guest: Guest, file_id: int, size_bytes: int, sha256: str, now: datetime) -> None:
    """All has come and lies on the disk. Raises UploadError if it was given up meanwhile, or others took the room."""
    # One file of a station after the other, else two that end at once would both find the same room.
    db.execute(ALONE, {"station_id": guest.station_id})
    usage(db, guest.station_id, now, but_for=file_id).room.check(size_bytes)
    _move(db, guest, file_id, size_bytes=size_bytes, sha256=sha256, state=FileState.COMPLETE, changed_at=now)


def fail(db: Session, guest: Guest, file_id: int, size_bytes: int, fault: UploadFault, now: datetime) -> None:
    """It ends here; what has come is thrown away by the caller. Nothing happens if it was given up before."""
    _update(db, guest, file_id, size_bytes=size_bytes, state=FileState.FAILED, reason=fault, changed_at=now)


def sweep(db: Session, now: datetime) -> int:
    """Give up what lost its process; returns how many."""
    ended = (
        update(StationFile)
        .where(StationFile.state == FileState.RECEIVING, StationFile.changed_at < now - DEAD_AFTER)
        .values(state=FileState.FAILED, reason=UploadFault.ABANDONED, changed_at=now)
        .where(Station.id == StationFile.station_id)
        .returning(StationFile.id, StationFile.station_id, Station.site_id)
        .execution_options(synchronize_session=False)
    )
    rows = db.execute(ended).all()
    for row in rows:
        _note(db, Guest(row.station_id, row.site_id), row.id)
    return len(rows)


def forget_before(db: Session, oldest: datetime) -> int:
    """The rows of uploads that are older; returns how many. Their bytes go with `domain.file_store.remove_orphans`."""
    gone = (
        delete(StationFile)
        .where(StationFile.started_at < oldest)
        .returning(StationFile.id)
        .execution_options(synchronize_session=False)
    )
    return len(db.scalars(gone).all())


def shown_to(db: Session, station_id: int) -> Sequence[StationFile]:
    """What a station sees of its own: the latest of each name, the oldest first."""
    latest = (
        select(func.max(StationFile.id))
        .where(StationFile.station_id == station_id, StationFile.state != FileState.FAILED)
        .group_by(StationFile.name)
    )
    return db.scalars(select(StationFile).where(StationFile.id.in_(latest)).order_by(StationFile.id)).all()


def _asked_by(db: Session, station_id: int, number: int | None, now: datetime) -> int | None:
    """The command whose folder it is; for a station that leaves out the folder, the last one that asked for a file."""
    asked = select(func.max(Command.id)).where(Command.station_id == station_id, Command.action.in_(ASKS))
    if number is not None and (found := db.scalar(asked.where(Command.id == number))):
        return found
    return db.scalar(asked.where(Command.sent_at > now - DAY))


def _move(db: Session, guest: Guest, file_id: int, **values: object) -> None:
    if not _update(db, guest, file_id, **values):
        raise UploadError(UploadFault.ABANDONED)


def _update(db: Session, guest: Guest, file_id: int, **values: object) -> bool:
    receiving = StationFile.id == file_id, StationFile.state == FileState.RECEIVING
    moved = update(StationFile).where(*receiving).values(**values).returning(StationFile.id)
    if db.scalar(moved.execution_options(synchronize_session=False)) is None:
        return False
    _note(db, guest, file_id)
    return True


def _note(db: Session, guest: Guest, file_id: int) -> None:
    live.note(db, live.Change(live.Kind.FILE, file_id, guest.site_id, guest.station_id))
