"""No more e-mails about alarms: by the link in each of them, without signing in.

What can be followed without meaning it (mail programs look at links before people do) only shows a button. Mail
programs with a button of their own ask by POST (RFC 8058). Whoever asks proves it by the link's signature, which no
other site knows: no hidden token is needed, and a mail program would have none.
"""

from flask import Blueprint, render_template, url_for

from domain.models import PortalUser
from portal.database import database
from portal.mail import unsubscribing

unsubscribe = Blueprint("unsubscribe", __name__)


@unsubscribe.get("/unsubscribe/<string:token>")
def ask(token: str) -> tuple[str, int]:
    user = _user(token)
    if user is None:
        return _unknown()
    return render_template("unsubscribe.html", wants=user.alarm_email, settings_url=_settings_url()), 200


@unsubscribe.post("/unsubscribe/<string:token>")
def stop(token: str) -> tuple[str, int]:
    """Again does nothing more."""
    user = _user(token)
    if user is None:
        return _unknown()
    user.alarm_email = False
    database().commit()
    return render_template("unsubscribe.html", wants=False, settings_url=_settings_url()), 200


def _user(token: str) -> PortalUser | None:
    user_id = unsubscribing.user_id_of(token)
    return None if user_id is None else database().get(PortalUser, user_id)


def _unknown() -> tuple[str, int]:
    return render_template("unsubscribe_unknown.html", settings_url=_settings_url()), 404


def _settings_url() -> str:
    return url_for("SettingsView.index", _anchor="alarms")
