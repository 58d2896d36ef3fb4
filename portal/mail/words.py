"""The words of pages where there is no request: in e-mails, in the language of whoever receives them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from flask import Flask
from flask_babel import Babel, force_locale

from portal.mail.message import TRANSLATIONS


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Meanwhile `gettext` and its kin speak this language."""
    with _speaker().app_context(), force_locale(language):
        yield


@lru_cache
def _speaker() -> Flask:
    """An application that can do nothing else."""
    app = Flask("portal")
    Babel(app, default_translation_directories=str(TRANSLATIONS))
    return app
