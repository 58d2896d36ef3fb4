"""For how long a kind of data is kept, where somebody has decided it."""

from datetime import datetime
from enum import StrEnum

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, DateTime
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.columns import word


class Kept(StrEnum):
    """What is kept for a time."""

    MESSAGES = "messages"
    EVENTS = "events"
    ALARMS = "alarms"
    """Those that are over, with what people said of them."""
    METER_VALUES = "meter_values"
    STATES = "states"
    """Each change of an outlet's state. Their sums stay."""
    COMMANDS = "commands"
    DELIVERIES = "deliveries"
    """What services were told."""
    MAILS = "mails"
    """To whom an e-mail about alarms went, and when."""
    FILES = "files"
    PERSONS = "persons"
    """Who charged: number, e-mail and tag in ended sessions. The sessions themselves stay."""


class Retention(Model):
    __tablename__ = "retention"
    __table_args__ = (CheckConstraint("days > 0", name="ck_retention_days"),)

    kept: Mapped[Kept] = mapped_column(word(Kept), primary_key=True)
    days: Mapped[int | None]
    """Empty is for ever."""
    done_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Of persons: what was logged before is done with, so that no night looks at it again. Of states: before that, no
    change is kept."""
