"""Administrators made from the command line, the first of them with a password that is shown once."""

import secrets
import string

from flask import Flask

from config import Settings
from launcher.errors import LaunchError
from portal.security import create_administrator, create_first_administrator, is_good_password

ALPHABET = "".join(sorted({*string.ascii_letters, *string.digits} - set("0O1lI")))
"""Without those that people mistake for each other."""
PASSWORD_LENGTH = 16


def ensure_administrator(app: Flask, settings: Settings) -> str | None:
    """Make the first administrator if there is none; returns the password if we chose it."""
    given = settings.admin_password
    if given:
        check_password(given)
    password = given or random_password()
    made = create_first_administrator(app, settings.admin_email, password)
    return password if made and not given else None


def add_administrator(app: Flask, email: str, password: str) -> None:
    check_password(password)
    if not create_administrator(app, email, password):
        raise LaunchError(f"There is a user with the e-mail {email} already.")


def check_password(password: str) -> None:
    if not is_good_password(password):
        raise LaunchError("The password (ADMIN_PASSWORD) must have at least eight characters with letters and digits.")


def random_password() -> str:
    """A random password that follows the rule."""
    password = ""
    while not is_good_password(password):
        password = "".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_LENGTH))
    return password
