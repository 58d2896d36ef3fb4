"""A sheet as it was read, of whichever kind of file, and how much of one is read at all."""

from dataclasses import dataclass, field

from portal.imports.values import Value

MOST_ROWS = 10_000
"""In one import, below the headings."""
MOST_COLUMNS = 50


@dataclass(frozen=True)
class Sheet:
    """Rows that are not empty, each with the number that a spreadsheet shows beside it; the first holds the headings.

    `name` is the sheet's own, empty for a CSV file, which has but one.
    """

    file_name: str
    name: str
    rows: list[tuple[int, list[Value]]]
    is_csv: bool = False


@dataclass(frozen=True)
class Read:
    """A file that was read, and what had to be found out to read it."""

    file_name: str
    sheets: list[Sheet]
    encoding: str = ""
    is_guess: bool = False
    """Nothing in the file says its encoding: letters beyond a to z may be others than were meant."""
    delimiter: str = ""
    sample: list[str] = field(default_factory=list)
    """Some words with such letters, for a person to judge a guess by."""
