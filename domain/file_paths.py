"""What a station may name: two folders, one with the firmware that it was sent and one for what it uploads.

None of these is a path of the disk, where files lie under keys of ours: so no name, however it is written, leads
anywhere else. `/firmware/<image>/<file>` is read, `/uploads/<command>/<file>` is written, and says which command asked.
A station that leaves out the folders uploads as well.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import DomainError
from domain.models.columns import LARGEST_BIG_KEY
from domain.writing import is_writable

LONGEST_NAME = 255
NUMBER = re.compile(r"[1-9][0-9]{0,18}")
NAMELESS = "upload"
"""What a file is called by a station that names only the folder."""


class BadPathError(DomainError):
    """No such path can be."""


class Folder(StrEnum):
    ROOT = ""
    UPLOADS = "uploads"
    FIRMWARE = "firmware"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, if `name` is empty, or a file in it."""

    folder: Folder
    number: int | None = None
    """Of the command in `uploads`, of the image in `firmware`."""
    name: str = ""

    @property
    def is_upload(self) -> bool:
        return self.folder is Folder.UPLOADS and bool(self.name)


def parse(path: str) -> Place:
    """The place that a path names. Raises BadPathError."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise BadPathError("There is nothing above the own folder.")
    if not parts:
        return Place(Folder.ROOT)
    match parts[0]:
        case Folder.UPLOADS | Folder.FIRMWARE:
            return _within(Folder(parts[0]), parts[1:])
        case _ if len(parts) == 1:
            return Place(Folder.UPLOADS, None, checked(parts[0]))
    raise BadPathError("There is no such folder.")


def _within(folder: Folder, parts: list[str]) -> Place:
    number = None
    if parts and NUMBER.fullmatch(parts[0]) and int(parts[0]) <= LARGEST_BIG_KEY:
        number, parts = int(parts[0]), parts[1:]
    if len(parts) > 1:
        raise BadPathError("There is no such folder.")
    return Place(folder, number, checked(parts[0]) if parts else "")


def checked(name: str) -> str:
    """A name that a file may have. Raises BadPathError."""
    if len(name) > LONGEST_NAME:
        raise BadPathError(f"A name has at most {LONGEST_NAME} characters.")
    if not name.strip() or not is_writable(name):
        raise BadPathError("This name cannot be written.")
    return name
