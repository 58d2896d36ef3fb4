"""Links to a new password: one hour, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from domain import password_resets
from domain.clock import now
from domain.db import session_factory
from domain.models import PasswordReset, PortalUser
from domain.password_resets import VALID_FOR
from domain.passwords import PasswordError
from tests.domain.people import somebody

NOW = now()
NEW = "another-0002"


@pytest.fixture
def user(db: Session) -> PortalUser:
    return somebody(db)


def links(db: Session) -> int:
    return db.scalar(select(func.count(PasswordReset.id)))


def test_a_link_sets_the_password_once_and_closes_the_others(db: Session, user: PortalUser) -> None:
    secret, other = password_resets.request(db, user, NOW), password_resets.request(db, user, NOW)
    identity = user.get_id()
    assert password_resets.use(db, secret, NEW, NOW) is user
    assert check_password_hash(user.password, NEW)
    assert user.get_id() != identity
    for closed in (secret, other):
        assert password_resets.find(db, closed, NOW) is None
        assert password_resets.use(db, closed, "third-00003", NOW) is None
    assert links(db) == 0


def test_only_the_hash_of_the_secret_is_kept(db: Session, user: PortalUser) -> None:
    secret = password_resets.request(db, user, NOW)
    row = password_resets.find(db, secret, NOW)
    assert row is not None
    assert secret.encode() not in row.secret_hash
    assert password_resets.find(db, row.secret_hash.hex(), NOW) is None


def test_a_link_is_open_for_one_hour(db: Session, user: PortalUser) -> None:
    secret = password_resets.request(db, user, NOW)
    assert password_resets.find(db, secret, NOW + VALID_FOR - timedelta(seconds=1)) is not None
    assert password_resets.find(db, secret, NOW + VALID_FOR) is None
    assert password_resets.use(db, secret, NEW, NOW + VALID_FOR) is None


def test_a_refused_password_leaves_the_link_open(db: Session, user: PortalUser) -> None:
    secret = password_resets.request(db, user, NOW)
    with pytest.raises(PasswordError):
        password_resets.use(db, secret, "short", NOW)
    assert password_resets.use(db, secret, NEW, NOW) is user


def test_whoever_was_made_inactive_comes_in_by_no_link(db: Session, user: PortalUser) -> None:
    secret = password_resets.request(db, user, NOW)
    user.active = False
    db.flush()
    assert password_resets.use(db, secret, NEW, NOW) is None


def test_old_links_do_not_pile_up(db: Session, user: PortalUser) -> None:
    for hours in range(5):
        password_resets.request(db, user, NOW + hours * VALID_FOR)
    assert links(db) == 1


def test_a_link_that_many_use_at_once_works_once(db: Session, user: PortalUser) -> None:
    secret = password_resets.request(db, user, NOW)
    db.commit()

    def use(number: int) -> bool:
        with session_factory().begin() as other:
            return password_resets.use(other, secret, f"another-{number}", NOW) is not None

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(use, range(1000, 1006))) == [False] * 5 + [True]
