"""Who may come in: the four roles, sign-in by e-mail, and the first administrator."""

import re

from flask import Flask
from flask_appbuilder.security.sqla.manager import SecurityManager

from domain.models import PortalUser

ADMINISTRATOR = "Administrator"
SITE_ADMINISTRATOR = "Site administrator"
SUPPORT = "Support"
EV_USER = "EV user"
ROLES = (ADMINISTRATOR, SITE_ADMINISTRATOR, SUPPORT, EV_USER)

PASSWORD_RULE = re.compile(r"(?=.*[A-Za-z])(?=.*\d).{8,}", re.DOTALL)
"""At least eight characters with letters and digits (manual, "Kom i gang")."""


class PortalSecurityManager(SecurityManager):
    """Flask-AppBuilder's, with our user and only the doors that we open ourselves."""

    user_model = PortalUser

    def register_views(self) -> None:
        """The sign-in page and the API's sign-in, nothing else: users are managed on pages of our own."""
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)
        self.appbuilder.add_api(self.security_api)


def sync_permissions(app: Flask) -> None:
    """Write the roles and every view's permissions into the database; done once at start, not by each process."""
    with app.app_context():
        builder = app.appbuilder  # type: ignore[attr-defined]
        for role in (*ROLES, builder.sm.auth_role_public):
            builder.sm.add_role(role)
        builder.add_permissions(update_perms=True)


def is_good_password(password: str) -> bool:
    """Whether a password follows the rule that holds on every way in."""
    return PASSWORD_RULE.fullmatch(password) is not None


def create_first_administrator(app: Flask, email: str, password: str) -> bool:
    """Make an administrator unless there is one already; says whether it did."""
    with app.app_context():
        sm = app.appbuilder.sm  # type: ignore[attr-defined]
        role = sm.find_role(ADMINISTRATOR)
        if sm.session.query(PortalUser).filter(PortalUser.roles.contains(role)).first():
            return False
        return bool(sm.add_user(email.strip().lower(), "First", "Administrator", email.strip().lower(), role, password))
