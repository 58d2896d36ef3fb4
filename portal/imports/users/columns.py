"""The columns of an import of users and tags."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from flask_babel import gettext, lazy_gettext

from domain.roles import RoleName
from portal.imports.columns import Column, Layout, column, folded


class Kind(StrEnum):
    """What the rows of a sheet are."""

    USERS = "users"
    TAGS = "tags"


COLUMNS: Mapping[str, Sequence[Column]] = {
    Kind.USERS: (
        column(
            "first_name",
            ("First name", "Given name"),
            ("Fornavn",),
            lazy_gettext("First name"),
            lazy_gettext("Needed for a new user."),
        ),
        column(
            "last_name",
            ("Last name", "Surname"),
            ("Efternavn",),
            lazy_gettext("Last name"),
            lazy_gettext("Needed for a new user."),
        ),
        column(
            "email",
            ("E-mail", "E-mail address"),
            ("E-mail", "E-mailadresse", "Mail"),
            lazy_gettext("E-mail"),
            lazy_gettext("Always needed: the login, and what a row finds its user by."),
            needed=True,
        ),
        column(
            "role",
            ("Role",),
            ("Rolle",),
            lazy_gettext("Role"),
            lazy_gettext("Needed for a new user: Administrator, Site administrator, Support or EV user."),
        ),
        column(
            "password",
            ("Password",),
            ("Adgangskode", "Kodeord"),
            lazy_gettext("Password"),
            lazy_gettext(
                "At least eight characters with letters and digits. "
                "Empty for a new user: the person uses “Forgot the password?”."
            ),
        ),
        column(
            "sites",
            ("Sites", "Site"),
            ("Steder", "Sted"),
            lazy_gettext("Sites"),
            lazy_gettext("All sites of a site administrator by name, with semicolons between them."),
        ),
        column(
            "alarm_email",
            ("E-mail on alarm", "Alarm e-mail"),
            ("E-mail ved alarm",),
            lazy_gettext("E-mail on alarm"),
            lazy_gettext("Yes or no, for administrators and site administrators."),
        ),
        column(
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
        column(
            "tag",
            ("Tag", "Token", "ID token"),
            ("Tag", "Tagnummer"),
            lazy_gettext("Tag"),
            lazy_gettext("Always needed: decimal or hexadecimal."),
            needed=True,
        ),
        column(
            "owner",
            ("E-mail of owner", "Owner", "Owner's e-mail"),
            ("Ejers e-mail", "Ejer"),
            lazy_gettext("E-mail of owner"),
            lazy_gettext("Needed for a new tag: a user of the portal, or one of this import."),
            needed=True,
        ),
        column(
            "description",
            ("Description",),
            ("Beskrivelse",),
            lazy_gettext("Description"),
            lazy_gettext("Free text."),
        ),
        column(
            "valid_from_at",
            ("Valid from",),
            ("Gyldig fra",),
            lazy_gettext("Valid from"),
            lazy_gettext("A date such as 2026-12-01 or 2026-12-01 08:00, in your time zone."),
        ),
        column(
            "expires_at",
            ("Expires", "Expires at", "Valid until"),
            ("Udløber", "Gyldig til"),
            lazy_gettext("Expires"),
            lazy_gettext("As above; a date without a time holds to the end of that day."),
        ),
        column("blocked", ("Blocked",), ("Spærret", "Blokeret"), lazy_gettext("Blocked"), lazy_gettext("Yes or no.")),
    ),
}

ROLE_NAMES: Mapping[RoleName, Mapping[str, str]] = {
    RoleName.ADMINISTRATOR: {"en": "Administrator", "da": "Administrator"},
    RoleName.SITE_ADMINISTRATOR: {"en": "Site administrator", "da": "Stedadministrator"},
    RoleName.SUPPORT: {"en": "Support", "da": "Support"},
    RoleName.EV_USER: {"en": "EV user", "da": "EV-bruger"},
}
"""What a role is called in a file."""

ROLES: Mapping[str, RoleName] = {folded(name): role for role, names in ROLE_NAMES.items() for name in names.values()}


def _unknown_headings() -> str:
    needed = [" + ".join(str(column.label) for column in columns if column.is_needed) for columns in COLUMNS.values()]
    return gettext(
        "The headings are not known. The first row must name the columns, for users at least %(users)s, "
        "for tags at least %(tags)s.",
        users=needed[0],
        tags=needed[1],
    )


LAYOUT = Layout(COLUMNS, _unknown_headings)
