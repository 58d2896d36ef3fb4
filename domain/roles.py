"""The four roles (manual, "Brugerroller"). Each user has exactly one."""

from enum import StrEnum


class RoleName(StrEnum):
    """What a role is called in the database, in the API and, translated, on the screen."""

    ADMINISTRATOR = "Administrator"
    SITE_ADMINISTRATOR = "Site administrator"
    SUPPORT = "Support"
    EV_USER = "EV user"
