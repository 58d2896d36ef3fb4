"""Whether a backup can be restored: it is, into a database beside the real one, and compared row by row by hash."""

import tempfile
from pathlib import Path

from config import Settings
from launcher.backups import archive, postgres, sealing
from launcher.backups.archive import Manifest
from launcher.backups.errors import BackupError
from launcher.backups.fingerprints import differences


def verify(settings: Settings, path: Path, identity_file: Path | None) -> Manifest:
    """Open, unpack, restore and compare. Raises BackupError with the first thing that is wrong."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".verifying-") as scratch:
        return compare(settings, opened(path, Path(scratch), identity_file))


def opened(path: Path, scratch: Path, identity_file: Path | None) -> Path:
    """The archive itself; of a sealed one a copy that is open."""
    if not path.is_file():
        raise BackupError(f"{path} is not there.")
    if path.suffix != sealing.SUFFIX:
        return path
    clear = scratch / path.stem
    sealing.open_sealed(path, clear, identity_file)
    return clear


def compare(settings: Settings, packed: Path) -> Manifest:
    """Restore an archive into a database of its own and compare it with what the manifest says."""
    with tempfile.TemporaryDirectory(dir=packed.parent, prefix=".unpacked-") as scratch:
        manifest = archive.read(packed, Path(scratch))
        with postgres.scratch_database(settings.postgres_owner_url) as url:
            postgres.restore(url, Path(scratch) / archive.DATABASE)
            ensure_same(manifest, postgres.fingerprints(url))
    return manifest


def ensure_same(manifest: Manifest, found: dict) -> None:
    wrong = differences(manifest.tables, found)
    if wrong:
        more = f", and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise BackupError(f"The restored database is not the one of the backup: {'; '.join(wrong[:3])}{more}.")
