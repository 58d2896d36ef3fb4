"""The file of a backup: a tar archive whose last member, the manifest, says what the others must be."""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from launcher.backups.errors import BackupError
from launcher.backups.fingerprints import Fingerprint

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.dump"
SECRET = "secret_key"  # noqa: S105 - the name of a member
SETTINGS = "settings.json"
TREES = ("uploads", "firmware")
PIECE_BYTES = 1024 * 1024


@dataclass
class Manifest:
    """What a backup holds, and what a restored installation is compared with."""

    made_at: str
    version: str
    """Of Charge Portal."""
    migration: str
    tables: dict[str, Fingerprint]
    members: dict[str, str] = field(default_factory=dict)
    """Each member's SHA-256."""
    format: int = FORMAT

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        try:
            told: dict[str, Any] = json.loads(text)
            if told["format"] != FORMAT:
                raise BackupError(f"This backup has format {told['format']}; this version reads format {FORMAT}.")
            tables = {name: Fingerprint(**each) for name, each in told["tables"].items()}
            return cls(told["made_at"], told["version"], told["migration"], tables, dict(told["members"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BackupError("This is no backup of Charge Portal: its manifest cannot be read.") from error


class _Hashing:
    """A file whose bytes are hashed as they are read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.sha256.update(piece)
        return piece


def write(target: Path, manifest: Manifest, texts: dict[str, bytes], dump: Path, data_dir: Path) -> None:
    """Pack everything; the manifest is told the hashes as they come to be known."""
    with tarfile.open(target, "w") as tar:
        for name, content in texts.items():
            _add(tar, manifest, name, io.BytesIO(content), len(content))
        for name, path in [(DATABASE, dump), *_files(data_dir)]:
            try:
                file = path.open("rb")
            except FileNotFoundError:
                continue  # A file of which the nightly job has just taken leave.
            with file:
                _add(tar, manifest, name, file, path.stat().st_size)
        told = manifest.to_json()
        tar.addfile(_member(MANIFEST, len(told)), io.BytesIO(told))


def read(source: Path, into: Path) -> Manifest:
    """Unpack everything into an empty directory, and see that each member is what the manifest says.

    Raises:
        BackupError: it is damaged, incomplete, or something else than a backup.
    """
    try:
        with tarfile.open(source, "r:") as tar:
            tar.extractall(into, filter="data")
    except (tarfile.TarError, OSError) as error:
        raise BackupError(f"{source.name} is damaged or no backup of Charge Portal: {error}.") from error
    path = into / MANIFEST
    if not path.is_file():
        raise BackupError(f"{source.name} is cut off, or no backup of Charge Portal: it has no manifest.")
    manifest = Manifest.from_json(path.read_bytes())
    for name, sha256 in manifest.members.items():
        member = into / name
        if not member.is_file():
            raise BackupError(f"{source.name} is incomplete: {name} is missing.")
        if sha256_of(member) != sha256:
            raise BackupError(f"{source.name} is damaged: {name} has changed since it was made.")
    return manifest


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(data_dir: Path) -> Iterator[tuple[str, Path]]:
    for tree in TREES:
        for path in sorted((data_dir / tree).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(data_dir).as_posix(), path


def _add(tar: tarfile.TarFile, manifest: Manifest, name: str, file: IO[bytes], size: int) -> None:
    hashing = _Hashing(file)
    tar.addfile(_member(name, size), hashing)  # type: ignore[arg-type]
    manifest.members[name] = hashing.sha256.hexdigest()


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member
