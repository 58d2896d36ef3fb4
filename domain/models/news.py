"""What administrators tell their users."""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import ARRAY, Column, DateTime, ForeignKey, Index, Integer, String, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.columns import Key

news_read = Table(
    "news_read",
    Model.metadata,
    Column("user_id", Integer, ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True),
    Column("news_id", Integer, ForeignKey("news.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_news_read_news_id", "news_id"),
)
"""Which users have read which news."""


class News(Model):
    """One piece of news."""

    __tablename__ = "news"

    id: Mapped[Key]
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    """In Markdown."""
    published_from_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    published_until_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(64)), server_default=text("'{}'"), default=list)
    """Whom it is for; empty for everybody."""

    def __str__(self) -> str:
        return self.title
