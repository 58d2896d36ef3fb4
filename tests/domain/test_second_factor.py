"""The second factor: codes count now, and once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import second_factor
from domain.db import session_factory
from domain.models import PortalUser, System
from domain.roles import RoleName
from domain.second_factor import AlreadySetUpError, WrongCodeError
from tests.domain.people import somebody
from tests.fixtures.environment import using

NOW = datetime(2026, 11, 22, 12, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(moment: datetime) -> str:
    return pyotp.TOTP(SECRET).at(moment)


@pytest.fixture
def user(db: Session) -> PortalUser:
    return somebody(db, roles=[db.scalars(select(Role).where(Role.name == RoleName.SUPPORT)).one()])


@pytest.fixture
def recovery_codes(db: Session, user: PortalUser) -> list[str]:
    """Of a second factor that was set up two minutes ago."""
    codes = second_factor.set_up(db, user, SECRET, code_at(NOW - 4 * STEP), NOW - 4 * STEP)
    db.commit()
    return codes


def test_the_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, SHA-1: at 59 s the eight digits end in 287082."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert second_factor._step(secret, "287082", datetime.fromtimestamp(59, UTC)) == 1


def test_nothing_is_kept_in_clear(user: PortalUser, recovery_codes: list[str]) -> None:
    kept = f"{user.totp_secret} {user.recovery_code_hashes}"
    assert SECRET not in kept
    assert len(set(recovery_codes)) == 10
    assert all(code.replace("-", "") not in kept and code not in kept for code in recovery_codes)


def test_a_wrong_code_sets_nothing_up(db: Session, user: PortalUser) -> None:
    for wrong in ("", "000000", code_at(NOW - 2 * STEP), code_at(NOW + 2 * STEP), "１２３４５６", "\0"):
        with pytest.raises(WrongCodeError):
            second_factor.set_up(db, user, SECRET, wrong, NOW)
    assert (user.totp_secret, user.recovery_code_hashes) == (None, [])


def test_the_code_of_the_set_up_does_not_count_again(db: Session, user: PortalUser) -> None:
    second_factor.set_up(db, user, SECRET, code_at(NOW), NOW)
    assert not second_factor.accepts(db, user, code_at(NOW), NOW)
    assert second_factor.accepts(db, user, code_at(NOW + STEP), NOW + STEP)


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_counts_in_its_step_and_one_beside(
    db: Session, user: PortalUser, recovery_codes: list[str], steps: int, counts: bool
) -> None:
    assert second_factor.accepts(db, user, code_at(NOW + steps * STEP), NOW) is counts


@pytest.mark.parametrize("written", ["{0} {1}", " {0}-{1} ", "{0}{1}"])
def test_a_code_may_be_written_with_blanks(
    db: Session, user: PortalUser, recovery_codes: list[str], written: str
) -> None:
    code = code_at(NOW)
    assert second_factor.accepts(db, user, written.format(code[:3], code[3:]), NOW)


def test_a_code_counts_once_and_none_before_it_counts_after(
    db: Session, user: PortalUser, recovery_codes: list[str]
) -> None:
    assert second_factor.accepts(db, user, code_at(NOW), NOW)
    assert not second_factor.accepts(db, user, code_at(NOW), NOW)
    assert not second_factor.accepts(db, user, code_at(NOW - STEP), NOW)
    assert second_factor.accepts(db, user, code_at(NOW + STEP), NOW)


def test_each_recovery_code_counts_once(db: Session, user: PortalUser, recovery_codes: list[str]) -> None:
    for code in recovery_codes:
        assert second_factor.accepts(db, user, f" {code.upper()} ", NOW)
        assert not second_factor.accepts(db, user, code, NOW)
    assert user.recovery_code_hashes == []


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_the_same_code_many_times_at_once_counts_once(
    db: Session, user: PortalUser, recovery_codes: list[str], kind: str
) -> None:
    code = code_at(NOW) if kind == "app" else recovery_codes[0]

    def try_it(_: int) -> bool:
        with session_factory().begin() as other:
            return second_factor.accepts(other, other.get_one(PortalUser, user.id), code, NOW)

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(try_it, range(8))) == [False] * 7 + [True]


def test_set_up_many_times_at_once_only_one_gets_codes(db: Session, user: PortalUser) -> None:
    def try_it(_: int) -> list[str]:
        with session_factory().begin() as other:
            try:
                return second_factor.set_up(other, other.get_one(PortalUser, user.id), SECRET, code_at(NOW), NOW)
            except AlreadySetUpError:
                return []

    with ThreadPoolExecutor(4) as threads:
        [codes] = filter(None, threads.map(try_it, range(4)))
    assert second_factor.accepts(db, user, codes[0], NOW)


def test_without_a_second_factor_no_code_counts(db: Session, user: PortalUser) -> None:
    assert not second_factor.accepts(db, user, code_at(NOW), NOW)
    assert not second_factor.accepts(db, user, "", NOW)


def test_removed_nothing_of_it_counts(db: Session, user: PortalUser, recovery_codes: list[str]) -> None:
    second_factor.remove(user)
    db.commit()
    assert not second_factor.accepts(db, user, code_at(NOW), NOW)
    assert not second_factor.accepts(db, user, recovery_codes[0], NOW)


def test_under_another_secret_of_the_installation_the_recovery_codes_still_count(
    db: Session, user: PortalUser, recovery_codes: list[str]
) -> None:
    with using(SECRET_KEY="another one, and long enough to sign with"):
        assert not second_factor.accepts(db, user, code_at(NOW), NOW)
        assert second_factor.accepts(db, user, recovery_codes[0], NOW)
    db.rollback()


def test_it_is_missing_where_the_role_demands_it(db: Session, user: PortalUser) -> None:
    assert not second_factor.is_missing(db, user)
    db.get_one(System, 1).second_factor_roles = [RoleName.SUPPORT.value]
    db.flush()
    assert second_factor.is_missing(db, user)
    second_factor.set_up(db, user, SECRET, code_at(NOW), NOW)
    assert not second_factor.is_missing(db, user)


def test_the_address_names_account_and_system(user: PortalUser) -> None:
    address = second_factor.address(SECRET, user, "Fast Cars")
    assert address == f"otpauth://totp/Fast%20Cars:ida%40example.com?secret={SECRET}&issuer=Fast%20Cars"
