"""Files that are made of tables: once, and again and again."""

from datetime import datetime
from enum import StrEnum

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, SmallInteger, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.columns import HIDDEN_INFO, At, BigKey, word

LONGEST_VIEW = 100
LONGEST_TITLE = 200


class ExportState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ExportFault(StrEnum):
    """Why there is no file, or why it did not arrive."""

    NOT_ALLOWED = "not_allowed"
    """Whoever asked may not see the table any more."""
    NODE_GONE = "node_gone"
    NOT_UNDERSTOOD = "not_understood"
    """A filter or a column that the table does not know any more."""
    ABANDONED = "abandoned"
    """The process that made it is gone."""
    BROKEN = "broken"
    NO_MAIL = "no_mail"
    """This installation sends no e-mails."""
    NO_FOLDER = "no_folder"
    """None is configured, or it is not there."""
    FORBIDDEN_HOST = "forbidden_host"
    REFUSED = "refused"
    """The target refused the name and password."""
    UNREACHABLE = "unreachable"
    """The target did not answer, or not as it should."""
    UNKNOWN_HOST = "unknown_host"
    """The target proves to be somebody else than before, or cannot prove who it is."""


class ExportTarget(StrEnum):
    """Where scheduled files go."""

    MAIL = "mail"
    FOLDER = "folder"
    SFTP = "sftp"
    FTPS = "ftps"


class ExportEvery(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class ExportSchedule(Model):
    """A table that a user gets regularly, with the filters, the order and the columns it had when that was said."""

    __tablename__ = "export_schedule"
    __table_args__ = (
        Index("ix_export_schedule_user", "user_id"),
        Index("ix_export_schedule_due", "next_run_at", postgresql_where=text("NOT is_paused")),
    )

    id: Mapped[BigKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    file_type: Mapped[str] = mapped_column(String(10))
    table_name: Mapped[str] = mapped_column(String(LONGEST_VIEW))
    """The endpoint of the table's view, such as `ChargingSessionView`."""
    query: Mapped[str] = mapped_column(Text, info=HIDDEN_INFO)
    """As in the URL, the node with it. A filter may name people."""
    language: Mapped[str] = mapped_column(String(10))
    """For a user without one in the settings."""
    every: Mapped[ExportEvery] = mapped_column(word(ExportEvery))
    on_day: Mapped[int] = mapped_column(SmallInteger, server_default="1", default=1)
    """Of the week, from Monday (1), or of the month; a shorter month has it on its last."""
    hour: Mapped[int] = mapped_column(SmallInteger)
    """On the user's clock."""
    target: Mapped[ExportTarget] = mapped_column(word(ExportTarget))
    host: Mapped[str | None] = mapped_column(String(255))
    port: Mapped[int | None]
    directory: Mapped[str] = mapped_column(String(500), server_default="", default="")
    account: Mapped[str | None] = mapped_column(String(200), info=HIDDEN_INFO)
    sealed_password: Mapped[str | None] = mapped_column(Text, info=HIDDEN_INFO)
    """Encrypted (domain/secrets.py)."""
    host_key: Mapped[str | None] = mapped_column(Text)
    """The key by which an SFTP server proved who it is at the first run."""
    is_paused: Mapped[bool] = mapped_column(server_default=false(), default=False)
    next_run_at: Mapped[At]
    last_run_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_fault: Mapped[ExportFault | None] = mapped_column(word(ExportFault))
    """Of the last run; none if it arrived."""
    failures: Mapped[int] = mapped_column(server_default="0", default=0)
    """In a row."""


class ExportFile(Model):
    """A file on its way or finished; it lies in `DATA_DIR` under its number, and goes with its row."""

    __tablename__ = "export_file"
    __table_args__ = (
        Index("ix_export_file_user", "user_id", "id"),
        Index("ix_export_file_schedule", "schedule_id"),
        Index("ix_export_file_expires", "expires_at"),
        # Those that may have lost their process.
        Index("ix_export_file_under_way", "changed_at", postgresql_where=text("state IN ('queued', 'running')")),
    )

    id: Mapped[BigKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    schedule_id: Mapped[int | None] = mapped_column(ForeignKey("export_schedule.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    file_type: Mapped[str] = mapped_column(String(10))
    table_name: Mapped[str] = mapped_column(String(LONGEST_VIEW))
    query: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(10))
    time_zone: Mapped[str] = mapped_column(String(64))
    """Of its asker, when it was asked for."""
    made_for: Mapped[str | None] = mapped_column(String(64))
    """A mark of what its asker might see when it was made: whoever may see something else now does not get it."""
    state: Mapped[ExportState] = mapped_column(word(ExportState))
    reason: Mapped[ExportFault | None] = mapped_column(word(ExportFault))
    rows_done: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    rows_total: Mapped[int | None] = mapped_column(BigInteger)
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    file_name: Mapped[str | None] = mapped_column(String(300))
    asked_at: Mapped[At]
    changed_at: Mapped[At]
    expires_at: Mapped[At]
