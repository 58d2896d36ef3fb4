"""What charges add up to, by quarter of an hour and by month: what charts are drawn from (domain/charging_rollups.py).

A quarter of an hour, since every time zone's hours, days and months begin with one. Everything here is a sum, so that a
charge that is corrected or deleted is taken out again by adding its opposite.
"""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, Identity, Integer, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

WHOLE_SYSTEM = 0
"""As a site's number: the sum of all sites."""


READ_FROM_THE_KEY = {"autovacuum_vacuum_insert_scale_factor": "0.02", "autovacuum_vacuum_scale_factor": "0.02"}
"""Of tables whose key holds all columns: a site's year lies together there, while in the table it is scattered over all
pages. That those need not be looked at either is known once they are vacuumed."""


class OfCharges:
    """Sums over the charges that began in a period."""

    begun: Mapped[int]
    finished: Mapped[int]
    """Of those that began, how many have ended; energy and duration are theirs."""
    without_energy: Mapped[int]
    """Of those that have ended, how many took less than 100 Wh: whoever plugged in left without a charge."""
    energy_wh: Mapped[int] = mapped_column(BigInteger)
    duration_us: Mapped[int] = mapped_column(BigInteger)
    """In microseconds, as exactly as the database keeps time."""


class OfMoments:
    """Sums over what happened in a quarter, from which follows how many charges run at any time, and on what power."""

    running: Mapped[int]
    """By how many more charges run at its end than at its beginning."""
    occupied_us: Mapped[int] = mapped_column(BigInteger)
    """For how long in it, in microseconds, these run; less for how long those that ended did not."""
    power_w: Mapped[int] = mapped_column(BigInteger)
    """By how much more power is drawn at its end, each charge drawing its mean from its start to its stop."""
    power_wus: Mapped[int] = mapped_column(BigInteger)
    """That power times the microseconds, as with `occupied_us`."""


class ChargingQuarter(OfMoments, OfCharges, Model):
    """A site's quarter of an hour, or with `WHOLE_SYSTEM` that of all sites."""

    __tablename__ = "charging_quarter"
    __table_args__ = (
        PrimaryKeyConstraint(
            "site_id",
            "quarter_at",
            name="pk_charging_quarter",
            postgresql_include=[*OfMoments.__annotations__, *OfCharges.__annotations__],
        ),
        {"postgresql_with": READ_FROM_THE_KEY},
    )

    site_id: Mapped[int] = mapped_column(Integer, autoincrement=False)
    quarter_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ChargingMonth(OfCharges, Model):
    """A station's month in UTC on one site: what rankings over long times are made of."""

    __tablename__ = "charging_month"
    __table_args__ = (PrimaryKeyConstraint("month_at", "site_id", "node_id", name="pk_charging_month"),)

    month_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    site_id: Mapped[int] = mapped_column(Integer, autoincrement=False)
    node_id: Mapped[int] = mapped_column(Integer, autoincrement=False)


class ChargingChange(OfMoments, OfCharges, Model):
    """What is still to be added: written by a trigger of `charging_session`, with whatever changed a charge."""

    __tablename__ = "charging_change"
    __table_args__ = (PrimaryKeyConstraint("id", name="pk_charging_change"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity())
    site_id: Mapped[int] = mapped_column(Integer)
    node_id: Mapped[int] = mapped_column(Integer)
    quarter_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
