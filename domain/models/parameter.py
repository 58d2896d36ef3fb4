"""What can be set at a station: its configuration keys (OCPP 1.6, chapter 9), as it told them."""

from datetime import datetime
from enum import StrEnum

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, ForeignKey, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.columns import HIDDEN_INFO, word


class ParameterResult(StrEnum):
    """What a station said to the last change of a parameter (OCPP 1.6, 7.22)."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_SUPPORTED = "not_supported"
    REBOOT_REQUIRED = "reboot_required"


class StationParameter(Model):
    """One parameter of one station. Rules: domain/parameters.py."""

    __tablename__ = "station_parameter"

    station_id: Mapped[int] = mapped_column(ForeignKey("station.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    value: Mapped[str | None] = mapped_column(Text, info=HIDDEN_INFO)
    """As the station told it."""
    is_readonly: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When the station last told it; empty for one that it was asked to take and never lists."""
    asked_value: Mapped[str | None] = mapped_column(Text, info=HIDDEN_INFO)
    """What the last change asked for."""
    result: Mapped[ParameterResult | None] = mapped_column(word(ParameterResult))
    """The answer to the last change; empty while there is none."""
    asked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    command_id: Mapped[int | None] = mapped_column(BigInteger)
    """The last change."""
