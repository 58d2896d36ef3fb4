"""Administrators made from the command line, the first of them with a password that is shown once."""

import secrets
import string
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from config import Settings
from domain import passwords
from domain.user_details import UserError
from launcher.errors import LaunchError
from portal.security import create_administrator, create_first_administrator

ALPHABET = "".join(sorted({*string.ascii_letters, *string.digits} - set("0O1lI")))
"""Without those that people mistake for each other."""
PASSWORD_LENGTH = 16


def ensure_administrator(app: Flask, settings: Settings) -> str | None:
    """Make the first administrator if there is none; returns the password if we chose it."""
    given = settings.admin_password
    if given:
        check_password(given)
    password = given or random_password()
    with _said(settings.admin_email):
        made = create_first_administrator(app, settings.admin_email, password)
    return password if made and not given else None


def add_administrator(app: Flask, email: str, password: str) -> None:
    check_password(password)
    with _said(email):
        made = create_administrator(app, email, password)
    if not made:
        raise LaunchError(f"There is a user with the e-mail {email} already.")


@contextmanager
def _said(email: str) -> Iterator[None]:
    """The password is checked before, so that only the e-mail can be wrong."""
    try:
        yield
    except UserError as error:
        raise LaunchError(f"“{email}” is no e-mail (ADMIN_EMAIL). One looks like name@example.com.") from error


def check_password(password: str) -> None:
    if passwords.fault(password):
        raise LaunchError(
            f"The password (ADMIN_PASSWORD) must have {passwords.SHORTEST} to {passwords.LONGEST} characters"
            " with letters and digits."
        )


def random_password() -> str:
    """A random password that follows the rule."""
    password = ""
    while passwords.fault(password):
        password = "".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_LENGTH))
    return password
