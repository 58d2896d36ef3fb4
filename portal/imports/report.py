"""The report of an import: each row's outcome as CSV, without passwords (docs/decisions/csv-is-for-programs.md)."""

import csv
import io
from typing import Any

from portal.exports.csv import safe
from portal.imports.subject import Subject
from portal.imports.waiting import Waiting

HEADER = ("kind", "row", "name", "outcome", "fields", "problems")


def report(subject: Subject[Any, Any], waiting: Waiting[Any]) -> str:
    """In the order of the rows; codes for outcomes and fields, the problems in the language of whoever asks."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEADER)
    for row, verdict in zip(waiting.rows.everything, waiting.verdicts, strict=True):
        kind, name = subject.named(row)
        cells = (
            kind,
            row.place,
            name,
            verdict.outcome,
            "; ".join(change.field for change in verdict.changes),
            "; ".join(f"{problem.field}: {problem.text}" for problem in verdict.problems),
        )
        writer.writerow(map(safe, cells))
    return buffer.getvalue()
