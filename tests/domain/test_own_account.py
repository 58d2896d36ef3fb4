"""What people change of their own account."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.orm import Session

from domain import own_account, users
from domain.db import session_factory
from domain.models import PortalUser, Site
from domain.passwords import PasswordFault
from domain.roles import RoleName
from domain.user_details import Reason, Refusal, Refusals, UserDetails, UserError

PASSWORD = "secret-0001"


def made(db: Session, name: str, role: RoleName = RoleName.EV_USER, **more: object) -> PortalUser:
    details = {"first_name": name, "last_name": "Holm", "email": f"{name.lower()}@example.com", "password": PASSWORD}
    user = users.add(db, UserDetails(role=role, **details | more))
    db.commit()
    return user


def refusals(db: Session, user: PortalUser, **asked: str) -> Refusals | None:
    try:
        own_account.change(db, user, UserDetails(**asked))
    except UserError as error:
        return error.refusals
    return None


def test_a_name_changes_and_nothing_else(db: Session) -> None:
    ida = made(db, "Ida")
    number = ida.sign_in_number
    assert refusals(db, ida, first_name=" Ida Marie ", last_name="Krogh") is None
    assert (str(ida), ida.email, ida.sign_in_number) == ("Ida Marie Krogh", "ida@example.com", number)


def test_another_e_mail_is_the_new_login_and_ends_the_sign_ins(db: Session) -> None:
    ida = made(db, "Ida")
    number = ida.sign_in_number
    assert refusals(db, ida, email=" IDA@example.com ") is None
    assert (ida.email, ida.sign_in_number) == ("ida@example.com", number), "the same in another writing"
    assert refusals(db, ida, email="Ida.Holm@Example.com") is None
    assert (ida.email, ida.username, ida.sign_in_number) == ("ida.holm@example.com", "ida.holm@example.com", number + 1)


def test_another_password_ends_the_sign_ins(db: Session) -> None:
    ida = made(db, "Ida")
    before, number = ida.password, ida.sign_in_number
    assert refusals(db, ida, password="another-0002") is None
    assert (ida.password != before, ida.sign_in_number) == (True, number + 1)


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ({"first_name": " "}, {"first_name": [Refusal(Reason.NEEDED)]}),
        ({"last_name": "x" * 65}, {"last_name": [Refusal(Reason.TOO_LONG, "64")]}),
        ({"email": "nobody"}, {"email": [Refusal(Reason.NOT_AN_EMAIL)]}),
        ({"email": "bo@example.com"}, {"email": [Refusal(Reason.EMAIL_TAKEN, "bo@example.com", "Bo Holm")]}),
        ({"password": "short1"}, {"password": [Refusal(Reason.WEAK_PASSWORD, fault=PasswordFault.TOO_SHORT)]}),
    ],
)
def test_the_rules_are_those_for_every_user(db: Session, asked: dict[str, str], refused: Refusals) -> None:
    made(db, "Bo")
    ida = made(db, "Ida")
    assert refusals(db, ida, **asked) == refused
    assert (str(ida), ida.email) == ("Ida Holm", "ida@example.com")


def test_elsewhere_only_what_opens_the_account_is_refused(db: Session) -> None:
    ida = made(db, "Ida")
    own_account.refuse_elsewhere(ida, UserDetails(first_name="Eva", email="IDA@example.com", alarm_email=True))
    with pytest.raises(UserError) as refused:
        own_account.refuse_elsewhere(ida, UserDetails(email="new@example.com", password="another-0002"))
    own = [Refusal(Reason.OWN_ACCOUNT)]
    assert refused.value.refusals == {"email": own, "password": own}


def test_what_is_not_asked_is_no_reason_to_refuse(db: Session) -> None:
    """The site of a site administrator was deleted, so that the account is not complete."""
    site = Site(name="Harbour")
    db.add(site)
    db.flush()
    ida = made(db, "Ida", RoleName.SITE_ADMINISTRATOR, sites=[site.id])
    ida.sites = []
    db.commit()
    assert refusals(db, ida, password="another-0002") is None
    assert refusals(db, ida, email="new@example.com") is None


def test_of_two_who_take_one_e_mail_at_once_one_is_refused(db: Session) -> None:
    ids = [made(db, name).id for name in ("Ida", "Bo", "Eva")]
    barrier = Barrier(len(ids))

    def take(user_id: int) -> str:
        with session_factory()() as own:
            user = own.get_one(PortalUser, user_id)
            barrier.wait()
            found = refusals(own, user, email="one@example.com")
            own.commit()
            return found["email"][0].reason if found else "taken"

    with ThreadPoolExecutor(len(ids)) as threads:
        assert sorted(threads.map(take, ids)) == [Reason.EMAIL_TAKEN, Reason.EMAIL_TAKEN, "taken"]
