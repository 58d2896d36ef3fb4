"""Backups that only the holder of an identity can open: age (C2SP, age-encryption.org/v1)."""

from collections.abc import Sequence
from pathlib import Path

import pyrage

from launcher.backups.errors import BackupError

SUFFIX = ".age"


def recipients(texts: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """Raises BackupError for one that is none."""
    try:
        return [pyrage.x25519.Recipient.from_str(text) for text in texts]
    except pyrage.RecipientError:
        raise BackupError("BACKUP_RECIPIENTS must be public keys of age, such as age1…, with commas between.") from None


def seal(source: Path, target: Path, public_keys: Sequence[str]) -> None:
    pyrage.encrypt_file(str(source), str(target), recipients(public_keys))


def open_sealed(source: Path, target: Path, identity_file: Path | None) -> None:
    """Raises BackupError if it cannot be opened."""
    if identity_file is None:
        raise BackupError(f"{source.name} is sealed: give the file with the identity that opens it (--identity FILE).")
    lines = (line.strip() for line in identity_file.read_text().splitlines())
    try:
        identities = [pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET-KEY-")]
        pyrage.decrypt_file(str(source), str(target), identities)
    except (pyrage.IdentityError, pyrage.DecryptError) as error:
        raise BackupError(f"{source.name} cannot be opened with {identity_file.name}: {error}.") from None
