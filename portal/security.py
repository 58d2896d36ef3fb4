"""Who may come in: sign-in by e-mail, the cookies and tokens that still count, the first administrator."""

import re

from flask import Flask, current_app, g, request
from flask_limiter import Limiter
from flask_login import login_user
from werkzeug.security import check_password_hash

from domain import clock, log, passwords, second_factor, users
from domain.models import PortalUser
from domain.roles import RoleName
from domain.user_details import Reason, UserDetails, UserError
from portal import audit
from portal.api.errors import refuse
from portal.api.login import NEEDS_SECOND_FACTOR, SecurityApi
from portal.api_keys import ApiKeys
from portal.limits import count_attempt, forget_attempts, limiter, normal_account
from portal.pages.sign_in import SignInView

IDENTITY = re.compile(r"([0-9]{1,9})\.[0-9]{1,9}")
"""What `PortalUser.get_id` makes."""


class PortalSecurityManager(ApiKeys):
    """Flask-AppBuilder's, with our user and only the doors that we open ourselves."""

    user_model = PortalUser
    authdbview = SignInView
    security_api = SecurityApi

    def create_limiter(self, app: Flask) -> Limiter:
        limiter.init_app(app)
        return limiter

    def check_password(self, email: str, password: str) -> PortalUser | None:
        """The account that these belong to. Whoever asks also looks at the role and at the second factor.

        The same is done whether or not there is such an account, so that the time taken tells nothing.
        """
        account = normal_account(email)
        user: PortalUser | None = self.find_user(username=account)
        hashed = user.password if user and user.is_active else current_app.config["AUTH_DB_FAKE_PASSWORD_HASH_CHECK"]
        if _is_password(hashed, password) and user and user.is_active:
            return user
        self.sign_in_failed(account)
        return None

    def signed_in(self, user: PortalUser) -> None:
        """Somebody has come in, through whichever door. Commits."""
        log.bind(user_id=user.id)
        forget_attempts(user.username)
        user.login_count = (user.login_count or 0) + 1
        user.last_login = clock.now().replace(tzinfo=None)
        audit.signed_in(user)

    def sign_in_failed(self, account: str) -> None:
        """Somebody gave a wrong password or a wrong code for this e-mail, which perhaps nobody has. Commits."""
        audit.sign_in_failed(account)

    def signed_out(self, user: PortalUser) -> None:
        """Somebody has left. Commits."""
        audit.signed_out(user)

    def load_user(self, identity: str) -> PortalUser | None:
        """Whom a cookie or a token names, unless that was ended since."""
        known = IDENTITY.fullmatch(identity)
        user: PortalUser | None = self.get_user_by_id(int(known[1])) if known else None
        if user is None or not user.is_active or user.get_id() != identity:
            return None
        log.bind(user_id=user.id)
        return user

    def load_user_jwt(self, header: dict[str, object], payload: dict[str, object]) -> PortalUser | None:
        user: PortalUser | None = super().load_user_jwt(header, payload)
        if user and second_factor.is_missing(self.session, user):
            refuse(403, NEEDS_SECOND_FACTOR)
        return user

    def exist_permission_on_roles(self, view_name: str, permission_name: str, role_ids: list[int]) -> bool:
        """The database is asked once in a request: a table wants to know the same for each of its rows."""
        known: dict[tuple[object, ...], bool] = g.setdefault("permissions_on_roles", {})
        asked = (view_name, permission_name, *role_ids)
        if asked not in known:
            known[asked] = super().exist_permission_on_roles(view_name, permission_name, role_ids)
        return known[asked]

    def register_views(self) -> None:
        """The sign-in page and the API's sign-in, nothing else: users are managed on pages of our own."""
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)
        self.appbuilder.add_api(self.security_api)


def verify_password(user: PortalUser, password: str) -> bool:
    """Whether this is the password of somebody who is signed in; counted like a sign-in, 429 after too many."""
    count_attempt(user.username)
    if not _is_password(user.password, password):
        return False
    forget_attempts(user.username)
    return True


def end_other_sign_ins(user: PortalUser) -> None:
    """End all sign-ins of this user but that of this browser. The caller commits."""
    passwords.end_sign_ins(user)
    stay_signed_in(user)


def stay_signed_in(user: PortalUser) -> None:
    """Keep this browser signed in after `passwords.set_password` or `end_sign_ins`."""
    login_user(user, remember=current_app.config["REMEMBER_COOKIE_NAME"] in request.cookies)


def _is_password(hashed: str, password: str) -> bool:
    """No password is longer, and a very long one would keep us busy."""
    return len(password) <= passwords.LONGEST and check_password_hash(hashed, password)


def sync_permissions(app: Flask) -> None:
    """Write the roles and every view's permissions into the database; done once at start, not by each process."""
    with app.app_context():
        builder = app.appbuilder  # type: ignore[attr-defined]
        for role in (*RoleName, builder.sm.auth_role_public):
            builder.sm.add_role(role)
        builder.add_permissions(update_perms=True)


def create_first_administrator(app: Flask, email: str, password: str) -> bool:
    """Make an administrator unless there is one already; says whether it did. Raises UserError."""
    with app.app_context():
        sm = app.appbuilder.sm  # type: ignore[attr-defined]
        role = sm.find_role(RoleName.ADMINISTRATOR)
        if sm.session.query(PortalUser).filter(PortalUser.roles.contains(role)).first():
            return False
        return create_administrator(app, email, password)


def create_administrator(app: Flask, email: str, password: str) -> bool:
    """Make an administrator; False if the e-mail is taken. Raises UserError for whatever else speaks against it."""
    names = {"first_name": "First", "last_name": "Administrator"}
    with app.app_context():
        db = app.appbuilder.session  # type: ignore[attr-defined]
        try:
            users.add(db, UserDetails(role=RoleName.ADMINISTRATOR, email=email, password=password, **names))
            db.commit()
        except UserError as error:
            if error.refusals.keys() == {"email"} and error.refusals["email"][0].reason is Reason.EMAIL_TAKEN:
                return False
            raise
    return True
