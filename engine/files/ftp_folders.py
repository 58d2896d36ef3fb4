"""What a station sees over FTP: folders made of rows. No path of theirs is one of the disk (domain/file_paths.py)."""

import os
import stat
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyftpdlib.exceptions import FilesystemError
from pyftpdlib.filesystems import AbstractedFS
from sqlalchemy.orm import Session

from domain import clock, file_paths, firmware_images, station_files
from domain.db import session_factory
from domain.file_access import Guest
from domain.file_paths import BadPathError, Folder, Place
from domain.station_files import UploadError
from engine.files.receiving import Upload

OWNER = "station"
NOTHING_THERE = "There is no such file"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a listing; a folder has no size."""

    size_bytes: int | None = None
    changed_at: datetime | None = None
    file: os.PathLike[str] | None = None
    """Where the bytes lie that a station may read."""

    def as_stat(self) -> os.stat_result:
        mode = stat.S_IFDIR | 0o755 if self.size_bytes is None else stat.S_IFREG | 0o644
        at = int((self.changed_at or clock.now()).timestamp())
        return os.stat_result((mode, 0, 0, 1, 0, 0, self.size_bytes or 0, at, at, at))


Entries = dict[str, Entry]


def entries(db: Session, guest: Guest, folder: Place) -> Entries:
    """What a folder holds, by name."""
    match folder:
        case Place(Folder.ROOT):
            return {Folder.UPLOADS: Entry(), Folder.FIRMWARE: Entry()}
        case Place(Folder.UPLOADS):
            return {
                file.name: Entry(file.size_bytes, file.changed_at)
                for file in station_files.shown_to(db, guest.station_id)
            }
    images = firmware_images.sent_to(db, guest.station_id, clock.now())
    if folder.number is None:
        return {str(image.id): Entry() for image in images}
    return {
        image.file_name: Entry(image.size_bytes, image.uploaded_at, firmware_images.path_of(image.sha256))
        for image in images
        if image.id == folder.number
    }


class StationFolders(AbstractedFS):
    """pyftpdlib's file system, without one."""

    def __init__(self, root: str, cmd_channel: Any) -> None:
        super().__init__(root, cmd_channel)
        self._guest: Guest = cmd_channel.guest
        self._listed: Entries = {}
        """Of the folder that was listed last, whose lines are asked for one by one."""

    # What a path is

    def ftp2fs(self, ftppath: str) -> str:
        path: str = self.ftpnorm(ftppath)
        return path

    def fs2ftp(self, fspath: str) -> str:
        return fspath

    def validpath(self, path: str) -> bool:
        try:
            file_paths.parse(path)
        except BadPathError:
            return False
        return True

    def realpath(self, path: str) -> str:
        return path

    # What is there

    def isdir(self, path: str) -> bool:
        entry = self._look(path)
        return entry is not None and entry.size_bytes is None

    def isfile(self, path: str) -> bool:
        entry = self._look(path)
        return entry is not None and entry.size_bytes is not None

    def lexists(self, path: str) -> bool:
        return self._look(path) is not None

    def islink(self, path: str) -> bool:
        return False

    def stat(self, path: str) -> os.stat_result:
        entry = self._listed.get(path) or self._look(path)
        if entry is None:
            raise FilesystemError(NOTHING_THERE)
        return entry.as_stat()

    lstat = stat

    def getsize(self, path: str) -> int:
        return self.stat(path).st_size

    def getmtime(self, path: str) -> float:
        return self.stat(path).st_mtime

    def listdir(self, path: str) -> list[str]:
        with session_factory()() as db:
            found = entries(db, self._guest, file_paths.parse(path))
        self._listed = {os.path.join(path, name): entry for name, entry in found.items()}
        return list(found)

    def chdir(self, path: str) -> None:
        if not self.isdir(path):
            raise FilesystemError("There is no such folder")
        self.cwd = path

    def get_user_by_uid(self, uid: int) -> str:
        return OWNER

    get_group_by_gid = get_user_by_uid

    # What passes

    def open(self, filename: str, mode: str) -> Any:
        place = file_paths.parse(filename)
        if "r" in mode and "+" not in mode:
            return self._image(filename)
        if "w" not in mode or not place.is_upload:
            raise FilesystemError("A file is uploaded whole, into the folder of the uploads")
        return self._upload(place)

    def mkstemp(self, suffix: str = "", prefix: str = "", dir: str | None = None, mode: str = "wb") -> Any:
        """For STOU; each upload is a file of its own whatever its name, so that the name needs no luck."""
        return self._upload(Place(Folder.UPLOADS, file_paths.parse(dir or "/").number, prefix.rstrip(".")))

    def _image(self, path: str) -> Any:
        entry = self._look(path)
        if entry is None or entry.file is None:
            raise FilesystemError(NOTHING_THERE)
        return open(entry.file, "rb")

    def _upload(self, place: Place) -> Upload:
        self._listed = {}
        try:
            return Upload(self._guest, place, "ftps" if self.cmd_channel.is_encrypted else "ftp")
        except UploadError as error:
            raise FilesystemError(str(error)) from error

    def _look(self, path: str) -> Entry | None:
        place = file_paths.parse(path)
        match place:
            case Place(Folder.ROOT) | Place(Folder.UPLOADS, _, "") | Place(Folder.FIRMWARE, None, ""):
                return Entry()
        with session_factory()() as db:
            if place.name:
                return entries(db, self._guest, Place(place.folder, place.number)).get(place.name)
            return Entry() if str(place.number) in entries(db, self._guest, Place(Folder.FIRMWARE)) else None
