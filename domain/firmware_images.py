"""Firmware images: software for stations of one model. Their bytes lie under their SHA-256, equal ones only once."""

import base64
import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from config import get_settings
from domain import protocols
from domain.commands import OPEN_STATES
from domain.errors import DomainError
from domain.models import Action, Command, FirmwareImage, Station

LARGEST_BYTES = 512_000_000
LONGEST_NAME = 100
LONGEST_CERTIFICATE, LONGEST_SIGNATURE = 5500, 800
"""SignedUpdateFirmware has no room for more (Improved security for OCPP 1.6-J, 6.9)."""
STRANGE = re.compile(r"[^A-Za-z0-9._-]+")
FETCHED_WITHIN = timedelta(days=30)
"""For so long after it was told of an image a station may fetch it: it may wait for the night, and try again."""


class ImageInUseError(DomainError):
    """A command to a station names the image, and has not ended."""


class Incoming:
    """The bytes of a new image as they come in: a file to write to, which is gone when it is closed and not kept."""

    def __init__(self) -> None:
        directory = get_settings().firmware_dir
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix="incoming-", dir=directory)
        self._path: Path | None = Path(name)
        self._file = os.fdopen(descriptor, "wb")
        self._hash = hashlib.sha256()
        self.size_bytes = 0

    def write(self, chunk: bytes) -> int:
        self.size_bytes += len(chunk)
        self._hash.update(chunk)
        return self._file.write(chunk)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def keep_as(self, image: FirmwareImage, written_name: str, user_id: int | None, now: datetime) -> None:
        """Be the bytes of a new image. They are on the disk before its row can be."""
        image.file_name, image.size_bytes, image.sha256 = plain_name(written_name), self.size_bytes, self.sha256
        image.user_id, image.uploaded_at = user_id, now
        self._file.flush()
        os.fsync(self._file.fileno())
        if self._path is not None:
            self._path.rename(path_of(self.sha256))
            self._path = None

    def close(self) -> None:
        self._file.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path = None


def path_of(sha256: str) -> Path:
    """Where the bytes of an image lie."""
    return get_settings().firmware_dir / sha256


def plain_name(written: str) -> str:
    """A file's name as it stands in an address without quoting; stations are not always able to undo that."""
    name = re.split(r"[/\\]", written)[-1]
    return STRANGE.sub("_", name).strip("._-")[-LONGEST_NAME:] or "firmware.bin"


def fits(image: FirmwareImage, vendor: str | None, model: str | None) -> bool:
    """Whether an image is for stations that tell this of themselves; what it leaves open fits all."""
    pairs = ((image.vendor, vendor), (image.model, model))
    return all(wanted == "" or wanted.lower() == (told or "").lower() for wanted, told in pairs)


def is_signed(image: FirmwareImage) -> bool:
    """Whether a station is to check who made it ("Improved security for OCPP 1.6-J", 4.2.6)."""
    return bool(image.signing_certificate and image.signature)


def fitting(db: Session, station: Station) -> list[FirmwareImage]:
    """The images for a station, the latest first."""
    takes_signed = protocols.is_secured(station.protocol)
    latest_first = select(FirmwareImage).order_by(FirmwareImage.uploaded_at.desc(), FirmwareImage.id.desc())
    fit = (image for image in db.scalars(latest_first) if fits(image, station.vendor, station.model))
    return [image for image in fit if takes_signed or not is_signed(image)]


def remove(db: Session, image: FirmwareImage) -> None:
    """Delete an image. Its bytes go in the night, unless another image has the same. Raises ImageInUseError."""
    is_named = exists().where(
        Command.action == Action.UPDATE_FIRMWARE,
        Command.state.in_(OPEN_STATES),
        Command.parameters["firmware"].as_integer() == image.id,
    )
    if db.scalar(select(is_named)):
        raise ImageInUseError("A command to a station names it and has not ended yet")
    db.delete(image)


def sent_to(db: Session, station_id: int, now: datetime) -> Sequence[FirmwareImage]:
    """The images that a station may fetch: those that it was told of, the oldest first."""
    told = select(Command.parameters["firmware"].as_integer()).where(
        Command.station_id == station_id,
        Command.action == Action.UPDATE_FIRMWARE,
        Command.sent_at > now - FETCHED_WITHIN,
    )
    return db.scalars(select(FirmwareImage).where(FirmwareImage.id.in_(told)).order_by(FirmwareImage.id)).all()


def named(db: Session, sha256s: Sequence[str]) -> set[str]:
    """Which of these hold the bytes of an image that is there."""
    return set(db.scalars(select(FirmwareImage.sha256).where(FirmwareImage.sha256.in_(sha256s))))


class SigningFault(StrEnum):
    """What is wrong with a signature and its certificate, as English words."""

    HALF = "A signature and its certificate belong together."
    CERTIFICATE = f"This is no certificate in PEM of at most {LONGEST_CERTIFICATE} characters."
    SIGNATURE = f"This is no signature in Base64 of at most {LONGEST_SIGNATURE} characters."


def signing_fault(certificate: str | None, signature: str | None) -> SigningFault | None:
    """Whether an image with these can be sent as SignedUpdateFirmware; neither is right too."""
    if not certificate and not signature:
        return None
    if not certificate or not signature:
        return SigningFault.HALF
    if len(certificate) > LONGEST_CERTIFICATE:
        return SigningFault.CERTIFICATE
    try:
        x509.load_pem_x509_certificate(certificate.encode())
    except ValueError:
        return SigningFault.CERTIFICATE
    try:
        base64.b64decode(signature, validate=True)
    except ValueError:
        return SigningFault.SIGNATURE
    return SigningFault.SIGNATURE if len(signature) > LONGEST_SIGNATURE else None
