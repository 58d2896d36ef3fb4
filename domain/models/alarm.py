"""Alarms: what is wrong now, what was wrong, what people said of it, and the rules that raise them."""

from datetime import datetime
from enum import StrEnum

from flask_appbuilder import Model
from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from domain.models.columns import HIDDEN_INFO, At, BigKey, Key, word
from domain.models.user import PortalUser
from domain.statuses import OutletStatus


class AlarmKind(StrEnum):
    """The six of the manual ("Alarmer"), one that gathers several of them, and those of the installation itself."""

    NOT_REGISTERED = "not_registered"
    HARDWARE_FAULT = "hardware_fault"
    HARDWARE_CONFIGURATION_FAULT = "hardware_configuration_fault"
    FUSE = "fuse"
    TEMPERATURE = "temperature"
    NO_NETWORK = "no_network"
    SITE_UPLINK = "site_uplink"
    """Many stations of a site lost the network at once: theirs are gathered under this one."""
    CRON = "cron"
    """Nothing recurs. This and the next ones are of no site (domain/alarms/installation.py)."""
    WORKER = "worker"
    COMMAND_WORKER = "command_worker"
    REDIS = "redis"
    BACKUP = "backup"


OF_INSTALLATION = (AlarmKind.CRON, AlarmKind.WORKER, AlarmKind.COMMAND_WORKER, AlarmKind.REDIS, AlarmKind.BACKUP)
"""Those that are of no site."""


class Told:
    """What is known of an alarm, whether it is over or not."""

    kind: Mapped[AlarmKind] = mapped_column(word(AlarmKind))
    site_id: Mapped[int | None]
    """Empty where it is of the installation itself."""
    site_name: Mapped[str | None] = mapped_column(String(100))
    """As it is called while the alarm lasts, so that history outlives its nodes. So is the next one."""
    station_name: Mapped[str | None] = mapped_column(String(100))
    outlet_number: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    """0 is the station as a whole."""
    error_code: Mapped[str | None] = mapped_column(String(50))
    """As the station said it, as are the next two."""
    vendor_error_code: Mapped[str | None] = mapped_column(String(50))
    info: Mapped[str | None] = mapped_column(String(255))
    raised_at: Mapped[At]
    """Since when it is so; for a station that is not heard any more, when it was last heard."""
    times_raised: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    """It may come and go many times, and stays one alarm."""
    acknowledged_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @declared_attr
    def acknowledged_by_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))

    @declared_attr
    def acknowledged_by(cls) -> Mapped[PortalUser | None]:
        return relationship(PortalUser)


class Alarm(Told, Model):
    """One that is not over: few rows. When one goes, a trigger puts it into the history (with its number)."""

    __tablename__ = "alarm"
    __table_args__ = (
        Index(
            "uq_alarm_station",
            *("station_id", "outlet_number", "kind"),
            unique=True,
            postgresql_where=text("station_id IS NOT NULL"),
        ),
        Index("uq_alarm_site", "site_id", "kind", unique=True, postgresql_where=text("station_id IS NULL")),
        Index("uq_alarm_installation", "kind", unique=True, postgresql_where=text("site_id IS NULL")),
        Index("ix_alarm_site_id", "site_id"),
        Index("ix_alarm_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_alarm_calm_since", "calm_since", postgresql_where=text("calm_since IS NOT NULL")),
        Index("ix_alarm_untold", "id", postgresql_where=text("told_at IS NULL AND due_at IS NULL")),
        Index("ix_alarm_parent_id", "parent_id", postgresql_where=text("parent_id IS NOT NULL")),
        Index(
            "ix_alarm_acknowledged_by_id",
            "acknowledged_by_id",
            postgresql_where=text("acknowledged_by_id IS NOT NULL"),
        ),
    )

    id: Mapped[BigKey]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id", ondelete="CASCADE"))
    """Empty where it is of a whole site, or of no site."""
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """It is not shown, and nothing is said of it, unless its cause lasts until then."""
    calm_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """The cause is gone; it is over unless that comes back within a minute (domain/alarms/sweeping.py)."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("alarm.id", ondelete="SET NULL"))
    """The one that it is gathered under."""
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When those were told who want to know of it at once (domain/alarm_mail/at_once.py)."""


class AlarmHistory(Told, Model):
    """One that is over. Partitioned by month; names nodes by number, so that it outlives them."""

    __tablename__ = "alarm_history"
    __table_args__ = (
        PrimaryKeyConstraint("id", "cleared_at", name="pk_alarm_history"),
        Index("ix_alarm_history_cleared_at", "cleared_at", "id"),
        Index("ix_alarm_history_raised_at", "raised_at", "id"),
        Index("ix_alarm_history_site", "site_id", "cleared_at", "id"),
        Index("ix_alarm_history_station", "station_id", "cleared_at", "id"),
        Index(
            "ix_alarm_history_acknowledged_by_id",
            "acknowledged_by_id",
            postgresql_where=text("acknowledged_by_id IS NOT NULL"),
        ),
        {"postgresql_partition_by": "RANGE (cleared_at)"},
    )

    id: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    station_id: Mapped[int | None] = mapped_column(Integer)
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    cleared_at: Mapped[At]


class AlarmRemark(Model):
    """What somebody said of an alarm. Rows are added and never changed."""

    __tablename__ = "alarm_remark"
    __table_args__ = (
        Index("ix_alarm_remark_alarm", "alarm_id", "id"),
        Index("ix_alarm_remark_user_id", "user_id", postgresql_where=text("user_id IS NOT NULL")),
    )

    id: Mapped[BigKey]
    alarm_id: Mapped[int] = mapped_column(BigInteger)
    """Without a foreign key, as all history: the alarm moves to another table when it is over."""
    acknowledges: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, info=HIDDEN_INFO)
    """Free words may name a person, so the audit log says only that there is a note."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))
    remarked_at: Mapped[At]

    user: Mapped[PortalUser | None] = relationship()


class AlarmRule(Model):
    """Which report raises which alarm: of those that fit, the first one says it (domain/alarms/rules.py)."""

    __tablename__ = "alarm_rule"

    id: Mapped[Key]
    position: Mapped[int] = mapped_column(index=True)
    protocol: Mapped[str | None] = mapped_column(String(20))
    """Empty means any; so with the next three."""
    error_code: Mapped[str | None] = mapped_column(String(50))
    vendor_error_code: Mapped[str | None] = mapped_column(String(50))
    """A pattern, where * is any number of characters and ? is one."""
    status: Mapped[OutletStatus | None] = mapped_column(word(OutletStatus))
    duration_seconds: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    """How long it must last."""
    kind: Mapped[AlarmKind | None] = mapped_column(word(AlarmKind))
    """Empty: no alarm."""
    enabled: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    note: Mapped[str] = mapped_column(String(200), server_default="", default="")
    """Why it is there."""

    def __str__(self) -> str:
        return f"{self.position}"
