"""The four roles, and which of them may come in."""

from domain.models import PortalUser

ADMINISTRATOR = "Administrator"
SITE_ADMINISTRATOR = "Site administrator"
SUPPORT = "Support"
EV_USER = "EV user"
ROLES = (ADMINISTRATOR, SITE_ADMINISTRATOR, SUPPORT, EV_USER)

BUILT_IN_ROLES = {ADMINISTRATOR: [[".*", ".*"]]}
"""Roles whose rights are code (permission and view, as patterns), so that no page asks the database for them."""


def may_sign_in(user: PortalUser) -> bool:
    """Until the rights of the other roles are defined, only an administrator comes in."""
    return any(role.name == ADMINISTRATOR for role in user.roles)
