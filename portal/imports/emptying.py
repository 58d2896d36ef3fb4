"""The mark of a cell that empties a value, and how a value is written that looks like the mark."""

import re

from portal.imports.values import Value

MARK = "-"
QUOTED = re.compile(rf"'+{MARK}")
"""A value that looks like the mark, with an apostrophe more than it has."""


def is_mark(value: Value) -> bool:
    return isinstance(value, str) and value.strip() == MARK


def quoted(text: str) -> str:
    """A value as a workbook holds it; in CSV it is quoted with all that resembles a formula (portal/exports/csv.py)."""
    written = text.strip()
    return f"'{written}" if is_mark(written) or QUOTED.fullmatch(written) else text
