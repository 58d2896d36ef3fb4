"""A person who was deleted, and of whom other rows still tell."""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import ARRAY, BigInteger, DateTime, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.columns import HIDDEN_INFO, At


class Erasure(Model):
    """It goes once nothing tells of the person any more. Rules: domain/erasures.py."""

    __tablename__ = "erasure"

    user_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """The number that the user had."""
    sealed_traces: Mapped[str] = mapped_column(Text, info=HIDDEN_INFO)
    """What is searched for, encrypted (domain/secrets.py): nobody reads the person here either."""
    running: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    """The charges that ran when the user was deleted: until these have ended, stations may name the tag again."""
    asked_at: Mapped[At]
    searched_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When all was searched while one of them ran; what is told since then is searched at their end."""
