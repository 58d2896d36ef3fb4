"""Personal API keys: made, found and revoked here.

A key may what its owner may at the moment of the call, or of that only read; it has no rights of its own. It is random
throughout, so that one round of SHA-256 keeps it as well as a slow hash would, at no cost to each call.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, contains_eager

from domain.clock import now
from domain.errors import DomainError
from domain.models import PersonalApiKey, PortalUser
from domain.secrets import hash_secret, new_secret

PREFIX = "cp_"
"""By this a key is known from a token, and found by scanners where it should not be."""
MOST_KEYS = 20
NOTED_EVERY = timedelta(minutes=1)
"""How exactly the last use is kept: a program that only reads shall not make the database write at each call."""


class TooManyKeysError(DomainError):
    """A user has as many keys as one may."""


class KeyNameTakenError(DomainError):
    """A user has a key of this name already."""


def make(
    db: Session, user_id: int, name: str, expires_at: datetime | None = None, *, is_read_only: bool = False
) -> str:
    """A new key, in clear: nobody can show it again.

    Raises:
        TooManyKeysError: the user has `MOST_KEYS` already.
        KeyNameTakenError: the user has a key of this name.
    """
    # Two that come at once are counted one after the other.
    db.execute(select(PortalUser.id).where(PortalUser.id == user_id).with_for_update(key_share=True))
    names = db.scalars(select(PersonalApiKey.name).where(PersonalApiKey.user_id == user_id)).all()
    if name in names:
        raise KeyNameTakenError(name)
    if len(names) >= MOST_KEYS:
        raise TooManyKeysError(str(MOST_KEYS))
    key = PREFIX + new_secret()
    kept = {"secret_hash": hash_secret(key), "expires_at": expires_at, "is_read_only": is_read_only}
    db.add(PersonalApiKey(user_id=user_id, name=name, **kept))
    db.flush()
    return key


def find(db: Session, written: str) -> PersonalApiKey | None:
    """The key, with its owner, if it is one that holds now and whose owner is active."""
    statement = (
        select(PersonalApiKey)
        .join(PersonalApiKey.user)
        .where(
            PersonalApiKey.secret_hash == hash_secret(written),
            or_(PersonalApiKey.expires_at.is_(None), PersonalApiKey.expires_at > now()),
            PortalUser.active,
        )
        .options(contains_eager(PersonalApiKey.user))
    )
    return db.scalar(statement)


def note_use(db: Session, key: PersonalApiKey) -> bool:
    """Keep that the key was used now, unless that is kept already; says whether there is something to commit."""
    used_at = now()
    if key.last_used_at is not None and used_at - key.last_used_at < NOTED_EVERY:
        return False
    used = update(PersonalApiKey).where(PersonalApiKey.id == key.id).values(last_used_at=used_at)
    db.execute(used.execution_options(audit="a use is no change of the key"))
    return True


def keys_of(db: Session, user_id: int) -> Sequence[PersonalApiKey]:
    """All of a user, those that have expired too, the newest first."""
    statement = select(PersonalApiKey).where(PersonalApiKey.user_id == user_id)
    return db.scalars(statement.order_by(PersonalApiKey.created_at.desc(), PersonalApiKey.id.desc())).all()


def revoke(db: Session, user_id: int, key_id: int) -> bool:
    """End one key of a user at once; False if they have no such key."""
    key = db.scalar(select(PersonalApiKey).where(PersonalApiKey.id == key_id, PersonalApiKey.user_id == user_id))
    if key is None:
        return False
    db.delete(key)
    return True


def revoke_all(db: Session, user_id: int) -> None:
    """End all keys of a user at once."""
    for key in keys_of(db, user_id):
        db.delete(key)
