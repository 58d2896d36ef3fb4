"""Who may come in: the four roles, sign-in by e-mail, and the first administrator."""

import re

from flask import Flask, current_app
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_limiter import Limiter

from domain.models import PortalUser
from portal.api.login import SecurityApi
from portal.limits import account_signed_in, limiter, normal_account
from portal.pages.sign_in import SignInView
from portal.roles import ADMINISTRATOR, EV_USER, ROLES, SITE_ADMINISTRATOR, SUPPORT, may_sign_in

__all__ = ["ADMINISTRATOR", "EV_USER", "ROLES", "SITE_ADMINISTRATOR", "SUPPORT", "PortalSecurityManager"]

PASSWORD_RULE = re.compile(r"(?=.*[A-Za-z])(?=.*\d).{8,}", re.DOTALL)
"""At least eight characters with letters and digits (manual, "Kom i gang")."""


class PortalSecurityManager(SecurityManager):
    """Flask-AppBuilder's, with our user and only the doors that we open ourselves."""

    user_model = PortalUser
    authdbview = SignInView
    security_api = SecurityApi

    def create_limiter(self, app: Flask) -> Limiter:
        limiter.init_app(app)
        return limiter

    def check_password(self, email: str, password: str) -> PortalUser | None:
        """The account that these belong to, whether or not its role may sign in."""
        account = normal_account(email)
        user: PortalUser | None = super().auth_user_db(account, password)
        if user is not None:
            account_signed_in(current_app, account)
        return user

    def auth_user_db(self, username: str, password: str) -> PortalUser | None:
        """The account that may come in with these; every door asks here, the API's too."""
        user = self.check_password(username, password)
        return user if user and may_sign_in(user) else None

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
        return create_administrator(app, email, password)


def create_administrator(app: Flask, email: str, password: str) -> bool:
    """Make an administrator; False if the e-mail is taken."""
    email = email.strip().lower()
    with app.app_context():
        sm = app.appbuilder.sm  # type: ignore[attr-defined]
        if sm.find_user(username=email):
            return False
        return bool(sm.add_user(email, "First", "Administrator", email, sm.find_role(ADMINISTRATOR), password))
