"""Below the directory that EXPORT_FOLDER names, and nowhere else on this machine."""

import os
import shutil
from pathlib import Path
from tempfile import NamedTemporaryFile

from config import get_settings
from domain.models import ExportFault
from portal.exports.targets.parcel import DeliveryError, Parcel


def send(parcel: Parcel) -> None:
    """It appears under its name once all of it is on the disk."""
    try:
        directory = folder_of(parcel.directory)
        directory.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=directory, prefix=".", delete=False) as target:
            try:
                with parcel.path.open("rb") as source:
                    shutil.copyfileobj(source, target)
                target.flush()
                os.fsync(target.fileno())
                Path(target.name).chmod(0o640)
                os.replace(target.name, directory / parcel.file_name)
            except BaseException:
                Path(target.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise DeliveryError(ExportFault.NO_FOLDER, error) from error


def folder_of(directory: str) -> Path:
    """Raises DeliveryError for one that leads outside, by dots or by a link."""
    root = get_settings().export_folder
    if root is None or not root.is_dir():
        raise DeliveryError(ExportFault.NO_FOLDER)
    folder = (root / directory).resolve()
    if not folder.is_relative_to(root.resolve()):
        raise DeliveryError(ExportFault.NO_FOLDER)
    return folder
