"""The chain of the audit log: each entry carries a hash over itself and the hash of the one before.

So nobody can change, insert or take out an entry without every later hash being wrong. What the chain alone cannot tell
is that its *last* entries were cut off: whoever wants to notice that keeps the newest hash elsewhere.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text

from domain import clock
from domain.models import AuditEntry

Values = dict[str, Any]

NOTHING_BEFORE = bytes(32)
"""What the first entry carries as the hash of the one before."""

LOCK = text("SELECT pg_advisory_xact_lock(hashtext('audit log'))")
"""One writer at a time; released with the transaction."""
HEAD = select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
FIELDS = ("happened_at", "user_id", "address", "action", "object_kind", "object_id", "before", "after")
"""What is hashed, in this order. The number is not: the database gives it, and the links tell the order."""
ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One line that is to be written, without time, place in the chain and hash."""

    user_id: int | None
    address: str | None
    action: str
    object_kind: str | None = None
    object_id: str | None = None
    before: Values | None = None
    after: Values | None = None


def hash_of(values: Values, previous_hash: bytes) -> bytes:
    """SHA-256 over the hash before and the entry: JSON with sorted keys, times in UTC with microseconds."""
    fields = [values[name] for name in FIELDS]
    fields[0] = values["happened_at"].astimezone(UTC).isoformat(timespec="microseconds")
    body = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(previous_hash + body.encode()).digest()


def append(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write entries behind the last one. Holds the chain's lock until the commit, so it comes right before it."""
    connection.execute(LOCK)
    # A statement of its own, so that it sees what the holder of the lock before us has committed.
    previous_hash = connection.scalar(HEAD) or NOTHING_BEFORE
    happened_at = clock.now()
    rows = []
    for entry in entries:
        values: Values = {"happened_at": happened_at} | {name: getattr(entry, name) for name in FIELDS[1:]}
        made = hash_of(values, previous_hash)
        rows.append(values | {"previous_hash": previous_hash, "hash": made})
        previous_hash = made
    connection.execute(insert(AuditEntry), rows)


@dataclass(frozen=True, slots=True)
class Link:
    """One entry that was looked at: where it stands, and what is wrong with it, if anything."""

    id: int
    happened_at: datetime
    hash: bytes
    fault: str | None


def links(connection: Connection) -> Iterator[Link]:
    """Every entry from the first on, checked against the one before; few in memory at a time."""
    columns = (AuditEntry.id, *(getattr(AuditEntry, name) for name in (*FIELDS, "previous_hash", "hash")))
    statement = select(*columns).order_by(AuditEntry.id).execution_options(yield_per=ROWS_AT_ONCE)
    previous_hash = NOTHING_BEFORE
    for row in connection.execute(statement).mappings():
        yield Link(row["id"], row["happened_at"], row["hash"], _fault(dict(row), previous_hash))
        previous_hash = row["hash"]


def _fault(row: Values, previous_hash: bytes) -> str | None:
    if row["previous_hash"] != previous_hash:
        return "it does not follow the entry before it: one was taken out, put in or replaced"
    if row["hash"] != hash_of(row, previous_hash):
        return "it was changed after it was written"
    return None
