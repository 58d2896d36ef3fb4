"""The columns of an import: what they are called in files, in English and Danish, and what they hold."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flask_babel.speaklater import LazyString


@dataclass(frozen=True)
class Column:
    """`names` are its headings in files, the first in each language the template's."""

    field: str
    names: Mapping[str, Sequence[str]]
    label: LazyString
    explanation: LazyString
    is_needed: bool = False
    """Without this column the sheet cannot be read."""


def column(
    field: str, english: Sequence[str], danish: Sequence[str], *words: LazyString, needed: bool = False
) -> Column:
    return Column(field, {"en": english, "da": danish}, *words, is_needed=needed)


def folded(text: str) -> str:
    """The same for every way to write a heading or a word: case, blanks, hyphens and stars do not count."""
    return re.sub(r"[^\w]|_", "", unicodedata.normalize("NFKC", text)).casefold()


@dataclass(frozen=True)
class Layout:
    """Which kinds of sheets an import takes, and the columns of each."""

    columns: Mapping[str, Sequence[Column]]
    unknown_headings: Callable[[], str]
    """What to say of a file in which no such sheet is: which columns are needed."""
    is_exported: bool = False
    """Whether the portal writes such files too, with an apostrophe before what a spreadsheet takes for a formula."""
    emptiable: frozenset[str] = frozenset()
    """The fields whose values a cell may empty (emptying.py); in an import without any the mark is a value."""

    @cached_property
    def fields(self) -> Mapping[str, Mapping[str, str]]:
        """For each kind the field that a folded heading stands for; the field's own name heads it in CSV exports."""
        return {
            kind: {
                folded(name): column.field
                for column in columns
                for name in (column.field, *(name for names in column.names.values() for name in names))
            }
            for kind, columns in self.columns.items()
        }

    def known_headings(self, headings: Sequence[object]) -> set[str]:
        """Those headings, folded, that a column of any kind has."""
        known = set().union(*self.fields.values())
        return {folded(str(heading)) for heading in headings if heading is not None} & known

    def kind_of(self, headings: Sequence[object]) -> str | None:
        """Which kind of sheet has such headings: whose needed columns are there and that knows the most of them."""
        known = self.known_headings(headings)
        fits = [
            kind
            for kind, columns in self.columns.items()
            if {column.field for column in columns if column.is_needed}
            <= {self.fields[kind].get(name) for name in known}
        ]
        return max(fits, key=lambda kind: len(known & self.fields[kind].keys()), default=None)

    def column(self, kind: str, field: str) -> Column | None:
        return next((column for column in self.columns[kind] if column.field == field), None)
