"""Which language a person reads: their own setting, else what they chose on this browser, else the browser's.

Flask-AppBuilder's own choice ignores the browser and writes the session on every first visit, so it is replaced.
"""

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, redirect, request, session
from flask_babel import get_translations, refresh
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

LANGUAGES = {"en": {"flag": "gb", "name": "English"}, "da": {"flag": "dk", "name": "Dansk"}}
DEFAULT = "en"

CHOSEN = "locale"
"""Where a browser's choice is kept in its session: for the sign-in page, and until somebody signs in."""


def current_language() -> str | None:
    """The language of this request; None outside of one."""
    if not request:
        return None
    return _setting() or _chosen() or request.accept_languages.best_match(LANGUAGES) or DEFAULT


def _setting() -> str | None:
    language = current_user.language if current_user and current_user.is_authenticated else None
    return language if language in LANGUAGES else None


def _chosen() -> str | None:
    language = session.get(CHOSEN)
    return language if language in LANGUAGES else None


def switch(locale: str) -> Response:
    """Keep the choice in this browser and, for somebody signed in, in their settings."""
    if locale not in LANGUAGES:
        abort(404)
    session[CHOSEN] = locale
    if current_user.is_authenticated:
        current_user.language = locale
        current_app.appbuilder.session.commit()  # type: ignore[attr-defined]
    refresh()
    return redirect(_back())


def _back() -> str:
    """The page that the switch was on, if it is one of ours."""
    came_from = urlsplit(request.referrer or "")
    is_ours = came_from.scheme in ("http", "https") and came_from.netloc == request.host
    if not is_ours or came_from.path.startswith("/lang/"):
        return f"{request.script_root}/"
    return came_from.geturl()


class FormTranslations:
    """WTForms asks these for the words of its validators. Its own have no Danish, so our catalogue is asked."""

    @staticmethod
    def gettext(text: str) -> str:
        return str(get_translations().ugettext(text))

    @staticmethod
    def ngettext(one: str, many: str, number: int) -> str:
        return str(get_translations().ungettext(one, many, number))


def init_app(app: Flask) -> None:
    """Take over from Flask-AppBuilder, once it is set up on `app`."""
    # On the base of all forms, because Flask-AppBuilder makes forms of its own from it.
    FlaskForm.Meta.get_translations = lambda _meta, _form: FormTranslations
    app.extensions["babel"].locale_selector = current_language
    app.view_functions["LocaleView.index"] = switch
