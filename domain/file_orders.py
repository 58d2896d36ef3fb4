"""Addresses for commands about files: where a station fetches its firmware, and where it leaves its logs.

They are made in the moment a command is sent and are never stored, since they carry the station's password. What
`domain/fulfilment.py` adds to an order:

- update_firmware: `location`, and `signing_certificate` and `signature` where the image is signed
- get_diagnostics, get_log: `location`, the folder that is the command's own
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import get_settings
from domain import file_access
from domain.errors import GoneError
from domain.file_paths import Folder
from domain.models import Command, FirmwareImage, Station, StationParameter

PROTOCOLS_PARAMETER = "SupportedFileTransferProtocols"
"""What a station can, such as `FTP,HTTPS` (OCPP 1.6 edition 2, section 8)."""


class Scheme(StrEnum):
    HTTPS = "https"
    FTPS = "ftps"
    FTP = "ftp"
    HTTP = "http"


def firmware(db: Session, command: Command, _now: datetime) -> dict[str, Any]:
    """Raises GoneError."""
    image = db.get(FirmwareImage, command.parameters["firmware"])
    if image is None:
        raise GoneError("The firmware image was deleted.")
    order = {"location": _address(db, command.station_id, f"{Folder.FIRMWARE}/{image.id}/{image.file_name}")}
    if image.signing_certificate and image.signature:
        order |= {"signing_certificate": image.signing_certificate, "signature": image.signature}
    return order


def upload(db: Session, command: Command, _now: datetime) -> dict[str, Any]:
    return {"location": _address(db, command.station_id, f"{Folder.UPLOADS}/{command.id}/")}


def spoken() -> Mapping[Scheme, str]:
    """What this installation speaks, the safest first, each with its address; the host alone tells no station."""
    settings = get_settings()
    found = {Scheme(urlsplit(settings.portal_url).scheme): settings.file_url}
    if settings.ftp_port:
        found[Scheme.FTP] = settings.ftp_url
    if settings.ftp_port and settings.ftps_port:
        found[Scheme.FTPS] = settings.ftps_url
    return {scheme: found[scheme] for scheme in Scheme if scheme in found}


def scheme_for(db: Session, station_id: int) -> Scheme:
    """The one that is configured if the station can it, else the safest that both can, else the configured one."""
    ours, settings = spoken(), get_settings()
    is_spoken = settings.file_transfer != "http" and settings.file_transfer in ours
    usual = Scheme(settings.file_transfer if is_spoken else urlsplit(settings.portal_url).scheme)
    told = db.scalar(
        select(StationParameter.value).where(
            StationParameter.station_id == station_id,
            func.lower(StationParameter.key) == PROTOCOLS_PARAMETER.lower(),
        )
    )
    theirs = {word.strip().lower() for word in (told or "").split(",")}
    if usual in theirs:
        return usual
    return next((scheme for scheme in ours if scheme in theirs), usual)


def _address(db: Session, station_id: int, path: str) -> str:
    number = db.scalars(select(Station.file_key_number).where(Station.id == station_id)).one()
    whose = f"{file_access.user_name(station_id)}:{file_access.password(station_id, number)}"
    scheme, _, rest = spoken()[scheme_for(db, station_id)].partition("://")
    return f"{scheme}://{whose}@{rest}/{path}"
