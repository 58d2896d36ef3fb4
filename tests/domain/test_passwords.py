"""The one rule for passwords, and what a change of it ends."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from domain import passwords
from domain.clock import now
from domain.db import session_factory
from domain.models import PasswordReset, PortalUser
from domain.passwords import PasswordError, PasswordFault
from tests.domain.people import somebody
from tests.fixtures.environment import ROOT


@pytest.fixture
def user(db: Session) -> PortalUser:
    return somebody(db)


@pytest.mark.parametrize("password", ["abcdefg1", "1bcdefgh", "æøåæøåæ1", "Å2345678", "a 1      ", "a" * 127 + "1"])
def test_a_password_with_letters_and_digits_is_taken(password: str) -> None:
    assert passwords.fault(password) is None
    assert check_password_hash(passwords.hash_password(password), password)


def test_the_product_works_hard_for_a_hash() -> None:
    """Not so the tests' own process (tests/fixtures/secrets.py)."""
    script = "from domain.passwords import hash_password; print(hash_password('secret-0001'))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("scrypt:32768:8:1$")


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", PasswordFault.TOO_SHORT),
        ("abcdef1", PasswordFault.TOO_SHORT),
        ("abcdefgh", PasswordFault.NO_DIGIT),
        ("abcdefg²", PasswordFault.NO_DIGIT),
        ("12345678", PasswordFault.NO_LETTER),
        ("1234567_", PasswordFault.NO_LETTER),
        ("a" * 128 + "1", PasswordFault.TOO_LONG),
        ("abcdefg1\0", PasswordFault.UNWRITABLE),
        ("abcdefg1\ud800", PasswordFault.UNWRITABLE),
    ],
)
def test_a_password_that_breaks_the_rule_is_neither_hashed_nor_quoted(password: str, fault: PasswordFault) -> None:
    with pytest.raises(PasswordError) as error:
        passwords.hash_password(password)
    assert (error.value.fault, str(error.value)) == (fault, fault.value)


def test_a_refused_password_changes_nothing(user: PortalUser) -> None:
    before = (user.password, user.sign_in_number)
    with pytest.raises(PasswordError):
        passwords.set_password(user, "short")
    assert (user.password, user.sign_in_number) == before


def test_a_new_password_ends_all_sign_ins_and_links(db: Session, user: PortalUser) -> None:
    identity = user.get_id()
    db.add(PasswordReset(user_id=user.id, secret_hash=b"x" * 32, expires_at=now() + timedelta(hours=1)))
    db.flush()
    passwords.set_password(user, "secret-0002")
    assert user.get_id() != identity
    assert db.scalar(select(PasswordReset.id)) is None


def test_two_changes_at_once_end_each_others_sign_ins(db: Session, user: PortalUser) -> None:
    def change(number: int) -> str:
        with session_factory().begin() as other:
            same = other.get_one(PortalUser, user.id)
            passwords.set_password(same, f"secret-{number}")
            return same.get_id()

    with ThreadPoolExecutor(4) as threads:
        identities = list(threads.map(change, range(1000, 1008)))
    assert len(set(identities)) == 8
    db.refresh(user)
    assert user.get_id() == f"{user.id}.9"
