"""Who may fetch and leave files: each station, under a name and a password of its own.

The password is derived from the installation's secret, the station's key and the number of passwords that it had
(RFC 5869), so that nothing is stored and nothing can be read from the database. To renew it is to raise the number.
Nobody guesses 160 bits; wrong ones are counted all the same, since whoever goes on with one costs time.
"""

import base64
import hmac
import logging
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from redis import RedisError
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import get_settings
from domain.errors import DomainError
from domain.models import Station
from domain.models.columns import LARGEST_KEY
from domain.queue import get_redis

KEY_BYTES = 20
NAME = re.compile(r"station-([1-9][0-9]{0,9})")
MOST_FAILURES = 5
"""Of one name from one address; then it is locked."""
MOST_FAILURES_OF_ADDRESS = 50
"""Of all names: behind one address may stand all stations of a site."""
LOCKED_SECONDS = 300

log = logging.getLogger(__name__)


class AccessError(DomainError):
    """Name and password do not belong together."""


class LockedError(AccessError):
    """Too many wrong ones came from this address; to be tried again in `LOCKED_SECONDS`."""


@dataclass(frozen=True, slots=True)
class Guest:
    """A station that has shown who it is."""

    station_id: int
    site_id: int


def user_name(station_id: int) -> str:
    return f"station-{station_id}"


def password(station_id: int, number: int) -> str:
    """In letters and digits that stand in an address; `number` is `Station.file_key_number`."""
    purpose = f"charge-portal: the file server: {station_id}: {number}".encode()
    derive = HKDF(SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive
    return base64.b32encode(derive(get_settings().session_secret().encode())).decode().lower()


def renew(station: Station) -> None:
    """From now on the old password opens nothing. The caller commits."""
    station.file_key_number = Station.file_key_number + 1


def sign_in(db: Session, name: str, given: str, address: str) -> Guest:
    """Raises AccessError, and LockedError without looking at the password."""
    counters = {f"file-access:{address}": MOST_FAILURES_OF_ADDRESS}
    if NAME.fullmatch(name):
        counters[f"file-access:{address}:{name}"] = MOST_FAILURES
    if _is_locked(counters):
        raise LockedError("Too many wrong passwords came from this address. Try again in a few minutes.")
    guest = _guest(db, name, given)
    if guest is None:
        _count(counters)
        raise AccessError("This is not the name and the password of a station.")
    return guest


def _guest(db: Session, name: str, given: str) -> Guest | None:
    known = NAME.fullmatch(name)
    station_id = int(known[1]) if known else 0
    row = None
    if station_id <= LARGEST_KEY:
        found = select(Station.site_id, Station.file_key_number).where(Station.id == station_id)
        row = db.execute(found).one_or_none()
    right = password(station_id, row.file_key_number if row else 0)
    is_right = hmac.compare_digest(right.encode(), given.encode(errors="replace"))
    return Guest(station_id, row.site_id) if row and is_right else None


def _is_locked(counters: dict[str, int]) -> bool:
    try:
        counted = get_redis().mget(list(counters))
    except RedisError:
        log.warning("Wrong passwords are not counted: Redis is away")
        return False
    return any(int(failures or 0) >= most for failures, most in zip(counted, counters.values(), strict=True))


def _count(counters: dict[str, int]) -> None:
    try:
        with get_redis().pipeline() as pipeline:
            for counter in counters:
                pipeline.incr(counter)
                pipeline.expire(counter, LOCKED_SECONDS)
            pipeline.execute()
    except RedisError:
        log.warning("A wrong password was not counted: Redis is away")
