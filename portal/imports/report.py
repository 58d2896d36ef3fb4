"""The report of an import: each row's outcome as CSV, without passwords (docs/decisions/csv-is-for-programs.md)."""

import csv
import io

from portal.exports.content import FORMULA_STARTS
from portal.imports.rows import UserRow
from portal.imports.waiting import Waiting

HEADER = ("kind", "row", "name", "outcome", "fields", "problems")


def report(waiting: Waiting) -> str:
    """In the order of the rows; codes for outcomes and fields, the problems in the language of whoever asks."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEADER)
    for row, verdict in zip(waiting.all_rows, waiting.verdicts, strict=True):
        is_user = isinstance(row, UserRow)
        cells = (
            "user" if is_user else "tag",
            row.place,
            row.email if is_user else row.tag,
            verdict.outcome,
            "; ".join(change.field for change in verdict.changes),
            "; ".join(f"{problem.field}: {problem.text}" for problem in verdict.problems),
        )
        writer.writerow(map(_safe, cells))
    return buffer.getvalue()


def _safe(text: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
