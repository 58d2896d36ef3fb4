"""The second factor: a code from an app (TOTP, RFC 6238), or one of ten recovery codes.

Both count once, even where the same code is sent twice at once.
"""

import base64
import hmac
import re
import secrets
from datetime import datetime

import pyotp
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import DomainError
from domain.models import PortalUser, System
from domain.secrets import UnreadableSecretError, decrypt, encrypt, hash_secret

STEP_SECONDS = 30
STEPS_ASIDE = 1
"""Clocks differ, and people type slowly (RFC 6238, 5.2: at most one step)."""
RECOVERY_CODES = 10
RECOVERY_CODE_BYTES = 10
RECOVERY_CODE_GROUP = 4

TOTP_CODE = re.compile(r"[0-9]{6}")
NOT_IN_CODES = re.compile(r"[\s-]+")

log = structlog.get_logger()


class WrongCodeError(DomainError):
    """The code is not the one that the app shows now."""

    def __init__(self) -> None:
        super().__init__("This code is not right.")


class AlreadySetUpError(DomainError):
    """There is a second factor already; it is removed before another one is set up."""

    def __init__(self) -> None:
        super().__init__("There is a second factor already.")


def new_secret() -> str:
    """A secret for the app, in base32: 160 bits (RFC 4226, 4)."""
    return pyotp.random_base32()


def address(secret: str, user: PortalUser, issuer: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=issuer)


def is_required(db: Session, user: PortalUser) -> bool:
    """Whether this user's role must sign in with a second factor."""
    return user.role is not None and user.role in _roles(db)


def is_missing(db: Session, user: PortalUser) -> bool:
    """Whether this user must have a second factor and has none yet."""
    return user.totp_secret is None and is_required(db, user)


def set_up(db: Session, user: PortalUser, secret: str, code: str, now: datetime) -> list[str]:
    """Take `secret` as the second factor, since `code` proves that the app has it; returns the recovery codes.

    Raises:
        AlreadySetUpError: the user has one, perhaps since a moment ago.
        WrongCodeError: the app has another secret, or a clock is wrong.
    """
    _lock(db, user)
    if user.totp_secret is not None:
        raise AlreadySetUpError
    step = _step(secret, _normal(code), now)
    if step is None:
        raise WrongCodeError
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    user.totp_secret = encrypt(secret)
    user.totp_last_step = step
    user.recovery_code_hashes = [_hash(_normal(each)) for each in codes]
    db.flush()
    return codes


def accepts(db: Session, user: PortalUser, code: str, now: datetime) -> bool:
    """Whether this code lets the user in, now and not a second time."""
    _lock(db, user)
    code = _normal(code)
    is_right = _use_totp(user, code, now) if TOTP_CODE.fullmatch(code) else _use_recovery_code(user, code)
    db.flush()
    return is_right


def remove(user: PortalUser) -> None:
    user.totp_secret = None
    user.totp_last_step = None
    user.recovery_code_hashes = []


def _lock(db: Session, user: PortalUser) -> None:
    """What is sent twice at once waits here, and then finds what became of the first."""
    db.refresh(user, ["totp_secret", "totp_last_step", "recovery_code_hashes"], with_for_update={"key_share": True})


def _roles(db: Session) -> list[str]:
    return db.scalar(select(System.second_factor_roles)) or []


def _use_totp(user: PortalUser, code: str, now: datetime) -> bool:
    if user.totp_secret is None:
        return False
    try:
        step = _step(decrypt(user.totp_secret), code, now)
    except UnreadableSecretError:
        # The recovery codes still count, and an administrator can reset the second factor.
        log.error("a second factor cannot be read: SECRET_KEY is another", user_id=user.id)
        return False
    if step is None or (user.totp_last_step is not None and step <= user.totp_last_step):
        return False
    user.totp_last_step = step
    return True


def _use_recovery_code(user: PortalUser, code: str) -> bool:
    hashed = _hash(code)
    if hashed not in user.recovery_code_hashes:
        return False
    user.recovery_code_hashes = [kept for kept in user.recovery_code_hashes if kept != hashed]
    return True


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The time step that the code belongs to, if it is one of those that count now."""
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // STEP_SECONDS
    steps = range(present - STEPS_ASIDE, present + STEPS_ASIDE + 1)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())), None)


def _normal(code: str) -> str:
    """A code however it was typed."""
    return NOT_IN_CODES.sub("", code).lower()


def _new_recovery_code() -> str:
    """80 random bits, such as `k3pf-7zqa-m2xd-rw5t`."""
    text = base64.b32encode(secrets.token_bytes(RECOVERY_CODE_BYTES)).decode().lower()
    return "-".join(text[i : i + RECOVERY_CODE_GROUP] for i in range(0, len(text), RECOVERY_CODE_GROUP))


def _hash(recovery_code: str) -> str:
    return hash_secret(recovery_code).hex()
