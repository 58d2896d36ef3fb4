"""One time that a person looked at a charging session."""

from datetime import datetime
from enum import StrEnum

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.models.columns import HIDDEN_INFO, At, BigKey, word
from domain.models.user import PortalUser


class Verdict(StrEnum):
    CONFIRMED = "confirmed"
    """Right as it is."""
    CORRECTED = "corrected"


class ChargingSessionReview(Model):
    """What was in force before and after. Rows are added and never changed."""

    __tablename__ = "charging_session_review"
    __table_args__ = (Index("ix_charging_session_review_session", "charging_session_id", "id"),)

    id: Mapped[BigKey]
    charging_session_id: Mapped[int] = mapped_column(BigInteger)
    """Without a foreign key, as all history: months of sessions may be put away."""
    verdict: Mapped[Verdict] = mapped_column(word(Verdict))
    energy_before_wh: Mapped[int | None] = mapped_column(BigInteger)
    energy_wh: Mapped[int | None] = mapped_column(BigInteger)
    ended_before_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    note: Mapped[str] = mapped_column(Text, info=HIDDEN_INFO)
    """Free words may name a person, so the audit log says only that there is a note."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))
    reviewed_at: Mapped[At]

    user: Mapped[PortalUser | None] = relationship()
