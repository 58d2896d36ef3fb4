"""Users whom several people change at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import users
from domain.db import session_factory
from domain.models import PortalUser
from domain.user_details import Reason, Refusal, UserDetails, UserError
from tests.domain.people import IDA, SUPPORT, asked


def at_once(*works: object) -> list[object]:
    """What each of these gave or raised, all begun at the same moment, each in a transaction of its own."""
    barrier = Barrier(len(works))

    def run(work: object) -> object:
        with session_factory()() as db:
            barrier.wait()
            try:
                work(db)  # type: ignore[operator]
                db.commit()
            except UserError as error:
                return error.refusals
        return None

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def test_of_two_administrators_who_demote_each_other_one_stays(db: Session) -> None:
    ids = [users.add(db, asked(IDA, email=f"{name}@example.com")).id for name in ("ida", "eva")]
    db.commit()

    def demote(user_id: int) -> object:
        return lambda own: users.change(own, own.get(PortalUser, user_id), UserDetails(role=SUPPORT))

    outcomes = at_once(*map(demote, ids))
    assert sorted(outcomes, key=str) == sorted([None, {"role": [Refusal(Reason.LAST_ADMINISTRATOR)]}], key=str)


def test_of_two_who_take_one_email_or_one_tag_the_later_is_told_who_has_it(db: Session) -> None:
    def make(first_name: str) -> object:
        return lambda own: users.add(own, asked(first_name=first_name))

    outcomes = [each for each in at_once(*map(make, ("Ann", "Bob", "Cat", "Dan"))) if each is not None]
    owner = str(db.scalars(select(PortalUser)).one())
    taken = {
        "email": [Refusal(Reason.EMAIL_TAKEN, "mads.krogh@example.com", owner)],
        "id_tokens": [Refusal(Reason.TAG_TAKEN, "3735928559", owner)],
    }
    assert len(outcomes) == 3
    # Who looks while the first is being written down may find one of the two.
    assert all(outcome and outcome.items() <= taken.items() for outcome in outcomes)
