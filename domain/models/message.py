"""The message log: every frame between a station and the portal."""

from datetime import datetime
from enum import StrEnum

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, Identity, Integer, PrimaryKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.columns import word


class Direction(StrEnum):
    IN = "in"
    """From the station."""
    OUT = "out"
    """To the station."""


class MessageKind(StrEnum):
    CALL = "call"
    RESULT = "result"
    ERROR = "error"
    INVALID = "invalid"
    """A frame that could not be read; the reason is kept with it."""


class Message(Model):
    """One frame. Partitioned by day, kept for 30 days; secrets are masked before it is written (domain/messages.py)."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(BigInteger, Identity())
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    station_id: Mapped[int] = mapped_column(Integer)
    direction: Mapped[Direction] = mapped_column(word(Direction))
    kind: Mapped[MessageKind] = mapped_column(word(MessageKind))
    action: Mapped[str | None] = mapped_column(String(50))
    """Of an answer that of its call, where it is known."""
    unique_id: Mapped[str | None] = mapped_column(String(100))
    frame: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was refused or could not be read."""

    __table_args__ = (
        PrimaryKeyConstraint("station_id", "at", "id", name="pk_message"),
        {"postgresql_partition_by": "RANGE (at)"},
    )
