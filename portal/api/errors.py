"""Refusals: always JSON, always with a reason.

`{"message": {"field": ["reason"]}}` for what was sent, `{"message": "reason"}` for everything else. Programs read
these, so they are in English whatever the language. What Flask itself refuses gets its form in portal/errors.py.
"""

from http import HTTPStatus
from typing import Any, NoReturn

from flask import Flask, Response, abort, jsonify, make_response
from flask_jwt_extended import JWTManager

Reasons = dict[str, Any]
"""Field to list of reasons; deeper where the field is."""


def refuse(status: int, message: str | Reasons) -> NoReturn:
    """End this request."""
    abort(make_response(jsonify(message=message), status))


def _unauthorized(reason: str) -> Response:
    return make_response(jsonify(message=reason), HTTPStatus.UNAUTHORIZED)


def _tokens(jwt: JWTManager) -> None:
    """A token that is missing, broken, too old or of somebody who is gone: in each case 401, in our form."""
    jwt.unauthorized_loader(_unauthorized)
    jwt.invalid_token_loader(_unauthorized)
    jwt.expired_token_loader(lambda _header, _payload: _unauthorized("Token has expired"))
    jwt.user_lookup_error_loader(lambda _header, _payload: _unauthorized("No such user"))


def init_app(app: Flask) -> None:
    """Once Flask-AppBuilder is set up on `app`."""
    _tokens(app.extensions["flask-jwt-extended"])
