"""Links with which somebody who forgot the password sets a new one: for one hour, once."""

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session, contains_eager

from domain import passwords
from domain.models import PasswordReset, PortalUser
from domain.secrets import hash_secret, new_secret

VALID_FOR = timedelta(hours=1)


def request(db: Session, user: PortalUser, now: datetime) -> str:
    """Open a link for this user; returns its secret, of which nothing but the hash is kept."""
    db.execute(delete(PasswordReset).where(PasswordReset.expires_at <= now))
    secret = new_secret()
    db.add(PasswordReset(user_id=user.id, secret_hash=hash_secret(secret), expires_at=now + VALID_FOR))
    db.flush()
    return secret


def find(db: Session, secret: str, now: datetime) -> PasswordReset | None:
    """The open link with this secret."""
    return db.scalar(_open(secret, now))


def use(db: Session, secret: str, password: str, now: datetime) -> PortalUser | None:
    """Set the password of the link's user, which ends all their sign-ins and links; None if the link is not open.

    Raises:
        PasswordError: the password breaks the rule; the link stays open.
    """
    # Of two who use it at once the second waits here, and then finds it gone.
    reset = db.scalar(_open(secret, now).with_for_update(of=PasswordReset))
    if reset is None:
        return None
    user: PortalUser = reset.user
    passwords.set_password(user, password)
    return user


def _open(secret: str, now: datetime) -> Select[PasswordReset]:
    return (
        select(PasswordReset)
        .join(PasswordReset.user)
        .where(
            PasswordReset.secret_hash == hash_secret(secret),
            PasswordReset.expires_at > now,
            PortalUser.active.is_(True),
        )
        .options(contains_eager(PasswordReset.user))
    )
