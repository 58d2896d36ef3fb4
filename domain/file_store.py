"""The bytes on the disk that belong to nothing any more: thrown away once a night.

Rows go first and bytes after them, so that whatever happens between the two leaves only bytes too many.
"""

import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import get_settings
from domain import firmware_images
from domain.models import ExportFile, ExportState, FileState, StationFile
from domain.models.columns import LARGEST_BIG_KEY

AT_ONCE = 1000
KEPT_STATES = (ExportState.QUEUED, ExportState.RUNNING, ExportState.DONE)
LEFT_ALONE_SECONDS = 3600.0
"""An image lies on the disk before its row is committed."""


def remove_orphans(db: Session) -> int:
    """Throw away what no row names; returns how many files."""
    return _remove(_uploads(db)) + _remove(_images(db)) + remove_old_exports(db)


def remove_old_exports(db: Session) -> int:
    """Throw away the files of tables whose rows are gone, or never came to be one; returns how many."""
    return _remove(_exports(db))


def _remove(orphans: Iterator[Path]) -> int:
    count = 0
    for path in orphans:
        path.unlink(missing_ok=True)
        count += 1
    return count


def _uploads(db: Session) -> Iterator[Path]:
    for paths in _files(get_settings().uploads_dir, "*/*"):
        ids = {int(path.name) for path in paths if _is_key(path.name)}
        kept = set(
            db.scalars(select(StationFile.id).where(StationFile.id.in_(ids), StationFile.state != FileState.FAILED))
        )
        yield from (path for path in paths if not (_is_key(path.name) and int(path.name) in kept))


def _exports(db: Session) -> Iterator[Path]:
    for paths in _files(get_settings().exports_dir, "*"):
        ids = {int(path.name) for path in paths if _is_key(path.name)}
        kept = select(ExportFile.id).where(ExportFile.id.in_(ids), ExportFile.state.in_(KEPT_STATES))
        known = set(db.scalars(kept))
        yield from (path for path in paths if not (_is_key(path.name) and int(path.name) in known))


def _images(db: Session) -> Iterator[Path]:
    recently = time.time() - LEFT_ALONE_SECONDS
    for paths in _files(get_settings().firmware_dir, "*"):
        kept = firmware_images.named(db, [path.name for path in paths])
        yield from (path for path in paths if path.name not in kept and path.stat().st_mtime < recently)


def _files(directory: Path, pattern: str) -> Iterator[Sequence[Path]]:
    found = (path for path in directory.glob(pattern) if path.is_file())
    while paths := list(islice(found, AT_ONCE)):
        yield paths


def _is_key(name: str) -> bool:
    return name.isascii() and name.isdigit() and int(name) <= LARGEST_BIG_KEY
