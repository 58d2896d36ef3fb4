"""The report of an import: each row's outcome as CSV, without passwords (docs/decisions/csv-is-for-programs.md)."""

from collections.abc import Iterator
from typing import Any

from portal.exports.csv import csv_text
from portal.imports.subject import Subject
from portal.imports.waiting import Waiting

HEADER = ("kind", "row", "name", "outcome", "fields", "problems")


def report(subject: Subject[Any, Any], waiting: Waiting[Any]) -> bytes:
    """In the order of the rows; codes for outcomes and fields, the problems in the language of whoever asks."""
    return csv_text([HEADER, *_lines(subject, waiting)])


def _lines(subject: Subject[Any, Any], waiting: Waiting[Any]) -> Iterator[tuple[Any, ...]]:
    for row, verdict in zip(waiting.rows.everything, waiting.verdicts, strict=True):
        kind, name = subject.named(row)
        yield (
            kind,
            row.place,
            name,
            verdict.outcome,
            "; ".join(change.field for change in verdict.changes),
            "; ".join(f"{problem.field}: {problem.text}" for problem in verdict.problems),
        )
