"""A charge that a service asked for."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.models.columns import HIDDEN_INFO, At, BigKey, word
from domain.models.service import Service


class ServiceChargeState(StrEnum):
    ASKED = "asked"
    """The outlet was asked, and the charge has not begun yet."""
    CHARGING = "charging"
    ENDED = "ended"
    FAILED = "failed"
    """It never began."""


class FailReason(StrEnum):
    """Why it never began."""

    STATION_REFUSED = "station_refused"
    NO_ANSWER = "no_answer"
    NOT_BEGUN = "not_begun"
    """Nobody plugged in, in time."""
    CANCELLED = "cancelled"


class ServiceCharge(Model):
    """Rules: domain/services/parking."""

    __tablename__ = "service_charge"
    __table_args__ = (
        UniqueConstraint("service_id", "reference", name="uq_service_charge_reference"),
        Index("ix_service_charge_open", "service_id", "id", postgresql_where=text("state IN ('asked', 'charging')")),
        Index("ix_service_charge_charging_session", "charging_session_id"),
    )

    id: Mapped[BigKey]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    reference: Mapped[str] = mapped_column(String(100))
    """What the service calls it."""
    station_id: Mapped[int] = mapped_column(Integer)
    outlet_id: Mapped[int] = mapped_column(Integer)
    outlet_uuid: Mapped[UUID] = mapped_column(Uuid)
    id_token: Mapped[str] = mapped_column(String(20), unique=True, info=HIDDEN_INFO)
    """With which the station is to begin it: made for this charge, and good for no other."""
    state: Mapped[ServiceChargeState] = mapped_column(word(ServiceChargeState))
    reason: Mapped[FailReason | None] = mapped_column(word(FailReason))
    created_at: Mapped[At]
    begins_until_at: Mapped[At]
    """When it has not begun by then, it will not."""
    command_id: Mapped[int | None] = mapped_column(BigInteger)
    """Of its start."""
    charging_session_id: Mapped[int | None] = mapped_column(BigInteger)
    next_progress_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    service: Mapped[Service] = relationship()
