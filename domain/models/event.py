"""A thing that happened and that a person may want to find later."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, Identity, Index, Integer, PrimaryKeyConstraint, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class Event(Model):
    """One line of the event log. Partitioned by month; names nodes by number, so that it outlives them."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(BigInteger, Identity())
    happened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    kind: Mapped[str] = mapped_column(String(50))
    """What happened, as a word of code such as `unknown_transaction_stopped`; the screen translates it."""
    site_id: Mapped[int | None] = mapped_column(Integer)
    station_id: Mapped[int | None] = mapped_column(Integer)
    outlet_id: Mapped[int | None] = mapped_column(Integer)
    charging_session_id: Mapped[int | None] = mapped_column(BigInteger)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"), default=dict)

    __table_args__ = (
        PrimaryKeyConstraint("id", "happened_at", name="pk_event"),
        Index("ix_event_happened_at", "happened_at", "id"),
        Index("ix_event_site", "site_id", "happened_at", "id"),
        Index("ix_event_station", "station_id", "happened_at", "id"),
        # What is rare is found among what happens all day.
        Index("ix_event_kind", "kind", "happened_at", "id"),
        {"postgresql_partition_by": "RANGE (happened_at)"},
    )
