"""The columns of the message log that no other table has."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, func, literal

from portal.table import Date, Text

LONGEST_FILTER = 100


@dataclass(frozen=True)
class Moment(Date):
    """To the millisecond: an answer often follows its call within one."""

    def text(self, value: Any, zone: ZoneInfo) -> str:
        return in_milliseconds(value.astimezone(zone))


def in_milliseconds(local: datetime) -> str:
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03}"


@dataclass(frozen=True)
class Frame(Text):
    """The filter looks for what the frame contains; of large and small letters only those of ASCII are alike.

    By the rules of a language it would take many times as long to look through a month of a station.
    """

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        plain = super().matches(text, zone)
        if text.startswith("="):
            return plain
        frame, part = (func.lower(each.collate("C")) for each in (self.expression, literal(text, String)))
        return func.strpos(frame, part) > 0

    def filter_text(self, value: Any, zone: ZoneInfo) -> str:
        """Nobody looks for the very same frame."""
        return value[:LONGEST_FILTER]
