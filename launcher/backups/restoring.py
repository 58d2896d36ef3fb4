"""Filling an empty installation from a backup."""

import os
import tempfile
from pathlib import Path

from config import Settings
from launcher.backups import archive, postgres
from launcher.backups.archive import Manifest
from launcher.backups.errors import BackupError
from launcher.backups.verifying import ensure_same, opened
from launcher.migrate import migrate


def restore(settings: Settings, path: Path, identity_file: Path | None) -> Manifest:
    """Database, files and secret; then the database is brought up to this version.

    Raises:
        BackupError: the installation is not empty, or the backup is not what it should be. Nothing was changed then,
            unless the restored database was found to differ, which it says.
    """
    _ensure_empty(settings)
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".restoring-") as scratch_name:
        scratch = Path(scratch_name)
        unpacked = scratch / "unpacked"
        unpacked.mkdir()
        manifest = archive.read(opened(path, scratch, identity_file), unpacked)
        secret = (unpacked / archive.SECRET).read_text()
        _ensure_same_secret(settings, secret)
        postgres.restore(settings.postgres_owner_url, unpacked / archive.DATABASE)
        ensure_same(manifest, postgres.fingerprints(settings.postgres_owner_url))
        for tree in archive.TREES:
            if (unpacked / tree).is_dir():
                _move(unpacked / tree, settings.data_dir / tree)
        if not settings.secret_key:
            _write_secret(settings.data_dir / "secret_key", secret)
    migrate()
    return manifest


def _ensure_empty(settings: Settings) -> None:
    if not postgres.is_empty(settings.postgres_owner_url):
        raise BackupError("The database has tables already: a backup is restored into an empty one.")
    for tree in archive.TREES:
        directory = settings.data_dir / tree
        if directory.is_dir() and any(directory.iterdir()):
            raise BackupError(f"{directory} holds files already: a backup is restored into an empty installation.")


def _ensure_same_secret(settings: Settings, secret: str) -> None:
    """Secrets in the database are sealed with it: with another one nobody could open them."""
    key_file = settings.data_dir / "secret_key"
    ours = settings.secret_key or (key_file.read_text().strip() if key_file.exists() else secret)
    if ours != secret:
        where = "SECRET_KEY" if settings.secret_key else str(key_file)
        raise BackupError(
            f"{where} is another secret than that of the backup: take it away, or set that of the backup."
        )


def _move(source: Path, target: Path) -> None:
    if target.is_dir():
        target.rmdir()  # It is empty.
    source.rename(target)


def _write_secret(path: Path, secret: str) -> None:
    if path.exists():
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
