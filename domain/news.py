"""News: which of it a person sees now, what of it is unread, and that it was read."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, any_, case, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import News, news_read
from domain.scope import Viewer

MOST_COUNTED = 100
"""An unread count says "99+" beyond; counting on would cost every page."""


class NewsState(StrEnum):
    """Where a piece of news is in its life."""

    PLANNED = "planned"
    PUBLISHED = "published"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of news, as one reader has it."""

    news: News
    is_unread: bool


def is_current(viewer: Viewer, at: datetime) -> ColumnElement[bool]:
    """Published at this moment, and for this person's role. Nobody reads news that is meant for another role."""
    return (
        (News.published_from_at <= at)
        & or_(News.published_until_at.is_(None), News.published_until_at > at)
        & or_(func.cardinality(News.roles) == 0, literal(str(viewer.role)) == any_(News.roles))
    )


def state_at(at: ColumnElement[datetime]) -> ColumnElement[str]:
    """The state of each piece of news at a moment, for a query."""
    return case(
        (News.published_from_at > at, literal(NewsState.PLANNED.value)),
        (News.published_until_at <= at, literal(NewsState.OVER.value)),
        else_=literal(NewsState.PUBLISHED.value),
    )


def page(db: Session, viewer: Viewer, *, limit: int, offset: int = 0) -> list[Item]:
    """A person's news of now, the newest first."""
    newest = (News.published_from_at.desc(), News.id.desc())
    statement = select(News, ~_is_read(viewer)).where(is_current(viewer, now()))
    return [Item(*row) for row in db.execute(statement.order_by(*newest).limit(limit).offset(offset))]


def unread_count(db: Session, viewer: Viewer) -> int:
    """How many of them are unread, `MOST_COUNTED` at the most: every page asks."""
    unread = select(News.id).where(is_current(viewer, now()), ~_is_read(viewer)).limit(MOST_COUNTED)
    return db.scalar(select(func.count()).select_from(unread.subquery())) or 0


def mark_read(db: Session, viewer: Viewer, news_id: int) -> bool:
    """Note that a person has read it, once however often it is said; False if it is not theirs to read now."""
    # Locked, so that nobody deletes it before it is noted.
    found = select(News.id).where(News.id == news_id, is_current(viewer, now()))
    if db.scalar(found.with_for_update(read=True, key_share=True)) is None:
        return False
    db.execute(insert(news_read).values(user_id=viewer.user_id, news_id=news_id).on_conflict_do_nothing())
    return True


def _is_read(viewer: Viewer) -> ColumnElement[bool]:
    return exists().where(news_read.c.user_id == viewer.user_id, news_read.c.news_id == News.id)
