"""Sheets become rows of users and of tags. What a cell cannot be is noted with its row; nobody is asked yet."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.roles import RoleName
from portal.imports.columns import folded
from portal.imports.parsing import Parsers, Row, parse, plain
from portal.imports.sheets import Read
from portal.imports.users.columns import LAYOUT, ROLES, Kind
from portal.imports.values import (
    Value,
    ValueProblemError,
    moment_of,
    parts_of,
    password_of,
    tags_of,
    text_of,
    yes_or_no,
)


@dataclass(frozen=True, kw_only=True)
class UserRow(Row):
    """A user as a file tells of one."""

    email: str = ""
    first_name: str | None = None
    last_name: str | None = None
    role: RoleName | None = None
    password: str | None = field(default=None, repr=False)
    sites: list[str] | None = None
    alarm_email: bool | None = None
    tags: list[str] | None = None


@dataclass(frozen=True, kw_only=True)
class TagRow(Row):
    """A tag as a file tells of one."""

    tag: str = ""
    owner: str = ""
    description: str | None = None
    valid_from_at: datetime | None = None
    expires_at: datetime | None = None
    blocked: bool | None = None


@dataclass(frozen=True)
class Rows:
    """All that an import brings."""

    users: list[UserRow]
    tags: list[TagRow]
    ignored: list[str]
    """Sheets and columns that are not known, in words."""

    @property
    def everything(self) -> list[UserRow | TagRow]:
        return [*self.users, *self.tags]


def rows_of(files: Iterable[Read], zone: ZoneInfo) -> Rows:
    """
    Raises:
        UnreadableFileError: no sheet of users or tags is there, a column stands twice, or there are too many rows.
    """
    found, ignored = parse(files, LAYOUT, PARSERS, zone)
    users = [UserRow(**row) for row in found[Kind.USERS]]
    return Rows(users, [TagRow(**row) for row in found[Kind.TAGS]], ignored)


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


PARSERS: Parsers = {
    Kind.USERS: {
        "first_name": plain(text_of),
        "last_name": plain(text_of),
        "email": plain(text_of),
        "role": plain(_role_of),
        "password": plain(password_of),
        "sites": plain(parts_of),
        "alarm_email": plain(yes_or_no),
        "tags": plain(tags_of),
    },
    Kind.TAGS: {
        "tag": plain(_one_tag),
        "owner": plain(text_of),
        "description": plain(text_of),
        "valid_from_at": lambda value, zone: moment_of(value, zone, is_end=False),
        "expires_at": lambda value, zone: moment_of(value, zone, is_end=True),
        "blocked": plain(yes_or_no),
    },
}
