"""The one clock. Everything that asks for the time asks here, so that a test can hold it still."""

from datetime import UTC, datetime

FIRST_YEAR, LAST_YEAR = 1970, 9998
"""Of a time that somebody sends: far enough from both ends of the calendar that it can be shown in any zone."""


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def begins_before_end(begins_at: datetime | None, ends_at: datetime | None) -> bool:
    """Whether a time can be: it begins before it ends, and is open where nothing is said."""
    return begins_at is None or ends_at is None or begins_at < ends_at
