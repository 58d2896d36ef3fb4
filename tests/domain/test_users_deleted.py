"""What is left of a user who is deleted: what they charged, without the person."""

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from domain import users
from domain.models import ChargingSession, IdToken, PortalUser, site_driver
from tests.domain.people import MADS, asked, sessions_of
from tests.statements import recorded


def test_deleting_keeps_the_sessions_without_the_person(db: Session, sites: list[int]) -> None:
    user, other = users.add(db, MADS), users.add(db, asked(email="other@example.com", id_tokens=["12"]))
    db.execute(insert(ChargingSession), sessions_of(user, 2))
    db.execute(insert(ChargingSession), sessions_of(other, 1, outlet_id=2))
    db.execute(insert(site_driver).values(site_id=sites[0], user_id=user.id))
    other.created_by_fk = other.changed_by_fk = user.id
    db.flush()
    users.delete(db, user)
    rows = db.execute(
        select(ChargingSession.id, ChargingSession.user_id, ChargingSession.email, ChargingSession.id_token).order_by(
            ChargingSession.id
        )
    ).all()
    assert rows == [
        (1, None, None, "deleted-1"),
        (2, None, None, "deleted-2"),
        (3, other.id, "other@example.com", "tag 0"),
    ]
    assert list(db.scalars(select(PortalUser.id))) == [other.id]
    assert list(db.scalars(select(IdToken.token))) == ["12"]
    assert db.execute(select(site_driver)).all() == []
    db.refresh(other)
    assert (other.created_by_fk, other.changed_by_fk) == (None, None)


def test_deleting_takes_as_many_statements_for_one_session_as_for_many(db: Session) -> None:
    taken = []
    for number, tokens in ((1, ["1"]), (200, [str(token) for token in range(2, 42)])):
        user = users.add(db, asked(email=f"{number}@example.com", id_tokens=tokens))
        db.execute(insert(ChargingSession), sessions_of(user, number, outlet_id=number))
        db.commit()
        with recorded() as statements:
            users.delete(db, user)
        taken.append(len(statements))
        db.commit()
    assert taken[0] == taken[1] < 20
