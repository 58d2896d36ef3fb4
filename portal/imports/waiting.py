"""Rows that wait between preview and confirmation: in Redis, encrypted, since passwords may be among them.

They lie under a random word and the number of whoever brought them, so that nobody else's word leads to them.
"""

import base64
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from pydantic import ValidationError

from domain.queue import get_redis
from domain.secrets import UnreadableSecretError, decrypt, encrypt, hash_secret, new_secret
from portal.imports.outcomes import Verdict
from portal.imports.parsing import Row

if TYPE_CHECKING:
    from portal.imports.subject import Subject

WAIT_SECONDS = 30 * 60
RUN_SECONDS = 3 * 60 * 60
"""How long a job may find them once they are confirmed: longer than one may wait and run."""
REPORT_SECONDS = 24 * 60 * 60
"""How long a finished import tells of itself."""


class Rows(Protocol):
    """All that an import brings."""

    ignored: list[str]
    """Sheets and columns that are not known, in words."""

    @property
    def everything(self) -> Sequence[Row]:
        """In the order of their outcomes."""


R = TypeVar("R", bound=Rows)


@dataclass(frozen=True)
class ReadAs:
    """How a file was read, for a person to judge."""

    file_name: str
    encoding: str
    is_guess: bool
    delimiter: str
    sample: list[str]


@dataclass(frozen=True)
class Waiting(Generic[R]):
    """Rows with the outcomes that were shown."""

    rows: R
    verdicts: list[Verdict]
    files: list[ReadAs]


def keep(subject: "Subject[Any, Any]", user_id: int, waiting: Waiting[Any]) -> str:
    """Returns the word that leads back to them."""
    word = new_secret()
    _put(subject, user_id, word, waiting, WAIT_SECONDS)
    return word


def load(subject: "Subject[Any, Any]", user_id: int, word: str) -> Waiting[Any] | None:
    """None once their time is over, and for everybody else."""
    packed = get_redis().get(key(subject.name, user_id, word))
    if packed is None:
        return None
    try:
        return subject.json.validate_json(zlib.decompress(base64.b85decode(decrypt(packed.decode()))))
    except (UnreadableSecretError, ValidationError):
        # Kept by an earlier version of the portal or under another secret; the error itself would quote passwords.
        return None


def keep_for(subject: "Subject[Any, Any]", user_id: int, word: str, seconds: int) -> None:
    get_redis().expire(key(subject.name, user_id, word), seconds)


def seconds_left(subject: "Subject[Any, Any]", user_id: int, word: str) -> int:
    return max(0, get_redis().ttl(key(subject.name, user_id, word)))


def keep_without_secrets(subject: "Subject[Any, Any]", user_id: int, word: str, waiting: Waiting[Any]) -> None:
    """What a finished import still tells."""
    _put(subject, user_id, word, subject.without_secrets(waiting), REPORT_SECONDS)


def forget(subject: "Subject[Any, Any]", user_id: int, word: str) -> None:
    get_redis().delete(key(subject.name, user_id, word))


def key(subject: str, user_id: int, word: str) -> str:
    """Whatever stands in an address, it leads to no other key."""
    return f"import:{subject}:{user_id}:{hash_secret(word).hex()}"


def _put(subject: "Subject[Any, Any]", user_id: int, word: str, waiting: Waiting[Any], seconds: int) -> None:
    packed = base64.b85encode(zlib.compress(subject.json.dump_json(waiting))).decode()
    get_redis().set(key(subject.name, user_id, word), encrypt(packed), ex=seconds)
