"""Personal API keys."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import api_keys
from domain.api_keys import MOST_KEYS, KeyNameTakenError, TooManyKeysError
from domain.clock import now
from domain.db import session_factory
from domain.models import PersonalApiKey, PortalUser

AN_HOUR = timedelta(hours=1)


def names(db: Session, user: PortalUser) -> list[str]:
    return [key.name for key in api_keys.keys_of(db, user.id)]


def test_a_key_is_found_by_itself_and_kept_as_a_hash_only(db: Session, user: PortalUser) -> None:
    key = api_keys.make(db, user.id, "Nightly export")
    other = api_keys.make(db, user.id, "Another")
    assert key.startswith("cp_")
    assert len(key) == len("cp_") + 43
    assert key != other
    found = api_keys.find(db, key)
    assert found
    assert (found.name, found.user, found.expires_at, found.last_used_at) == ("Nightly export", user, None, None)
    kept = db.execute(select(PersonalApiKey.__table__)).all()
    assert key not in str(kept)
    assert key.removeprefix("cp_") not in str(kept)


@pytest.mark.parametrize("change", ["", "x", "cut", "case", "blank"])
def test_nothing_else_is_a_key(db: Session, user: PortalUser, change: str) -> None:
    key = api_keys.make(db, user.id, "Nightly export")
    others = {"": "cp_", "x": f"{key}x", "cut": key[:-1], "case": key.swapcase(), "blank": f" {key}"}
    assert api_keys.find(db, others[change]) is None


def test_a_key_ends_when_it_expires(db: Session, user: PortalUser) -> None:
    lasting = api_keys.make(db, user.id, "Lasting", now() + AN_HOUR)
    over = api_keys.make(db, user.id, "Over", now() - timedelta(microseconds=1))
    assert api_keys.find(db, lasting)
    assert api_keys.find(db, over) is None
    assert names(db, user) == ["Over", "Lasting"]


def test_a_key_of_somebody_inactive_opens_nothing_until_they_are_active_again(db: Session, user: PortalUser) -> None:
    key = api_keys.make(db, user.id, "Nightly export")
    user.active = False
    db.flush()
    assert api_keys.find(db, key) is None
    user.active = True
    db.flush()
    assert api_keys.find(db, key)


def test_a_name_is_given_once_by_each_user(db: Session, user: PortalUser) -> None:
    other = PortalUser(first_name="O", last_name="O", username="o@o.dk", email="o@o.dk", active=True, password="-")
    db.add(other)
    db.flush()
    api_keys.make(db, user.id, "Export")
    with pytest.raises(KeyNameTakenError):
        api_keys.make(db, user.id, "Export")
    api_keys.make(db, other.id, "Export")
    assert (names(db, user), names(db, other)) == (["Export"], ["Export"])


def test_one_revokes_ones_own_and_no_other(db: Session, user: PortalUser) -> None:
    key = api_keys.make(db, user.id, "Export")
    key_id = api_keys.keys_of(db, user.id)[0].id
    assert api_keys.revoke(db, user.id + 1, key_id) is False
    assert api_keys.find(db, key)
    assert api_keys.revoke(db, user.id, key_id) is True
    assert api_keys.find(db, key) is None
    assert api_keys.revoke(db, user.id, key_id) is False


def test_all_are_revoked_at_once(db: Session, user: PortalUser) -> None:
    keys = [api_keys.make(db, user.id, name) for name in ("One", "Two", "Three")]
    api_keys.revoke_all(db, user.id)
    db.flush()
    assert [api_keys.find(db, key) for key in keys] == [None, None, None]


def test_keys_go_with_their_owner(db: Session, user: PortalUser) -> None:
    api_keys.make(db, user.id, "Export")
    db.delete(user)
    db.flush()
    assert db.scalar(select(func.count()).select_from(PersonalApiKey)) == 0


def test_a_use_is_noted_at_most_once_a_minute(db: Session, user: PortalUser) -> None:
    key = api_keys.find(db, api_keys.make(db, user.id, "Export"))
    assert key
    assert api_keys.note_use(db, key) is True
    db.refresh(key)
    noted_at = key.last_used_at
    assert noted_at is not None
    assert api_keys.note_use(db, key) is False
    key.last_used_at = noted_at - timedelta(minutes=1)
    db.flush()
    assert api_keys.note_use(db, key) is True
    db.refresh(key)
    assert key.last_used_at is not None
    assert key.last_used_at >= noted_at


def test_nobody_gets_past_the_limit_by_asking_several_times_at_once(db: Session, user: PortalUser) -> None:
    for number in range(MOST_KEYS - 1):
        api_keys.make(db, user.id, f"Key {number}")
    db.commit()
    barrier = Barrier(4)

    def make(name: str) -> str:
        with session_factory()() as own:
            barrier.wait()
            try:
                api_keys.make(own, user.id, name)
                own.commit()
            except TooManyKeysError:
                return "refused"
        return "made"

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(make, "abcd")) == ["made", "refused", "refused", "refused"]
    assert len(names(db, user)) == MOST_KEYS
