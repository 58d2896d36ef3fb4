"""The one gate: a page that is not named here is for those who have signed in, whatever its own view asks."""

from flask import Flask, abort, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from domain import second_factor
from portal.api.errors import refuse
from portal.api.login import NEEDS_SECOND_FACTOR
from portal.database import database
from portal.errors import wants_json
from portal.roles import may_sign_in

OPEN_ENDPOINTS = (
    "SignInView.login",
    "SignInView.code",
    "SignInView.logout",
    "ForgottenPasswordView.forgot",
    "ForgottenPasswordView.reset",
    "unsubscribe.ask",
    "unsubscribe.stop",
    "LocaleView.index",
    "health.healthz",
    "metrics.scrape",
    "app_shell.manifest",
    "app_shell.worker",
    "app_shell.offline",
)
SERVICES = frozenset({"ocpi", "parking"})
"""The blueprints of those who come with the token of a service (portal/services), which they ask for themselves."""
SECOND_FACTOR_ENDPOINTS = ("SecondFactorView.index", "SecondFactorView.set_up")
"""All that is open to somebody who must have a second factor and has none yet."""


def _is_open() -> bool:
    """Whether a visitor may come here."""
    endpoint = request.endpoint
    if endpoint is None or request.blueprint in SERVICES:
        return True
    return endpoint in OPEN_ENDPOINTS or endpoint.endswith("static")


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _ask_to_sign_in() -> Response | None:
    if _is_open():
        return None
    if _is_api():  # It has its own doors, of which a cookie opens some.
        return _ask_for_second_factor() if current_user.is_authenticated else None
    if current_user.is_authenticated and may_sign_in(current_user):
        return _ask_for_second_factor()
    if current_user.is_authenticated:  # The role was taken away since.
        logout_user()
    if wants_json():
        abort(401)
    going_to = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("SignInView.login", next=None if going_to == "/" else going_to))


def _ask_for_second_factor() -> Response | None:
    if request.endpoint in SECOND_FACTOR_ENDPOINTS or not second_factor.is_missing(database(), current_user):
        return None
    if _is_api():
        refuse(403, NEEDS_SECOND_FACTOR)
    if wants_json():
        abort(403, gettext("Set up your second factor first."))
    return redirect(url_for("SecondFactorView.index"))


def _take_forms_only() -> None:
    """Flask-WTF would also read JSON, whose lists and numbers no form of ours expects (nor portal/limits.py)."""
    if request.is_json and not _is_api():
        abort(415)


def init_app(app: Flask) -> None:
    app.before_request(_take_forms_only)
    app.before_request(_ask_to_sign_in)
