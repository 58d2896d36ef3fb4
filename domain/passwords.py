"""The one rule for passwords, and the only place that sets one. Whoever signs in is looked at in portal/security.py."""

import re
from enum import StrEnum

from sqlalchemy import delete, inspect
from sqlalchemy.orm import object_session
from werkzeug.security import generate_password_hash

from domain.errors import DomainError
from domain.models import PasswordReset, PortalUser
from domain.writing import is_writable

SHORTEST = 8
LONGEST = 128
"""A password is hashed slowly on purpose: a bound, so that nobody keeps the portal busy with a very long one."""

LETTER = re.compile(r"[^\W\d_]")
DIGIT = re.compile(r"[0-9]")


class PasswordFault(StrEnum):
    """What is wrong with a password, as English words."""

    TOO_SHORT = f"A password has at least {SHORTEST} characters."
    TOO_LONG = f"A password has at most {LONGEST} characters."
    NO_LETTER = "A password contains a letter."
    NO_DIGIT = "A password contains a digit."
    UNWRITABLE = "A password contains only characters that can be written."


class PasswordError(DomainError):
    """A password breaks the rule. The text says how and never quotes the password."""

    def __init__(self, fault: PasswordFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def fault(password: str) -> PasswordFault | None:
    """What is wrong with this password; at least eight characters with letters and digits (manual, "Kom i gang")."""
    if len(password) < SHORTEST:
        return PasswordFault.TOO_SHORT
    if len(password) > LONGEST:
        return PasswordFault.TOO_LONG
    if not LETTER.search(password):
        return PasswordFault.NO_LETTER
    if not DIGIT.search(password):
        return PasswordFault.NO_DIGIT
    if not is_writable(password):
        return PasswordFault.UNWRITABLE
    return None


def check(password: str) -> None:
    """Raises PasswordError for a password that breaks the rule."""
    if found := fault(password):
        raise PasswordError(found)


def hash_password(password: str) -> str:
    """The hash to keep. Raises PasswordError, so that no way in can go around the rule."""
    check(password)
    return generate_password_hash(password)


def set_password(user: PortalUser, password: str) -> None:
    """Set it, and end all sign-ins of this user. Raises PasswordError."""
    set_hash(user, hash_password(password))


def set_hash(user: PortalUser, password_hash: str) -> None:
    """Set a password that `hash_password` has hashed, and end all sign-ins of this user."""
    user.password = password_hash
    end_sign_ins(user)


def end_sign_ins(user: PortalUser) -> None:
    """Make every cookie, token and reset link of this user worthless: the password or the e-mail was changed."""
    db = object_session(user)
    if db is not None and inspect(user).persistent:
        # Two changes at once must not arrive at the same number. Rows that only point at the user need not wait.
        db.refresh(user, ["sign_in_number"], with_for_update={"key_share": True})
        db.execute(delete(PasswordReset).where(PasswordReset.user_id == user.id))
    user.sign_in_number = (user.sign_in_number or 0) + 1
