"""A charging session that is no more: what programs that keep a copy must be told."""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, Index, Integer, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.columns import At, ChangeNumber


class ChargingSessionDeletion(Model):
    """Written by a trigger of `charging_session`. It keeps no more than tells whose it was."""

    __tablename__ = "charging_session_deletion"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="pk_charging_session_deletion"),
        Index("ix_charging_session_deletion_change", "change_number", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    site_id: Mapped[int] = mapped_column(Integer)
    user_id: Mapped[int | None] = mapped_column(Integer)
    deleted_at: Mapped[At]
    change_number: Mapped[ChangeNumber]
