"""Rows that wait between preview and confirmation: in Redis, encrypted, since passwords are among them.

They lie under a random word and the number of whoever brought them, so that nobody else's word leads to them.
"""

import base64
import zlib
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from domain.queue import get_redis
from domain.secrets import UnreadableSecretError, decrypt, encrypt, hash_secret, new_secret
from portal.imports.outcomes import Verdict
from portal.imports.rows import Rows, TagRow, UserRow

WAIT_SECONDS = 30 * 60
RUN_SECONDS = 3 * 60 * 60
"""How long a job may find them once they are confirmed: longer than one may wait and run."""
REPORT_SECONDS = 24 * 60 * 60
"""How long a finished import tells of itself."""


@dataclass(frozen=True)
class ReadAs:
    """How a file was read, for a person to judge."""

    file_name: str
    encoding: str
    is_guess: bool
    delimiter: str
    sample: list[str]


@dataclass(frozen=True)
class Waiting:
    """Rows with the outcomes that were shown."""

    rows: Rows
    verdicts: list[Verdict]
    files: list[ReadAs]

    @property
    def all_rows(self) -> list[UserRow | TagRow]:
        """In the order of the verdicts."""
        return [*self.rows.users, *self.rows.tags]

    @property
    def without_passwords(self) -> "Waiting":
        users = [replace(row, password=None) for row in self.rows.users]
        return replace(self, rows=replace(self.rows, users=users))


JSON = TypeAdapter(Waiting)


def keep(user_id: int, waiting: Waiting) -> str:
    """Returns the word that leads back to them."""
    word = new_secret()
    _put(user_id, word, waiting, WAIT_SECONDS)
    return word


def load(user_id: int, word: str) -> Waiting | None:
    """None once their time is over, and for everybody else."""
    packed = get_redis().get(key(user_id, word))
    if packed is None:
        return None
    try:
        return JSON.validate_json(zlib.decompress(base64.b85decode(decrypt(packed.decode()))))
    except (UnreadableSecretError, ValidationError):
        # Kept by an earlier version of the portal or under another secret; the error itself would quote passwords.
        return None


def keep_for(user_id: int, word: str, seconds: int) -> None:
    get_redis().expire(key(user_id, word), seconds)


def seconds_left(user_id: int, word: str) -> int:
    return max(0, get_redis().ttl(key(user_id, word)))


def keep_without_passwords(user_id: int, word: str, waiting: Waiting) -> None:
    """What a finished import still tells."""
    _put(user_id, word, waiting.without_passwords, REPORT_SECONDS)


def forget(user_id: int, word: str) -> None:
    get_redis().delete(key(user_id, word))


def key(user_id: int, word: str) -> str:
    """Whatever stands in an address, it leads to no other key."""
    return f"import:{user_id}:{hash_secret(word).hex()}"


def _put(user_id: int, word: str, waiting: Waiting, seconds: int) -> None:
    packed = base64.b85encode(zlib.compress(JSON.dump_json(waiting))).decode()
    get_redis().set(key(user_id, word), encrypt(packed), ex=seconds)
