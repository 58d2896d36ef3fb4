"""Whatever is written for a person stands in the audit log, once, in a chain that shows every change to it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import audit, users
from domain.audit import AuditAction, AuditedSession, acting, audited_session_factory
from domain.audit_changes import HIDDEN
from domain.models import AuditEntry, IdToken, PortalUser, Site, Station
from tests.domain.conftest import ADDRESS, Line


@pytest.fixture
def user(db: Session) -> PortalUser:
    """With one role."""
    role = db.scalars(select(Role).where(Role.name == "EV user")).one()
    made = PortalUser(first_name="Eva", last_name="Lind", username="eva@example.com", email="eva@example.com",
                      active=True, password="-", roles=[role])  # fmt: skip
    db.add(made)
    db.commit()
    return made


def test_made_changed_and_deleted(asked: AuditedSession, said: Callable[[], list[Line]]) -> None:
    site = Site(name="Harbour", latitude=55.6727)
    asked.add(site)
    asked.commit()
    made = {"id": site.id, "name": "Harbour", "latitude": "55.6727", "description": ""}
    made |= {"street": "", "postal_code": "", "city": "", "country": ""}
    assert said() == [("created", "site", str(site.id), None, made)]

    site.name, site.city = "Quay", "Aarhus"
    asked.flush()
    site.name = "Pier"
    asked.commit()
    assert said() == [
        ("changed", "site", str(site.id), {"name": "Harbour", "city": ""}, {"name": "Quay", "city": "Aarhus"}),
        ("changed", "site", str(site.id), {"name": "Quay"}, {"name": "Pier"}),
    ]

    asked.delete(site)
    asked.commit()
    assert said() == [("deleted", "site", str(site.id), made | {"name": "Pier", "city": "Aarhus"}, None)]


def test_who_from_where_and_when(asked: AuditedSession, db: Session) -> None:
    asked.add(Site(name="Harbour"))
    before = datetime.now(UTC)
    asked.commit()
    entry = db.scalars(select(AuditEntry)).one()
    assert (entry.user_id, entry.address) == (7, ADDRESS)
    assert before <= entry.happened_at <= datetime.now(UTC)


def test_the_command_line_has_neither_number_nor_address(db: Session) -> None:
    with audited_session_factory().begin() as session:
        session.add(Site(name="Harbour"))
    assert db.execute(select(AuditEntry.user_id, AuditEntry.address)).all() == [(None, None)]


def test_an_address_that_is_too_long_is_cut(db: Session) -> None:
    with acting(None, "x" * 100), audited_session_factory().begin() as session:
        session.add(Site(name="Harbour"))
    assert db.scalars(select(AuditEntry.address)).all() == ["x" * 64]


def test_values_that_were_not_loaded_are_known_all_the_same(
    asked: AuditedSession, said: Callable[[], list[Line]]
) -> None:
    site = Site(name="Harbour", city="Aarhus")
    asked.add(site)
    asked.commit()
    said()
    asked.expire(site)
    site.name = "Quay"
    asked.commit()
    assert said() == [("changed", "site", str(site.id), {"name": "Harbour"}, {"name": "Quay"})]
    asked.expire(site)
    asked.delete(site)
    asked.commit()
    [(action, _, _, before, _)] = said()
    assert (action, before["name"], before["city"]) == ("deleted", "Quay", "Aarhus")


def test_what_the_database_computes(asked: AuditedSession, user: PortalUser, said: Callable[[], list[Line]]) -> None:
    mine = asked.get(PortalUser, user.id)
    mine.sign_in_number = PortalUser.sign_in_number + 1
    asked.commit()
    assert said() == [("changed", "user", str(user.id), {"sign_in_number": 0}, {"sign_in_number": 1})]


def test_setting_the_same_value_is_no_change(asked: AuditedSession, said: Callable[[], list[Line]]) -> None:
    site = Site(name="Harbour")
    asked.add(site)
    asked.commit()
    said()
    site.name = "Harbour"
    asked.commit()
    asked.expire(site)
    site.name = "Harbour"
    asked.commit()
    assert said() == []


def test_a_reference_that_is_set_as_an_object(asked: AuditedSession, said: Callable[[], list[Line]]) -> None:
    first, second = Site(name="Harbour"), Site(name="Quay")
    station = Station(site=first, name="One", charge_box_id="one")
    asked.add_all([first, second, station])
    asked.commit()
    said()
    asked.expire(station)
    station.site = second
    asked.commit()
    assert said() == [("changed", "station", str(station.id), {"site_id": first.id}, {"site_id": second.id})]


def test_roles_and_sites_of_a_user_are_a_part_of_them(
    asked: AuditedSession, user: PortalUser, said: Callable[[], list[Line]]
) -> None:
    sites = [Site(name="Harbour"), Site(name="Quay")]
    asked.add_all(sites)
    asked.commit()
    said()
    mine = asked.get(PortalUser, user.id)
    mine.sites.append(sites[0])
    asked.commit()
    support = asked.scalars(select(Role).where(Role.name == "Support")).one()
    assert [role.name for role in mine.roles] == ["EV user"]
    mine.sites, mine.roles = [sites[1]], [support]
    asked.commit()
    number = str(user.id)
    assert said() == [
        ("changed", "user", number, {"sites": []}, {"sites": [sites[0].id]}),
        (
            "changed",
            "user",
            number,
            {"sites": [sites[0].id], "roles": ["EV user"]},
            {"sites": [sites[1].id], "roles": ["Support"]},
        ),
    ]


def test_persons_and_secrets_are_changed_without_a_value(
    asked: AuditedSession, user: PortalUser, said: Callable[[], list[Line]]
) -> None:
    mine = asked.get(PortalUser, user.id)
    mine.email, mine.totp_secret, mine.alarm_email = "eva@example.org", "encrypted", True
    asked.commit()
    hidden_before = {"email": HIDDEN, "totp_secret": None}
    hidden_after = {"email": HIDDEN, "totp_secret": HIDDEN}
    number = str(user.id)
    assert said() == [
        ("changed", "user", number, hidden_before | {"alarm_email": False}, hidden_after | {"alarm_email": True})
    ]


def test_a_sign_in_that_only_counts_makes_no_entry_of_its_own(
    asked: AuditedSession, user: PortalUser, said: Callable[[], list[Line]]
) -> None:
    mine = asked.get(PortalUser, user.id)
    mine.login_count, mine.last_login, mine.totp_last_step = 5, datetime(2026, 11, 22), 77
    asked.commit()
    assert said() == []


def test_what_the_database_deletes_along_with_a_user(
    asked: AuditedSession, db: Session, user: PortalUser, said: Callable[[], list[Line]]
) -> None:
    """Their tags go by a foreign key; nobody deletes them as objects."""
    db.add(IdToken(token="04AABBCC", user_id=user.id, blocked=True))
    db.commit()
    asked.delete(asked.get(PortalUser, user.id))
    asked.commit()
    found = said()
    assert [line[:3] for line in found] == [("deleted", "user", str(user.id)), ("deleted", "id_token", "1")]
    assert found[0][3]["roles"] == ["EV user"]
    assert found[1][3]["blocked"] is True and found[1][3]["token"] == HIDDEN
    assert not db.scalar(select(func.count()).select_from(IdToken))


def test_a_user_is_deleted_by_the_rules(
    asked: AuditedSession, user: PortalUser, said: Callable[[], list[Line]]
) -> None:
    """The bulk statements of that say where the log tells of them."""
    asked.add(IdToken(token="04AABBCC", user_id=user.id))
    asked.commit()
    said()
    users.delete(asked, asked.get(PortalUser, user.id))
    asked.commit()
    assert sorted(line[:2] for line in said()) == [("deleted", "id_token"), ("deleted", "user")]


def test_a_tag_that_is_deleted_beside_its_user_stands_there_once(
    asked: AuditedSession, db: Session, user: PortalUser, said: Callable[[], list[Line]]
) -> None:
    tag = IdToken(token="04AABBCC", user_id=user.id)
    db.add(tag)
    db.commit()
    asked.delete(asked.get(IdToken, tag.id))
    asked.delete(asked.get(PortalUser, user.id))
    asked.commit()
    assert sorted(line[:3] for line in said()) == [
        ("deleted", "id_token", str(tag.id)),
        ("deleted", "user", str(user.id)),
    ]


def test_what_no_row_tells(asked: AuditedSession, said: Callable[[], list[Line]], db: Session) -> None:
    audit.record(asked, AuditAction.SIGN_IN_FAILED, "user", 9, after={"door": "api"}, user_id=9)
    asked.commit()
    assert said() == [("sign_in_failed", "user", "9", None, {"door": "api"})]
    assert db.scalars(select(AuditEntry.user_id)).all() == [9]
