"""What the meter of an outlet showed at a moment."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, Double, Identity, Index, Integer, PrimaryKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.columns import ChangeNumber


class MeterValue(Model):
    """One reading: all that was sampled at one moment, as columns what charts use and whole as it was sent.

    Partitioned by month of arrival, since a station's own clock may be anything. The key leads with the outlet, so that
    the readings of an outlet lie together: its latest one and those of one charge are found without a further index.
    """

    __tablename__ = "meter_value"

    id: Mapped[int] = mapped_column(BigInteger, Identity())
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    outlet_id: Mapped[int] = mapped_column(Integer)
    charging_session_id: Mapped[int | None] = mapped_column(BigInteger)
    measured_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    energy_wh: Mapped[float | None] = mapped_column(Double)
    """The register Energy.Active.Import.Register, summed over phases."""
    power_w: Mapped[float | None] = mapped_column(Double)
    current_a: Mapped[float | None] = mapped_column(Double)
    soc_percent: Mapped[float | None] = mapped_column(Double)
    samples: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """The sampled values as the station sent them (OCPP 1.6, 7.43)."""
    change_number: Mapped[ChangeNumber]
    """A reading is written once and never changed."""

    __table_args__ = (
        PrimaryKeyConstraint("outlet_id", "received_at", "id", name="pk_meter_value"),
        Index("ix_meter_value_change", "change_number", "id"),
        {"postgresql_partition_by": "RANGE (received_at)"},
    )
