"""The tables as each user likes to see them: named, few, and nobody else's."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.errors import DomainError
from domain.models.saved_view import LONGEST_NAME, LONGEST_QUERY, SavedView
from domain.models.user import PortalUser

MOST = 50
"""Of one user, for one table: they stand in a menu."""


class TooManyViewsError(DomainError):
    """The user has `MOST` views of this table already."""


def of_user(db: Session, user_id: int, table_name: str) -> Sequence[SavedView]:
    """By name."""
    mine = select(SavedView).where(SavedView.user_id == user_id, SavedView.table_name == table_name)
    return db.scalars(mine.order_by(func.lower(SavedView.name), SavedView.id)).all()


def save(db: Session, user_id: int, table_name: str, name: str, query: str) -> None:
    """Keep a view; one of the same name is replaced.

    Raises:
        ValueError: the name is empty, or something is too long.
        TooManyViewsError: there are as many as fit.
    """
    if not 0 < len(name) <= LONGEST_NAME or len(query) > LONGEST_QUERY:
        raise ValueError(name)
    # One at a time for each user, so that the count holds.
    db.execute(select(PortalUser.id).where(PortalUser.id == user_id).with_for_update())
    others = select(func.count()).where(
        SavedView.user_id == user_id, SavedView.table_name == table_name, SavedView.name != name
    )
    if db.scalars(others).one() >= MOST:
        raise TooManyViewsError
    row = insert(SavedView).values(user_id=user_id, table_name=table_name, name=name, query=query)
    db.execute(row.on_conflict_do_update(constraint="uq_saved_view_name", set_={"query": row.excluded.query}))


def remove(db: Session, user_id: int, saved_view_id: int) -> bool:
    """Whether there was such a view of this user."""
    mine = delete(SavedView).where(SavedView.id == saved_view_id, SavedView.user_id == user_id)
    return db.scalar(mine.returning(SavedView.id)) is not None
