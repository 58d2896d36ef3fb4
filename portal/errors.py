"""What went wrong, in words and in the look; as JSON for those who call the API."""

import logging

from flask import Flask, Response, g, jsonify, render_template, request
from flask_babel import gettext
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from portal.secret_addresses import without_secrets

log = logging.getLogger(__name__)


def _words(code: int) -> tuple[str, str]:
    """What to say for a status: what happened, and what to do now."""
    known = {
        400: (gettext("That was not understood"), gettext("Go back, check what was entered, and try again.")),
        403: (gettext("Not allowed"), gettext("Your account does not give access to this.")),
        404: (gettext("Not found"), gettext("There is nothing at this address; it may have been removed.")),
        405: (gettext("Not possible that way"), gettext("This address does not answer to that kind of request.")),
        413: (gettext("Too large"), gettext("What was sent is larger than what is accepted.")),
        429: (gettext("Too many attempts"), gettext("Wait a few minutes, then try again.")),
        500: (gettext("Something went wrong"), gettext("The fault was noted. Try again in a moment.")),
    }
    return known.get(code, known[400 if code < InternalServerError.code else 500])


def _own_words(error: HTTPException) -> str | None:
    """What our own code said of it, rather than the library's standing text."""
    if isinstance(error, CSRFError):
        return gettext("The page was open for too long. Load it again, then repeat what you did.")
    return error.description if error.description != type(error).description else None


def wants_json() -> bool:
    """Whether a program asks rather than a person: the API's callers, and our own scripts."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def _answer(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:  # A redirect that was raised.
        return error.get_response()
    if wants_json():
        response = jsonify(message=error.description or error.name)
    else:
        title, advice = _words(error.code)
        text = _own_words(error) or advice
        # The frame asks the database; a page about a fault must not depend on it.
        base = "base.html" if error.code < 500 and current_user.is_authenticated else "bare.html"
        page = render_template("error.html", base=base, code=error.code, title=title, text=text)
        response = Response(page, mimetype="text/html")
    response.status_code = error.code
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    if error.code == 429:
        response.headers.setdefault("Retry-After", "300")
    return response


def _unforeseen(error: Exception) -> Response:
    log.exception("Unforeseen error at %s %s", request.method, without_secrets(request.path), exc_info=error)
    g._login_user = AnonymousUserMixin()  # To ask for the user may be what failed.
    return _answer(InternalServerError())


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _answer)
    app.register_error_handler(Exception, _unforeseen)
