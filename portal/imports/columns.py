"""The columns of an import: what they are called in files, in English and Danish, and what they hold."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from domain.roles import RoleName


class Kind(StrEnum):
    """What the rows of a sheet are."""

    USERS = "users"
    TAGS = "tags"


@dataclass(frozen=True)
class Column:
    """`names` are its headings in files, the first in each language the template's."""

    field: str
    names: Mapping[str, Sequence[str]]
    label: LazyString
    explanation: LazyString
    is_needed: bool = False
    """Without this column the sheet cannot be read."""


def _column(
    field: str, english: Sequence[str], danish: Sequence[str], *words: LazyString, needed: bool = False
) -> Column:
    return Column(field, {"en": english, "da": danish}, *words, is_needed=needed)


COLUMNS: Mapping[Kind, Sequence[Column]] = {
    Kind.USERS: (
        _column(
            "first_name",
            ("First name", "Given name"),
            ("Fornavn",),
            lazy_gettext("First name"),
            lazy_gettext("Needed for a new user."),
        ),
        _column(
            "last_name",
            ("Last name", "Surname"),
            ("Efternavn",),
            lazy_gettext("Last name"),
            lazy_gettext("Needed for a new user."),
        ),
        _column(
            "email",
            ("E-mail", "E-mail address"),
            ("E-mail", "E-mailadresse", "Mail"),
            lazy_gettext("E-mail"),
            lazy_gettext("Always needed: the login, and what a row finds its user by."),
            needed=True,
        ),
        _column(
            "role",
            ("Role",),
            ("Rolle",),
            lazy_gettext("Role"),
            lazy_gettext("Needed for a new user: Administrator, Site administrator, Support or EV user."),
        ),
        _column(
            "password",
            ("Password",),
            ("Adgangskode", "Kodeord"),
            lazy_gettext("Password"),
            lazy_gettext(
                "At least eight characters with letters and digits. "
                "Empty for a new user: the person uses “Forgot the password?”."
            ),
        ),
        _column(
            "sites",
            ("Sites", "Site"),
            ("Steder", "Sted"),
            lazy_gettext("Sites"),
            lazy_gettext("All sites of a site administrator by name, with semicolons between them."),
        ),
        _column(
            "alarm_email",
            ("E-mail on alarm", "Alarm e-mail"),
            ("E-mail ved alarm",),
            lazy_gettext("E-mail on alarm"),
            lazy_gettext("Yes or no, for administrators and site administrators."),
        ),
        _column(
            "tags",
            ("RFID tags", "RFID tag", "RFID", "Tags"),
            ("RFID-tags", "RFID-tag", "RFID"),
            lazy_gettext("RFID tags"),
            lazy_gettext(
                "Tags to add to an EV user, decimal or hexadecimal, with semicolons between them. "
                "Tags that the user has already stay."
            ),
        ),
    ),
    Kind.TAGS: (
        _column(
            "tag",
            ("Tag", "Token", "ID token"),
            ("Tag", "Tagnummer"),
            lazy_gettext("Tag"),
            lazy_gettext("Always needed: decimal or hexadecimal."),
            needed=True,
        ),
        _column(
            "owner",
            ("E-mail of owner", "Owner", "Owner's e-mail"),
            ("Ejers e-mail", "Ejer"),
            lazy_gettext("E-mail of owner"),
            lazy_gettext("Needed for a new tag: a user of the portal, or one of this import."),
            needed=True,
        ),
        _column(
            "description",
            ("Description",),
            ("Beskrivelse",),
            lazy_gettext("Description"),
            lazy_gettext("Free text."),
        ),
        _column(
            "valid_from_at",
            ("Valid from",),
            ("Gyldig fra",),
            lazy_gettext("Valid from"),
            lazy_gettext("A date such as 2026-12-01 or 2026-12-01 08:00, in your time zone."),
        ),
        _column(
            "expires_at",
            ("Expires", "Expires at", "Valid until"),
            ("Udløber", "Gyldig til"),
            lazy_gettext("Expires"),
            lazy_gettext("As above; a date without a time holds to the end of that day."),
        ),
        _column("blocked", ("Blocked",), ("Spærret", "Blokeret"), lazy_gettext("Blocked"), lazy_gettext("Yes or no.")),
    ),
}

ROLE_NAMES: Mapping[RoleName, Mapping[str, str]] = {
    RoleName.ADMINISTRATOR: {"en": "Administrator", "da": "Administrator"},
    RoleName.SITE_ADMINISTRATOR: {"en": "Site administrator", "da": "Stedadministrator"},
    RoleName.SUPPORT: {"en": "Support", "da": "Support"},
    RoleName.EV_USER: {"en": "EV user", "da": "EV-bruger"},
}
"""What a role is called in a file."""


def folded(text: str) -> str:
    """The same for every way to write a heading or a role: case, blanks, hyphens and stars do not count."""
    return re.sub(r"[^\w]|_", "", unicodedata.normalize("NFKC", text)).casefold()


FIELDS: Mapping[Kind, Mapping[str, str]] = {
    kind: {folded(name): column.field for column in columns for names in column.names.values() for name in names}
    for kind, columns in COLUMNS.items()
}
ROLES: Mapping[str, RoleName] = {folded(name): role for role, names in ROLE_NAMES.items() for name in names.values()}


def known_headings(headings: Sequence[object]) -> set[str]:
    """Those headings, folded, that a column of any kind has."""
    known = set().union(*FIELDS.values())
    return {folded(str(heading)) for heading in headings if heading is not None} & known


def kind_of(headings: Sequence[object]) -> Kind | None:
    """Which kind of sheet has such headings: the one whose needed columns are there and that knows the most of them."""
    known = known_headings(headings)
    fits = [
        kind
        for kind, columns in COLUMNS.items()
        if {column.field for column in columns if column.is_needed} <= {FIELDS[kind].get(name) for name in known}
    ]
    return max(fits, key=lambda kind: len(known & FIELDS[kind].keys()), default=None)


def column(kind: Kind, field: str) -> Column | None:
    return next((column for column in COLUMNS[kind] if column.field == field), None)
