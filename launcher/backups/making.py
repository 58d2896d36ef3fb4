"""Making a backup: what is not finished has another name, and what is finished is on disk."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from config import Settings
from launcher.backups import archive, postgres, sealing
from launcher.backups.archive import Manifest
from launcher.backups.errors import BackupError
from launcher.backups.retention import name_of
from launcher.backups.verifying import compare
from launcher.data_dir import make_private_directory

TOLD_SETTINGS = frozenset(
    {"port", "public_url", "time_zone", "map_tile_url", "map_attribution", "mail_from", "file_transfer"}
    | {"heartbeat_interval_seconds", "station_passwords_required", "message_log_days", "file_days"}
)
"""What helps to set up anew; nothing in which a password may stand."""


@dataclass(frozen=True)
class Made:
    """A finished backup."""

    path: Path
    size_bytes: int
    sha256: str
    """Of the file."""
    rows: int


def make(settings: Settings, made_at: datetime, *, verify: bool = False) -> Made:
    """Write a backup of this moment; with `verify` it is restored beside the real database and compared first.

    Raises:
        BackupError: it could not be made, or is not what it should be. Nothing is left of it then.
    """
    directory = _directory(settings)
    with tempfile.TemporaryDirectory(dir=directory, prefix=".making-") as scratch:
        dump, packed = Path(scratch) / "dump", Path(scratch) / "packed"
        manifest = Manifest(made_at.isoformat(), version("charge-portal"), "", {})
        manifest.tables = postgres.dump(settings.postgres_owner_url, dump)
        manifest.migration = _migration(settings)
        archive.write(packed, manifest, _texts(settings), dump, settings.data_dir)
        if verify:
            compare(settings, packed)
        name = name_of(made_at)
        if settings.backup_recipient_keys:
            name += sealing.SUFFIX
            sealing.seal(packed, Path(scratch) / "sealed", settings.backup_recipient_keys)
            packed = Path(scratch) / "sealed"
        return _put(packed, directory / name, sum(table.rows for table in manifest.tables.values()))


def _directory(settings: Settings) -> Path:
    """Where backups are kept; for our eyes alone, since the secret lies in them."""
    directory = settings.backup_dir
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        make_private_directory(directory)
    except OSError as error:
        raise BackupError(f"BACKUP_DIRECTORY {directory} cannot be used: {error.strerror}.") from error
    return directory


def _put(finished: Path, target: Path, rows: int) -> Made:
    finished.chmod(0o600)
    with finished.open("rb") as file:
        os.fsync(file.fileno())
    made = Made(target, finished.stat().st_size, archive.sha256_of(finished), rows)
    finished.rename(target)
    with _opened(target.parent) as directory:
        os.fsync(directory)
    return made


@contextmanager
def _opened(directory: Path) -> Iterator[int]:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _migration(settings: Settings) -> str:
    with create_engine(settings.postgres_owner_url, poolclass=NullPool).connect() as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def _texts(settings: Settings) -> dict[str, bytes]:
    told = {name: getattr(settings, name) for name in sorted(TOLD_SETTINGS)}
    return {
        archive.SETTINGS: json.dumps(told, indent=1).encode(),
        archive.SECRET: settings.session_secret().encode(),
    }
