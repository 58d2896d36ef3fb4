"""Sheets become rows, each with its place and what its cells cannot be; nobody is asked yet."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext

from portal.exports.content import FORMULA
from portal.imports.columns import Layout, folded
from portal.imports.emptying import QUOTED, is_mark
from portal.imports.pauses import paused
from portal.imports.problems import Problem, UnreadableFileError
from portal.imports.sheets import MOST_ROWS, Read, Sheet
from portal.imports.values import Value, ValueProblemError, is_empty
from portal.imports.xlsx import too_many_rows

Parse = Callable[[Value, ZoneInfo], Any]
"""What a cell becomes; the zone is that of whoever imports."""
Parsers = Mapping[str, Mapping[str, Parse]]
"""By kind of sheet and field."""

ESCAPED = re.compile(rf"'{FORMULA.pattern}")
"""As the portal writes a formula into CSV (portal/exports/csv.py)."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What every row has; None in a field is an empty cell, which leaves alone what is there, or one of `emptied`."""

    place: str
    """Where it stands, such as `12` or `Tags 12`."""
    problems: list[Problem] = field(default_factory=list)
    emptied: list[str] = field(default_factory=list)
    """The fields whose cells say that their value is to be emptied."""


def plain(parse: Callable[[Value], Any]) -> Parse:
    """For what is the same in every zone."""
    return lambda value, _zone: parse(value)


def parse(
    files: Iterable[Read], layout: Layout, parsers: Parsers, zone: ZoneInfo
) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """By kind the rows as keywords of a `Row`; and the sheets and columns that are not known, in words.

    Raises:
        UnreadableFileError: no sheet of a known kind is there, a column stands twice, or there are too many rows.
    """
    found: dict[str, list[tuple[Sheet, dict[int, str]]]] = {kind: [] for kind in layout.columns}
    ignored: list[str] = []
    for sheet in (sheet for file in files for sheet in file.sheets if sheet.rows):
        kind = layout.kind_of(sheet.rows[0][1])
        if kind is None:
            ignored.append(gettext("the sheet %(name)s", name=sheet.name or sheet.file_name))
            continue
        found[kind].append((sheet, _fields(layout.fields[kind], sheet, ignored)))
    if not any(found.values()):
        raise UnreadableFileError(layout.unknown_headings())
    if sum(len(sheet.rows) - 1 for sheets in found.values() for sheet, _ in sheets) > MOST_ROWS:
        raise UnreadableFileError(too_many_rows())
    several = sum(map(len, found.values())) > 1
    rows = {
        kind: [row for sheet, fields in sheets for row in _rows(sheet, fields, parsers[kind], zone, several, layout)]
        for kind, sheets in found.items()
    }
    if not any(rows.values()):
        raise UnreadableFileError(gettext("There is no row below the headings."))
    return rows, ignored


def _fields(known: Mapping[str, str], sheet: Sheet, ignored: list[str]) -> dict[int, str]:
    """Which field stands in which column."""
    fields: dict[int, str] = {}
    for position, heading in enumerate(sheet.rows[0][1]):
        if is_empty(heading):
            continue
        name = known.get(folded(str(heading)))
        if name is None:
            ignored.append(gettext("the column %(name)s", name=str(heading)[:60]))
        elif name in fields.values():
            raise UnreadableFileError(gettext("The column %(name)s stands there twice.", name=str(heading)[:60]))
        else:
            fields[position] = name
    return fields


def _rows(
    sheet: Sheet,
    fields: Mapping[int, str],
    parsers: Mapping[str, Parse],
    zone: ZoneInfo,
    several: bool,
    layout: Layout,
) -> Iterator[dict[str, Any]]:
    prefix = f"{sheet.name or sheet.file_name} " if several else ""
    for number, values in paused(sheet.rows[1:]):
        row: dict[str, Any] = {"place": f"{prefix}{number}", "problems": [], "emptied": []}
        for position, name in fields.items():
            value = values[position] if position < len(values) else None
            if is_empty(value):
                continue
            if layout.emptiable and is_mark(value):
                if name in layout.emptiable:
                    row["emptied"].append(name)
                else:
                    row["problems"].append(Problem(name, "cannot_be_emptied"))
                continue
            if layout.is_exported:
                value = _unescaped(value, sheet.is_csv)
            try:
                row[name] = parsers[name](value, zone)
            except ValueProblemError as error:
                row["problems"].append(Problem(name, error.code, error.values))
        yield row


def _unescaped(value: Value, is_csv: bool) -> Value:
    """Without the apostrophe that the portal put there: a workbook needs it only before what looks like the mark."""
    if not isinstance(value, str):
        return value
    is_escaped = ESCAPED.match(value) if is_csv else QUOTED.fullmatch(value)
    return value[1:] if is_escaped else value
