"""The kinds of columns.

A view declares its columns as a tuple of these: `Text("name", _l("Name"), Site.name)`. The name stands in the URL
(`?name=Copenhagen&sort=-name`), the label above the column.
"""

import re
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import BigInteger, ColumnElement, Integer, String, cast, func, literal

from portal import formats
from portal.table import program_forms as forms
from portal.table.column import Column, Expression
from portal.table.dates import date_range
from portal.table.numbers import duration_range, number_range, whole
from portal.table.ranges import FilterError

TENTHS = 100_000


@dataclass(frozen=True)
class Text(Column):
    """Words. The filter finds what contains it, `=` in front finds just that, quotes take the rest literally."""

    kind = "text"

    def is_empty(self) -> ColumnElement[bool]:
        return self.expression.is_(None) | (self.expression == "")

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        if "\0" in text:
            raise FilterError(_("A text cannot contain this character."))
        if text.startswith("="):
            return self.expression == _unquoted(text[1:].strip())
        literally = re.sub(r"([\\%_])", r"\\\1", _unquoted(text))
        # As ILIKE, in two thirds of its time.
        return func.lower(self.expression).like(func.lower(f"%{literally}%"))

    def filter_text(self, value: Any, zone: ZoneInfo) -> str:
        return f'="{value}"' if value else "empty"

    def excel(self, value: Any, zone: ZoneInfo) -> Any:
        return value or None

    def plain(self) -> Expression:
        """The text that a program reads, by the database."""
        return self.expression

    def csv_form(self) -> ColumnElement[Any]:
        return forms.guarded(self.plain())

    def from_cursor(self, value: Any) -> ColumnElement[Any]:
        if not isinstance(value, str) or "\0" in value:
            raise ValueError(value)
        return literal(value, String)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


@dataclass(frozen=True)
class Number(Column):
    """A number. With `scale=1000, decimals=3, unit="kWh"` a column in Wh is shown, filtered and exported in kWh."""

    _: KW_ONLY
    scale: int = 1
    decimals: int = 0
    total: bool = False
    """Whether the footer tells the sum of what is filtered."""
    width: int = 12

    kind = "number"
    numeric = True

    @property
    def excel_format(self) -> str:  # type: ignore[override]
        return "0." + "0" * self.decimals if self.decimals else "0"

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        numbers = number_range(text, self.scale)
        if isinstance(self.expression.type, Integer):
            # As BigInteger whatever the column: PostgreSQL compares all sizes through the column's index.
            return whole(numbers).clause(self.expression, lambda bound: literal(bound, BigInteger))
        return numbers.clause(self.expression, float)

    def text(self, value: Any, zone: ZoneInfo) -> str:
        return f"{self.shown(value):.{self.decimals}f}"

    def excel(self, value: Any, zone: ZoneInfo) -> Any:
        return None if value is None else value if self.scale == 1 else value / self.scale

    def csv(self, value: Any, zone: ZoneInfo) -> Any:
        """A number and no text, so that one below zero is not taken for a formula."""
        return None if value is None else value if self.scale == 1 else Decimal(self.text(value, zone))

    def csv_form(self) -> ColumnElement[Any] | None:
        whole = self.scale == 1
        return forms.number(self.expression) if whole else forms.scaled(self.expression, self.scale, self.decimals)

    def shown(self, value: Any) -> Decimal:
        """A value of the column in the unit in which it is shown."""
        return Decimal(str(value)) / self.scale

    def from_cursor(self, value: Any) -> ColumnElement[Any]:
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= 2**63:
            raise ValueError(value)
        return literal(value, BigInteger) if isinstance(self.expression.type, Integer) else literal(float(value))


@dataclass(frozen=True)
class Date(Column):
    """A moment, shown and filtered in the user's time zone."""

    _: KW_ONLY
    width: int = 23

    kind = "date"
    excel_format = "yyyy-mm-dd hh:mm:ss.0"

    @property
    def placeholder(self) -> str:
        return _("from … to")

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        return date_range(text, zone).clause(self.expression)

    def text(self, value: Any, zone: ZoneInfo) -> str:
        return formats.at(value, zone)

    def excel(self, value: Any, zone: ZoneInfo) -> Any:
        """Excel knows no zones, so the local time; in tenths, cut as on the screen."""
        if value is None:
            return None
        local = value.astimezone(zone).replace(tzinfo=None)
        return local.replace(microsecond=local.microsecond // TENTHS * TENTHS)

    def csv(self, value: Any, zone: ZoneInfo) -> Any:
        return None if value is None else value.astimezone(zone).isoformat()

    def csv_form(self) -> ColumnElement[Any]:
        return forms.moment(self.expression)

    def from_cursor(self, value: Any) -> ColumnElement[Any]:
        if not isinstance(value, str):
            raise ValueError(value)
        return literal(datetime.fromisoformat(value).astimezone(UTC), self.expression.type)


@dataclass(frozen=True)
class Duration(Column):
    """Seconds, shown as h:mm:ss."""

    _: KW_ONLY
    width: int = 12

    kind = "duration"
    numeric = True
    excel_format = "[h]:mm:ss"

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        return duration_range(text).clause(self.expression, float)

    def text(self, value: Any, zone: ZoneInfo) -> str:
        return formats.duration(value)

    def excel(self, value: Any, zone: ZoneInfo) -> Any:
        """Excel counts time in days."""
        return None if value is None else value / 86400

    def csv_form(self) -> ColumnElement[Any]:
        return forms.number(self.expression)

    @property
    def csv_name(self) -> str:
        return f"{self.name}_seconds"

    def from_cursor(self, value: Any) -> ColumnElement[Any]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(value)
        return literal(float(value))


@dataclass(frozen=True)
class Choice(Column):
    """One of a few words, filtered through a list."""

    options: Mapping[Any, Any]
    """Each value of the column and its label (`lazy_gettext`), in the order of the list."""

    kind = "choice"

    @property
    def choices(self) -> Mapping[str, Any]:
        return {str(value): label for value, label in self.options.items()}

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        for value, label in self.options.items():
            if text.casefold() in (str(value).casefold(), str(label).casefold()):
                return self.expression == value
        words = ", ".join(str(label) for label in self.options.values())
        raise FilterError(_("Choose one of: %(words)s.", words=words))

    def text(self, value: Any, zone: ZoneInfo) -> str:
        return str(self.options.get(value, value))

    def filter_text(self, value: Any, zone: ZoneInfo) -> str:
        return "empty" if value is None else str(value)

    def with_plain_words(self) -> Column:
        return replace(self, options={value: str(label) for value, label in self.options.items()})

    def excel(self, value: Any, zone: ZoneInfo) -> Any:
        return None if value is None else self.text(value, zone)

    def csv(self, value: Any, zone: ZoneInfo) -> Any:
        return None if value is None else str(value)

    def plain(self) -> Expression:
        """The word that a program reads, by the database."""
        return self.expression

    def csv_form(self) -> ColumnElement[Any]:
        return forms.guarded(self.plain())

    def from_cursor(self, value: Any) -> ColumnElement[Any]:
        if isinstance(self.expression.type, Integer):
            return Number.from_cursor(self, value)  # type: ignore[arg-type]
        if not isinstance(value, str) or "\0" in value:
            raise ValueError(value)
        return cast(literal(value, String), String)


@dataclass(frozen=True)
class Boolean(Column):
    """Yes or no."""

    kind = "boolean"

    @property
    def choices(self) -> Mapping[str, Any]:
        return {"yes": _("yes"), "no": _("no")}

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        word = text.casefold()
        if word in ("yes", "true", "1", _("yes").casefold()):
            return self.expression.is_(True)
        if word in ("no", "false", "0", _("no").casefold()):
            return self.expression.is_(False)
        raise FilterError(_("Choose yes or no."))

    def text(self, value: Any, zone: ZoneInfo) -> str:
        return _("yes") if value else _("no")

    def filter_text(self, value: Any, zone: ZoneInfo) -> str:
        return "empty" if value is None else "yes" if value else "no"

    def excel(self, value: Any, zone: ZoneInfo) -> Any:
        return None if value is None else self.text(value, zone)

    def csv(self, value: Any, zone: ZoneInfo) -> Any:
        return None if value is None else "yes" if value else "no"

    def csv_form(self) -> ColumnElement[Any]:
        return forms.yes_or_no(self.expression)

    def from_cursor(self, value: Any) -> ColumnElement[Any]:
        if not isinstance(value, bool):
            raise ValueError(value)
        return literal(value)
