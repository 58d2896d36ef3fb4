"""The one gate: a page that is not named here is for those who have signed in, whatever its own view asks."""

from flask import Flask, abort, redirect, request, url_for
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from portal.errors import wants_json
from portal.roles import may_sign_in

OPEN_ENDPOINTS = ("SignInView.login", "SignInView.logout", "LocaleView.index", "health.healthz")


def _is_open() -> bool:
    """Whether a visitor may come here; the API has its own doors (portal/api)."""
    endpoint = request.endpoint
    return endpoint is None or endpoint in OPEN_ENDPOINTS or endpoint.endswith("static") or _is_api()


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _ask_to_sign_in() -> Response | None:
    if _is_open():
        return None
    if current_user.is_authenticated and may_sign_in(current_user):
        return None
    if current_user.is_authenticated:  # The role was taken away since.
        logout_user()
    if wants_json():
        abort(401)
    going_to = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("SignInView.login", next=None if going_to == "/" else going_to))


def init_app(app: Flask) -> None:
    app.before_request(_ask_to_sign_in)
