"""A file as it comes in, whichever way: to the disk, into its checksum, and second by second into its row."""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import structlog
from sqlalchemy.exc import SQLAlchemyError

from domain import clock, station_files
from domain.db import session_factory
from domain.file_access import Guest
from domain.file_paths import Place
from domain.station_files import UploadError, UploadFault

TELL_SECONDS = 1.0
STALLS_AFTER_SECONDS = 60
"""A station that sends nothing for so long has given up: well before the sweep takes its file for dead."""

log = structlog.get_logger()


class Upload:
    """A file to write to, as both servers need it; what is closed and not finished has failed."""

    def __init__(self, guest: Guest, place: Place, via: str) -> None:
        """Raises UploadError."""
        self._guest = guest
        with _kept(), session_factory().begin() as db:
            file, self._room = station_files.begin(db, guest, place, via, clock.now())
        self.name = file.name
        self.closed = False
        self._id = file.id
        self._size_bytes = 0
        self._told_at = time.monotonic()
        self._hash = hashlib.sha256()
        self._path = station_files.path_of(guest.station_id, file.id)
        try:
            with _kept():
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._out = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except UploadError as error:
            self._end(error.fault)
            raise

    def write(self, chunk: bytes) -> int:
        """Raises UploadError; the file has then failed."""
        try:
            self._room.check(self._size_bytes + len(chunk))
            self._write(chunk)
            if time.monotonic() - self._told_at >= TELL_SECONDS:
                self._tell()
        except UploadError as error:
            self.close(error.fault)
            raise
        return len(chunk)

    def finish(self) -> None:
        """All has come. Raises UploadError."""
        try:
            with _kept():
                os.fsync(self._out)
            with _kept(), session_factory().begin() as db:
                digest = self._hash.hexdigest()
                station_files.complete(db, self._guest, self._id, self._size_bytes, digest, clock.now())
        except UploadError as error:
            self.close(error.fault)
            raise
        self._close_file()

    def close(self, fault: UploadFault = UploadFault.BROKEN_OFF) -> None:
        """If it is not finished, this is why."""
        if not self.closed:
            self._close_file()
            self._path.unlink(missing_ok=True)
            self._end(fault)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            self.finish()
        else:
            self.close(error.fault if isinstance(error, UploadError) else UploadFault.BROKEN_OFF)

    def seek(self, _position: int) -> None:
        """A form's parser turns back to the beginning once all is written; nobody reads it there."""

    def _write(self, chunk: bytes) -> None:
        rest = memoryview(chunk)
        with _kept():
            while rest:
                rest = rest[os.write(self._out, rest) :]
        self._hash.update(chunk)
        self._size_bytes += len(chunk)

    def _tell(self) -> None:
        with _kept(), session_factory().begin() as db:
            self._room = station_files.grow(db, self._guest, self._id, self._size_bytes, clock.now())
        self._told_at = time.monotonic()

    def _end(self, fault: UploadFault) -> None:
        """Without a database the row is given up by the sweep."""
        try:
            with session_factory().begin() as db:
                station_files.fail(db, self._guest, self._id, self._size_bytes, fault, clock.now())
        except SQLAlchemyError:
            log.exception("an upload's end could not be written down", station_id=self._guest.station_id)

    def _close_file(self) -> None:
        self.closed = True
        os.close(self._out)


@contextmanager
def _kept() -> Iterator[None]:
    """Turns what disk and database say into words for the station; the log has the whole of it."""
    try:
        yield
    except (OSError, SQLAlchemyError) as error:
        log.exception("an upload could not be kept")
        raise UploadError(UploadFault.NOT_KEPT) from error
