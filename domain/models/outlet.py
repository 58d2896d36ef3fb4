"""What one car plugs into."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, DateTime, ForeignKey, String, UniqueConstraint, Uuid, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.models.columns import Key, word
from domain.models.node import Station
from domain.statuses import OutletState, OutletStatus


class OutletMode(StrEnum):
    """Who may charge here (manual, outlet level, "Tilstand")."""

    OPEN = "open"
    """Everyone; an unknown tag makes an anonymous session."""
    RFID = "rfid"
    """Those whose tag is accepted."""


class Outlet(Model):
    """One outlet of a station, numbered from 1 as the station itself numbers it."""

    __tablename__ = "outlet"
    __table_args__ = (
        UniqueConstraint("station_id", "number", name="uq_outlet_station_id_number"),
        CheckConstraint("number > 0", name="ck_outlet_number"),
        CheckConstraint("max_current_a > 0", name="ck_outlet_max_current"),
        # Its state is written often: leave room in each page, so that an update touches no index.
        {"postgresql_with": {"fillfactor": "70"}},
    )

    id: Mapped[Key]
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id", ondelete="RESTRICT"))
    number: Mapped[int]
    uuid: Mapped[UUID] = mapped_column(Uuid, unique=True, server_default=func.gen_random_uuid())
    connector_type: Mapped[str] = mapped_column(String(50), server_default="", default="")
    parking: Mapped[str] = mapped_column(String(100), server_default="", default="")
    mode: Mapped[OutletMode] = mapped_column(
        word(OutletMode), server_default=OutletMode.RFID.value, default=OutletMode.RFID
    )

    max_current_a: Mapped[int | None]
    """What it may draw on each phase, as it is installed."""

    status: Mapped[OutletStatus | None] = mapped_column(word(OutletStatus))
    error_code: Mapped[str | None] = mapped_column(String(50))
    vendor_error_code: Mapped[str | None] = mapped_column(String(50))
    status_info: Mapped[str | None] = mapped_column(String(255))
    status_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    occupied_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Since when a car is at the cable, as far as the station told; empty when none is."""
    state: Mapped[OutletState] = mapped_column(word(OutletState), server_default=OutletState.OFFLINE.value)
    """What follows from its status, its station's and the line. Triggers alone write it, and note each change."""

    station: Mapped[Station] = relationship(back_populates="outlets")

    def __str__(self) -> str:
        return f"{self.station.name} / {self.number}"
