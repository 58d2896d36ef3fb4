"""What all columns of a table have in common: what each shows, how it is filtered, and what it is in an export."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import ColumnElement, literal
from sqlalchemy.orm import InstrumentedAttribute

Expression = ColumnElement[Any] | InstrumentedAttribute[Any]
Row = dict[str, Any]
"""One line of a table: the value of each column by its name, those of the view's `extras`, and `key`."""


@dataclass(frozen=True)
class Column:
    """What all kinds have in common; never used itself."""

    name: str
    """In the URL, as in `?name=…&sort=-name`, and the heading in a CSV file."""
    label: Any
    """The heading, a `lazy_gettext`."""
    expression: Expression
    """What is selected, filtered and sorted by; give it an index (expression, key) if the table can be large."""
    _: KW_ONLY
    unit: str = ""
    """Shown after the heading."""
    sortable: bool = True
    """Whether a heading sorts by it: not where nothing could do so quickly."""
    default: bool = True
    """Shown until the user chooses other columns."""
    render: Callable[[Row], str | Markup] | None = None
    """Writes the cell where the plain value is not enough; must escape, as `Markup("<b>{}</b>").format(value)` does."""
    empty: Any = ""
    """What an empty cell means, a `lazy_gettext` such as "charging"; shown there, and a word of the filter."""
    width: int = 18
    """In characters, in Excel."""

    kind: ClassVar[str] = ""
    numeric: ClassVar[bool] = False
    excel_format: ClassVar[str] = "General"

    @property
    def heading(self) -> str:
        return f"{self.label} {self.unit}" if self.unit else str(self.label)

    @property
    def placeholder(self) -> str:
        return _("filter")

    @property
    def choices(self) -> Mapping[str, Any] | None:
        """What may be chosen in the filter: value in the URL and label; None where it is written freely."""
        return None

    def filter(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        """The condition that a filter's text stands for. Raises FilterError with advice."""
        word = text.strip().casefold()
        if word in {"empty", _("empty").casefold(), str(self.empty).casefold()} - {""}:
            return self.is_empty()
        if word in ("not empty", _("not empty").casefold()):
            return ~self.is_empty()
        return self.matches(text.strip(), zone)

    def is_empty(self) -> ColumnElement[bool]:
        return self.expression.is_(None)

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        """The condition that a filter's text stands for, unless it is one of the words for empty."""
        raise NotImplementedError

    def text(self, value: Any, zone: ZoneInfo) -> str:
        """The value as it is shown."""
        return str(value)

    def filter_text(self, value: Any, zone: ZoneInfo) -> str:
        """The filter that finds all rows with this value."""
        return "empty" if value is None else self.text(value, zone)

    def excel(self, value: Any, zone: ZoneInfo) -> Any:
        """The value in Excel: text, number, naive local time or None."""
        return value

    def with_plain_words(self) -> "Column":
        """The same in the language of now, for a million rows: no word is looked up twice."""
        return self

    def csv(self, value: Any, zone: ZoneInfo) -> Any:
        """The value in CSV: a program reads it."""
        return value

    def csv_form(self) -> ColumnElement[Any] | None:
        """What the database writes for `csv`, guarded against formulas; None where only Python can."""
        return None

    @property
    def csv_name(self) -> str:
        return self.name

    def from_cursor(self, value: Any) -> ColumnElement[Any]:
        """The parameter for a value that stood in a cursor, that is, in JSON. Raises ValueError for another kind."""
        return literal(value, self.expression.type)
