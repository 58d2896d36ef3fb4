"""Sheets become rows of users and of tags. What a cell cannot be is noted with its row; nobody is asked yet."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext

from domain.roles import RoleName
from portal.imports.columns import COLUMNS, FIELDS, ROLES, Kind, folded, kind_of
from portal.imports.pauses import paused
from portal.imports.problems import Problem, UnreadableFileError
from portal.imports.sheets import MOST_ROWS, Read, Sheet
from portal.imports.values import (
    Value,
    ValueProblemError,
    is_empty,
    moment_of,
    parts_of,
    password_of,
    tags_of,
    text_of,
    yes_or_no,
)
from portal.imports.xlsx import too_many_rows


@dataclass(frozen=True, kw_only=True)
class UserRow:
    """A user as a file tells of one; None is an empty cell, which leaves alone what is there."""

    place: str
    """Where it stands, such as `12` or `Tags 12`."""
    email: str = ""
    first_name: str | None = None
    last_name: str | None = None
    role: RoleName | None = None
    password: str | None = field(default=None, repr=False)
    sites: list[str] | None = None
    alarm_email: bool | None = None
    tags: list[str] | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class TagRow:
    """A tag as a file tells of one."""

    place: str
    tag: str = ""
    owner: str = ""
    description: str | None = None
    valid_from_at: datetime | None = None
    expires_at: datetime | None = None
    blocked: bool | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Rows:
    """All that an import brings."""

    users: list[UserRow]
    tags: list[TagRow]
    ignored: list[str]
    """Sheets and columns that are not known, in words."""


def rows_of(files: Iterable[Read], zone: ZoneInfo) -> Rows:
    """
    Raises:
        UnreadableFileError: no sheet of users or tags is there, a column stands twice, or there are too many rows.
    """
    found: dict[Kind, list[tuple[Sheet, dict[int, str]]]] = {kind: [] for kind in Kind}
    ignored: list[str] = []
    for sheet in (sheet for file in files for sheet in file.sheets if sheet.rows):
        headings = sheet.rows[0][1]
        kind = kind_of(headings)
        if kind is None:
            ignored.append(gettext("the sheet %(name)s", name=sheet.name or sheet.file_name))
            continue
        found[kind].append((sheet, _fields(kind, sheet, ignored)))
    if not any(found.values()):
        raise UnreadableFileError(_no_headings())
    if sum(len(sheet.rows) - 1 for sheets in found.values() for sheet, _ in sheets) > MOST_ROWS:
        raise UnreadableFileError(too_many_rows())
    several = sum(map(len, found.values())) > 1
    users = [UserRow(**row) for row in _parsed(found[Kind.USERS], Kind.USERS, zone, several)]
    tags = [TagRow(**row) for row in _parsed(found[Kind.TAGS], Kind.TAGS, zone, several)]
    if not users and not tags:
        raise UnreadableFileError(gettext("There is no row below the headings."))
    return Rows(users, tags, ignored)


def _fields(kind: Kind, sheet: Sheet, ignored: list[str]) -> dict[int, str]:
    """Which field stands in which column."""
    fields: dict[int, str] = {}
    for position, heading in enumerate(sheet.rows[0][1]):
        if is_empty(heading):
            continue
        name = FIELDS[kind].get(folded(str(heading)))
        if name is None:
            ignored.append(gettext("the column %(name)s", name=str(heading)[:60]))
        elif name in fields.values():
            raise UnreadableFileError(gettext("The column %(name)s stands there twice.", name=str(heading)[:60]))
        else:
            fields[position] = name
    return fields


def _no_headings() -> str:
    needed = [" + ".join(str(column.label) for column in columns if column.is_needed) for columns in COLUMNS.values()]
    return gettext(
        "The headings are not known. The first row must name the columns, for users at least %(users)s, "
        "for tags at least %(tags)s.",
        users=needed[0],
        tags=needed[1],
    )


def _parsed(
    sheets: list[tuple[Sheet, dict[int, str]]], kind: Kind, zone: ZoneInfo, several: bool
) -> Iterable[dict[str, Any]]:
    parsers = PARSERS[kind]
    for sheet, fields in sheets:
        prefix = f"{sheet.name or sheet.file_name} " if several else ""
        for number, values in paused(sheet.rows[1:]):
            row: dict[str, Any] = {"place": f"{prefix}{number}", "problems": []}
            for position, name in fields.items():
                value = values[position] if position < len(values) else None
                if is_empty(value):
                    continue
                try:
                    row[name] = parsers[name](value, zone)
                except ValueProblemError as error:
                    row["problems"].append(Problem(name, error.code, error.values))
            yield row


def _role_of(value: Value) -> RoleName:
    text = text_of(value)
    role = ROLES.get(folded(text))
    if role is None:
        raise ValueProblemError("unknown_role", value=text)
    return role


def _one_tag(value: Value) -> str:
    tags = tags_of(value)
    if len(tags) != 1:
        raise ValueProblemError("not_a_tag_number", value=text_of(value))
    return tags[0]


def _plain(parse: Callable[[Value], Any]) -> Callable[[Value, ZoneInfo], Any]:
    return lambda value, _zone: parse(value)


PARSERS: Mapping[Kind, Mapping[str, Callable[[Value, ZoneInfo], Any]]] = {
    Kind.USERS: {
        "first_name": _plain(text_of),
        "last_name": _plain(text_of),
        "email": _plain(text_of),
        "role": _plain(_role_of),
        "password": _plain(password_of),
        "sites": _plain(parts_of),
        "alarm_email": _plain(yes_or_no),
        "tags": _plain(tags_of),
    },
    Kind.TAGS: {
        "tag": _plain(_one_tag),
        "owner": _plain(text_of),
        "description": _plain(text_of),
        "valid_from_at": lambda value, zone: moment_of(value, zone, is_end=False),
        "expires_at": lambda value, zone: moment_of(value, zone, is_end=True),
        "blocked": _plain(yes_or_no),
    },
}
