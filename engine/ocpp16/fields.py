"""Fields that a schema cannot judge fully: times and numbers that must fit where they are kept."""

from datetime import UTC, datetime
from typing import Any

from domain.outlets import MOST_OUTLETS
from engine.rpc import CallError, ErrorCode

BIGGEST_INTEGER = 2**63 - 1


def format_at(at: datetime) -> str:
    """A time as stations of every make read it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def read_at(text: str, field: str = "timestamp") -> datetime:
    """A time; one without an offset is meant in UTC (OCPP 1.6, 3.13)."""
    try:
        at = datetime.fromisoformat(text)
        if len(text) <= len("2026-11-22"):
            raise ValueError
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _invalid(f"{field}: {text!r} is not a time such as 2026-11-22T10:00:00Z") from None


def read_outlet_number(payload: dict[str, Any], lowest: int = 0) -> int:
    """The number of an outlet; 0, where allowed, is the station as a whole (OCPP 1.6, 3.8)."""
    number: int = payload["connectorId"]
    if not lowest <= number <= MOST_OUTLETS:
        raise _invalid(f"connectorId: must be from {lowest} to {MOST_OUTLETS}")
    return number


def read_integer(payload: dict[str, Any], field: str) -> int:
    """A number as large as the database keeps."""
    number: int = payload[field]
    if abs(number) > BIGGEST_INTEGER:
        raise _invalid(f"{field}: must be from {-BIGGEST_INTEGER} to {BIGGEST_INTEGER}")
    return number


def _invalid(description: str) -> CallError:
    return CallError(ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, description)
