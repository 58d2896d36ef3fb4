"""Users: what may be said of one, what ends their sign-ins, and what is left when they are deleted."""

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from domain import users
from domain.audit import audited_session_factory
from domain.db import session_factory
from domain.id_tokens import TagFault
from domain.models import AuditEntry, ChargingSession, IdToken, PortalUser, site_administrator
from domain.passwords import PasswordFault
from domain.user_details import Reason, Refusal, UserDetails, UserError
from tests.domain.people import ADMINISTRATOR, EV_USER, IDA, MADS, SITE_ADMINISTRATOR, SUPPORT, asked, sessions_of
from tests.statements import recorded


def refusals(db: Session, details: UserDetails, user: PortalUser | None = None) -> dict[str, list[Refusal]]:
    """What the domain answers instead of doing it."""
    with pytest.raises(UserError) as refused:
        users.add(db, details) if user is None else users.change(db, user, details)
    return refused.value.refusals


def tags(db: Session, user: PortalUser) -> list[str]:
    return list(db.scalars(select(IdToken.token).where(IdToken.user_id == user.id).order_by(IdToken.id)))


def test_an_ev_user_has_tags(db: Session) -> None:
    user = users.add(db, asked(first_name=" Mads ", email=" Mads.KROGH@Example.com ", id_tokens=["DE AD BE EF", "7"]))
    assert (str(user), user.role, user.username, user.email) == ("Mads Krogh", EV_USER, *["mads.krogh@example.com"] * 2)
    assert (user.active, user.alarm_email, user.sites) == (True, False, [])
    assert tags(db, user) == ["DE AD BE EF", "7"]
    assert check_password_hash(user.password, "charge2026")


def test_the_other_roles_have_what_is_theirs(db: Session, sites: list[int]) -> None:
    keeper = asked(
        IDA, role=SITE_ADMINISTRATOR, email="lise@example.com", sites=[sites[2], sites[0], sites[0]], alarm_email=True
    )
    lise = users.add(db, keeper)
    assert ([site.name for site in lise.sites], lise.alarm_email) == (["Central", "West"], True)
    ida = users.add(db, asked(IDA, alarm_email=True))
    assert (ida.role, ida.alarm_email) == (ADMINISTRATOR, True)
    bo = users.add(db, asked(IDA, role=SUPPORT, email="bo@example.com"))
    assert (bo.role, bo.alarm_email) == (SUPPORT, False)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"role": None}, {"role": [Refusal(Reason.NEEDED)]}),
        ({"first_name": "  "}, {"first_name": [Refusal(Reason.NEEDED)]}),
        ({"last_name": "x" * 65}, {"last_name": [Refusal(Reason.TOO_LONG, "64")]}),
        ({"last_name": "a\0b"}, {"last_name": [Refusal(Reason.UNWRITABLE)]}),
        ({"last_name": "a\ud800"}, {"last_name": [Refusal(Reason.UNWRITABLE)]}),
        ({"email": None}, {"email": [Refusal(Reason.NEEDED)]}),
        ({"email": "mads"}, {"email": [Refusal(Reason.NOT_AN_EMAIL)]}),
        ({"email": "a\0@example.com"}, {"email": [Refusal(Reason.NOT_AN_EMAIL)]}),
        ({"email": "m" * 120 + "@example.com"}, {"email": [Refusal(Reason.TOO_LONG, "128")]}),
        ({"password": None}, {"password": [Refusal(Reason.NEEDED)]}),
        ({"password": ""}, {"password": [Refusal(Reason.WEAK_PASSWORD, fault=PasswordFault.TOO_SHORT)]}),
        ({"password": "letters-only"}, {"password": [Refusal(Reason.WEAK_PASSWORD, fault=PasswordFault.NO_DIGIT)]}),
        ({"id_tokens": ["!"]}, {"id_tokens": [Refusal(Reason.NOT_A_TAG, "!", fault=TagFault.EMPTY)]}),
        ({"id_tokens": ["\0"]}, {"id_tokens": [Refusal(Reason.NOT_A_TAG, "\0", fault=TagFault.STRANGE)]}),
        ({"id_tokens": ["255", "FF"]}, {"id_tokens": [Refusal(Reason.TAG_TWICE, "FF")]}),
        ({"alarm_email": True}, {"alarm_email": [Refusal(Reason.OF_ANOTHER_ROLE, EV_USER)]}),
        ({"sites": [1]}, {"sites": [Refusal(Reason.OF_ANOTHER_ROLE, EV_USER)]}),
        ({"role": SUPPORT}, {"id_tokens": [Refusal(Reason.OF_ANOTHER_ROLE, SUPPORT)]}),
        ({"role": SITE_ADMINISTRATOR, "id_tokens": []}, {"sites": [Refusal(Reason.NEEDED)]}),
        (
            {"role": SITE_ADMINISTRATOR, "id_tokens": [], "sites": [999, 2**40]},
            {"sites": [Refusal(Reason.NO_SUCH_SITE, "999"), Refusal(Reason.NO_SUCH_SITE, str(2**40))]},
        ),
        (
            {"first_name": "", "email": "x", "password": "1"},
            {
                "first_name": [Refusal(Reason.NEEDED)],
                "email": [Refusal(Reason.NOT_AN_EMAIL)],
                "password": [Refusal(Reason.WEAK_PASSWORD, fault=PasswordFault.TOO_SHORT)],
            },
        ),
    ],
)
def test_what_is_wrong_is_said_of_each_field(
    db: Session, change: dict[str, object], expected: dict[str, list[Refusal]]
) -> None:
    assert refusals(db, asked(**change)) == expected
    assert db.scalar(select(func.count(PortalUser.id))) == 0


def test_empty_fields_of_another_role_say_nothing(db: Session) -> None:
    user = users.add(db, asked(alarm_email=False, sites=[]))
    assert user.role is EV_USER


def test_who_has_the_email_or_the_tag_is_named(db: Session) -> None:
    users.add(db, MADS)
    other = asked(first_name="Nora", last_name="Dahl", email="MADS.krogh@example.com", id_tokens=["0xDEADBEEF"])
    assert refusals(db, other) == {
        "email": [Refusal(Reason.EMAIL_TAKEN, "mads.krogh@example.com", "Mads Krogh")],
        "id_tokens": [Refusal(Reason.TAG_TAKEN, "0xDEADBEEF", "Mads Krogh")],
    }


def test_a_tag_that_is_nobodys_becomes_theirs(db: Session) -> None:
    db.add(IdToken(token="DE:AD:BE:EF", description="found", blocked=True))
    db.flush()
    user = users.add(db, MADS)
    tag = db.scalars(select(IdToken)).one()
    assert (tag.user_id, tag.token, tag.description, tag.blocked) == (user.id, "DE:AD:BE:EF", "found", True)


def test_only_what_is_said_changes(db: Session) -> None:
    user = users.add(db, MADS)
    password = user.password
    users.change(db, user, UserDetails(last_name="Lund"))
    assert (str(user), user.email, tags(db, user)) == ("Mads Lund", MADS.email, ["3735928559"])
    assert user.password == password
    users.change(db, user, UserDetails(id_tokens=["DEADBEEF", "11"]))
    assert tags(db, user) == ["3735928559", "11"]
    users.change(db, user, UserDetails(id_tokens=[]))
    assert tags(db, user) == []


@pytest.mark.parametrize(
    "change",
    [{"password": "charge2027"}, {"email": "other@example.com"}, {"role": SUPPORT}, {"active": False}],
)
def test_what_opens_the_portal_ends_sign_ins(db: Session, change: dict[str, object]) -> None:
    user = users.add(db, MADS)
    before = user.sign_in_number
    users.change(db, user, UserDetails(first_name="M", email=MADS.email, role=EV_USER, active=True))
    assert user.sign_in_number == before
    users.change(db, user, UserDetails(**change))
    assert user.sign_in_number == before + 1


def test_another_role_takes_away_what_only_the_old_one_has(db: Session, sites: list[int]) -> None:
    user = users.add(db, MADS)
    users.change(db, user, UserDetails(role=SITE_ADMINISTRATOR, sites=sites[:2], alarm_email=True))
    assert (user.role, tags(db, user), len(user.sites)) == (SITE_ADMINISTRATOR, [], 2)
    users.change(db, user, UserDetails(role=ADMINISTRATOR))
    assert (user.role, user.alarm_email, user.sites) == (ADMINISTRATOR, True, [])
    assert db.execute(select(site_administrator)).all() == []


def test_nobody_has_two_roles(db: Session) -> None:
    user = users.add(db, MADS)
    roles = db.scalars(select(Role)).all()
    assert [role.name for role in user.roles] == [EV_USER]
    with pytest.raises(Exception, match="uq_ab_user_role_user_id"):
        db.execute(
            text("INSERT INTO ab_user_role (id, user_id, role_id) VALUES (99, :user, :role)"),
            {"user": user.id, "role": next(role.id for role in roles if role.name != EV_USER)},
        )


def test_the_last_administrator_stays(db: Session) -> None:
    ida = users.add(db, IDA)
    last = [Refusal(Reason.LAST_ADMINISTRATOR)]
    assert refusals(db, UserDetails(role=SUPPORT), ida) == {"role": last}
    assert refusals(db, UserDetails(active=False), ida) == {"active": last}
    with pytest.raises(UserError) as refused:
        users.delete(db, ida)
    assert refused.value.refusals == {"role": last}
    second = users.add(db, asked(IDA, email="second@example.com"))
    users.change(db, second, UserDetails(active=False))
    assert refusals(db, UserDetails(role=SUPPORT), ida) == {"role": last}
    users.change(db, second, UserDetails(active=True))
    users.change(db, ida, UserDetails(role=SUPPORT))
    assert ida.role is SUPPORT


def test_what_is_done_to_a_user_stands_in_the_audit_log(db: Session) -> None:
    """Also where it is written past the objects."""
    users.add(db, IDA)
    db.commit()
    with audited_session_factory()() as own:
        user = users.add(own, MADS)
        own.commit()
        users.change(own, user, UserDetails(role=SUPPORT))
        own.execute(insert(ChargingSession).execution_options(audit="a test"), sessions_of(user, 1))
        own.commit()
        users.delete(own, user)
        own.commit()
    entries = db.execute(select(AuditEntry.action, AuditEntry.object_kind).order_by(AuditEntry.id)).all()
    told = {tuple(entry) for entry in entries}
    assert told >= {
        ("created", "user"),
        ("changed", "user"),
        ("deleted", "user"),
        ("created", "id_token"),
        ("deleted", "id_token"),
    }
    assert "mads.krogh" not in str([row.after for row in db.scalars(select(AuditEntry))])


def test_a_user_who_is_gone_is_said_to_be(db: Session) -> None:
    user = users.add(db, MADS)
    db.commit()
    with session_factory().begin() as other:
        users.delete(other, other.get_one(PortalUser, user.id))
    for work in (lambda: users.change(db, user, UserDetails(first_name="x")), lambda: users.delete(db, user)):
        with pytest.raises(users.NoSuchUserError):
            work()


def test_what_many_could_collide_with_is_read_at_once(db: Session, sites: list[int]) -> None:
    users.add(db, MADS)
    many = [asked(email=f"{number}@example.com", id_tokens=[str(number)]) for number in range(50)]
    db.commit()
    with recorded() as statements:
        known = users.known(db, [*many, MADS, asked(sites=[sites[0], 999])])
    assert len(statements) == 3
    assert ([*known.emails], [*known.tags], known.sites) == ([MADS.email], ["3735928559"], {sites[0]})


def test_a_password_is_never_written_out(db: Session) -> None:
    assert "charge2026" not in repr(MADS)
    with pytest.raises(UserError) as refused:
        users.add(db, asked(password="short1", email="x"))
    assert "short1" not in str(refused.value)
