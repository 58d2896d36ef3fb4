"""What maps were last told of sites and outlets, and since when it is so (OCPI 2.2.1, chapter 8)."""

from typing import Any

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, Integer, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.columns import At


class FeedLocation(Model):
    """One Location of one feed, without its EVSEs. Never deleted, so that who was away learns that it went."""

    __tablename__ = "feed_location"
    __table_args__ = (Index("ix_feed_location_updated", "service_id", "updated_at", "location_id"),)

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    location_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    site_id: Mapped[int] = mapped_column(Integer, index=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    updated_at: Mapped[At]
    """When it, or one of its EVSEs, became another than before."""


class FeedEvse(Model):
    """One EVSE, which is an outlet."""

    __tablename__ = "feed_evse"
    __table_args__ = (
        Index("ix_feed_evse_station", "station_id", postgresql_where=text("NOT is_removed")),
        Index("ix_feed_evse_site", "site_id"),
    )

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    location_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    uid: Mapped[str] = mapped_column(String(36), primary_key=True)
    site_id: Mapped[int] = mapped_column(Integer)
    station_id: Mapped[int] = mapped_column(Integer)
    outlet_id: Mapped[int] = mapped_column(Integer)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    is_removed: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    updated_at: Mapped[At]
    connector_updated_at: Mapped[At]
    """When its connector became another; its state is not the connector's."""
