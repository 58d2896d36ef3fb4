"""In which states outlets were, and for how long: what charts of uptime are drawn from (domain/state_rollups.py).

Triggers of `outlet` and `station` note each change of a state with its time. What was noted stays, as the history; and
as with charges (models/charging_rollup.py), its sums are kept by quarter of an hour and by month.
"""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, Identity, Index, Integer, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.charging_rollup import READ_FROM_THE_KEY
from domain.models.columns import word
from domain.statuses import OutletState

DOWN_OR_UP = "(before IN ('available', 'charging') AND after IN ('available', 'charging')) IS NOT TRUE"
"""The condition that keeps to changes but those between the states in which an outlet is up."""


class StateChange:
    """An outlet's state changed at a moment, or the outlet came, went, or changed its place.

    Numbers without foreign keys: history outlives what it is about.
    """

    id: Mapped[int] = mapped_column(BigInteger, Identity())
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """By the database's clock."""
    outlet_id: Mapped[int] = mapped_column(Integer)
    node_id: Mapped[int] = mapped_column(Integer)
    """Its station."""
    site_id: Mapped[int] = mapped_column(Integer)
    floor_id: Mapped[int | None] = mapped_column(Integer)
    before: Mapped[OutletState | None] = mapped_column(word(OutletState))
    """Empty if it was not there, or not at this place."""
    after: Mapped[OutletState | None] = mapped_column(word(OutletState))
    """Empty if it is not there any more."""


class OutletStateNote(StateChange, Model):
    """A change that is still to be added up."""

    __tablename__ = "outlet_state_note"
    __table_args__ = (PrimaryKeyConstraint("id", name="pk_outlet_state_note"),)


class OutletStateChange(StateChange, Model):
    """A change that is in the sums. Partitioned by month."""

    __tablename__ = "outlet_state_change"
    __table_args__ = (
        PrimaryKeyConstraint("outlet_id", "at", "id", name="pk_outlet_state_change"),
        Index("ix_outlet_state_change_node", "node_id", "at"),
        Index("ix_outlet_state_change_floor", "floor_id", "at", postgresql_where=text("floor_id IS NOT NULL")),
        Index("ix_outlet_state_change_down_or_up", "at", postgresql_where=text(DOWN_OR_UP)),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    id: Mapped[int] = mapped_column(BigInteger, autoincrement=False)


class OfStates:
    """By how many more outlets are in a state at the end of a period than at its beginning, and for how long in it.

    The latter in microseconds; less for how long those that left the state are not in it.
    """

    available: Mapped[int]
    charging: Mapped[int]
    fault: Mapped[int]
    out_of_service: Mapped[int]
    offline: Mapped[int]
    available_us: Mapped[int] = mapped_column(BigInteger)
    charging_us: Mapped[int] = mapped_column(BigInteger)
    fault_us: Mapped[int] = mapped_column(BigInteger)
    out_of_service_us: Mapped[int] = mapped_column(BigInteger)
    offline_us: Mapped[int] = mapped_column(BigInteger)


class StateQuarter(OfStates, Model):
    """A site's quarter of an hour, or with `WHOLE_SYSTEM` that of all sites."""

    __tablename__ = "state_quarter"
    __table_args__ = (
        PrimaryKeyConstraint(
            "site_id", "quarter_at", name="pk_state_quarter", postgresql_include=[*OfStates.__annotations__]
        ),
        {"postgresql_with": READ_FROM_THE_KEY},
    )

    site_id: Mapped[int] = mapped_column(Integer, autoincrement=False)
    quarter_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class StateMonth(OfStates, Model):
    """A station's month in UTC on one site."""

    __tablename__ = "state_month"
    __table_args__ = (PrimaryKeyConstraint("month_at", "site_id", "node_id", name="pk_state_month"),)

    month_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    site_id: Mapped[int] = mapped_column(Integer, autoincrement=False)
    node_id: Mapped[int] = mapped_column(Integer, autoincrement=False)
