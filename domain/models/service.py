"""Services of third parties: what is set up, what changed for them, and what they are told."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_appbuilder import Model
from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.models.columns import HIDDEN_INFO, At, BigKey, Key, word
from domain.models.outlet import Outlet


class ServiceKind(StrEnum):
    """What kinds there are; each has its adapter (domain/services/adapters.py)."""

    MAP_FEED = "map_feed"
    PARKING = "parking"
    WEBHOOK = "webhook"


class Service(Model):
    """A third party that is told things, and that may ask for some."""

    __tablename__ = "service"

    id: Mapped[Key]
    kind: Mapped[ServiceKind] = mapped_column(word(ServiceKind))
    name: Mapped[str] = mapped_column(String(100), unique=True)
    is_enabled: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    configuration: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"), default=dict)
    """As its kind's model has it (domain/services/configuration.py). No secret stands here."""
    sealed_secret: Mapped[str | None] = mapped_column(Text, info=HIDDEN_INFO)
    """What signs what it is told, encrypted."""
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True, info=HIDDEN_INFO)
    """Of the token with which it comes to us."""

    # How it goes; written by workers.
    failures: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    """In a row, of what it was told."""
    failing_since_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Empty while it works."""
    resumes_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """While it fails: not before that is it tried again."""
    trouble: Mapped[str | None] = mapped_column(String(300))
    """What went wrong last."""
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When it last took what it was told."""
    asked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When it last came to us with its token, to the minute."""

    def __str__(self) -> str:
        return self.name


class ServiceOutletValue(Model):
    """What an outlet is called at a service (manual, "Tabel over egenskaber for udtag og stik")."""

    __tablename__ = "service_outlet_value"
    __table_args__ = (
        UniqueConstraint("service_id", "outlet_id", "name", name="uq_service_outlet_value"),
        Index("ix_service_outlet_value_outlet", "outlet_id"),
    )

    id: Mapped[Key]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlet.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(50))
    """Which value, as the kind's adapter calls it."""
    value: Mapped[str] = mapped_column(String(100))

    service: Mapped[Service] = relationship()
    outlet: Mapped[Outlet] = relationship()


class ChangeKind(StrEnum):
    """What changed that a service may want to know. Written by triggers (migrations), read in changes.py."""

    OUTLET_STATUS = "outlet_status"
    STATION_STATUS = "station_status"
    STATION_LINE = "station_line"
    PLACE = "place"
    """Something else about a site, or what stands on it, that others are told."""
    CHARGE_STARTED = "charge_started"
    CHARGE_STOPPED = "charge_stopped"
    CHARGE_CORRECTED = "charge_corrected"
    """Its end or energy is another than was known when it stopped."""
    ALARM_RAISED = "alarm_raised"
    ALARM_ACKNOWLEDGED = "alarm_acknowledged"
    ALARM_CLEARED = "alarm_cleared"


class ServiceChange(Model):
    """A change that no service was told of yet: noted by the database itself while any service is enabled."""

    __tablename__ = "service_change"

    id: Mapped[BigKey]
    kind: Mapped[ChangeKind] = mapped_column(word(ChangeKind))
    at: Mapped[At]
    site_id: Mapped[int | None] = mapped_column(Integer)
    station_id: Mapped[int | None] = mapped_column(Integer)
    outlet_id: Mapped[int | None] = mapped_column(Integer)
    charging_session_id: Mapped[int | None] = mapped_column(BigInteger)
    alarm_id: Mapped[int | None] = mapped_column(BigInteger)
    before: Mapped[str | None] = mapped_column(String(32))
    after: Mapped[str | None] = mapped_column(String(32))


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class ServiceDelivery(Model):
    """One thing that a service is told: the outbox. Rules: domain/services/outbox.py."""

    __tablename__ = "service_delivery"
    __table_args__ = (
        UniqueConstraint("service_id", "message_id", name="uq_service_delivery_message"),
        Index("ix_service_delivery_due", "service_id", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_service_delivery_order", "service_id", "subject", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_service_delivery_latest", "service_id", "id"),
        Index("ix_service_delivery_created_at", "created_at"),
    )

    id: Mapped[BigKey]
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    message_id: Mapped[UUID] = mapped_column(Uuid)
    """The same however often it is sent: by this a receiver knows what it has."""
    kind: Mapped[str] = mapped_column(String(50))
    subject: Mapped[str] = mapped_column(String(50))
    """What it is about; what is about the same is told in its order."""
    body: Mapped[str] = mapped_column(Text)
    """The JSON, to the letter as it is signed and sent."""
    created_at: Mapped[At]
    state: Mapped[DeliveryState] = mapped_column(word(DeliveryState), server_default=DeliveryState.WAITING.value)
    tries: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    tried_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    status_code: Mapped[int | None]
    answer: Mapped[str | None] = mapped_column(String(300))
    """How the last answer began, or why there was none."""
