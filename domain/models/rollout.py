"""Careful rollouts: parameters copied to many stations, one first and then in waves."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.models.columns import HIDDEN_INFO, At, BigKey, word
from domain.models.user import PortalUser


class RolloutState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    """By itself, at a station that refused or did not come back."""
    CANCELLED = "cancelled"


class RolloutStep(StrEnum):
    """Where one station is in a rollout."""

    WAITING = "waiting"
    CHANGING = "changing"
    RETURNING = "returning"
    """It accepted, and its line is awaited."""
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


class Rollout(Model):
    """Rules: domain/rollouts.py."""

    __tablename__ = "rollout"
    __table_args__ = (
        Index("ix_rollout_user", "user_id", "created_at"),
        Index("ix_rollout_running", "id", postgresql_where=text("state = 'running'")),
    )

    id: Mapped[BigKey]
    created_at: Mapped[At]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))
    source_station_id: Mapped[int | None] = mapped_column(Integer)
    """From which station the values were copied."""
    changes: Mapped[list[dict[str, str]]] = mapped_column(JSONB, info=HIDDEN_INFO)
    """A `key` and a `value` each, in the order in which they are asked for."""
    wave_size: Mapped[int] = mapped_column(Integer)
    restarts: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    """Whether each station is restarted once it accepted."""
    return_seconds: Mapped[int] = mapped_column(Integer)
    """For how long a station may stay away."""
    state: Mapped[RolloutState] = mapped_column(word(RolloutState))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    user: Mapped[PortalUser | None] = relationship()

    @property
    def values(self) -> dict[str, str]:
        """The value for each key, in their order."""
        return {change["key"]: change["value"] for change in self.changes}

    def __str__(self) -> str:
        return str(self.id)


class RolloutStation(Model):
    """One station's turn."""

    __tablename__ = "rollout_station"
    __table_args__ = (
        Index("ix_rollout_station_order", "rollout_id", "position"),
        Index("ix_rollout_station_station", "station_id"),
        # Whose turn an answer belongs to.
        Index("ix_rollout_station_active", "command_id", postgresql_where=text("step IN ('changing', 'returning')")),
    )

    rollout_id: Mapped[int] = mapped_column(ForeignKey("rollout.id", ondelete="CASCADE"), primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    wave: Mapped[int] = mapped_column(Integer)
    """0 is the first station alone."""
    step: Mapped[RolloutStep] = mapped_column(word(RolloutStep))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"), default=dict, info=HIDDEN_INFO)
    """The values before, the answers, and why it failed."""
    command_id: Mapped[int | None] = mapped_column(BigInteger)
    """The latest command of its turn."""
    connection_number: Mapped[int | None] = mapped_column(BigInteger)
    """Its connection when its turn began: a higher one means that it came back."""
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
