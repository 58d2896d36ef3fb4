"""One time that a backup was made, or was to be."""

from datetime import datetime
from enum import StrEnum

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.columns import At, Key, word


class BackupState(StrEnum):
    RUNNING = "running"
    MADE = "made"
    FAILED = "failed"


class Backup(Model):
    """The rows outlive the files, which are kept for so many days, weeks and months."""

    __tablename__ = "backup"

    id: Mapped[Key]
    began_at: Mapped[At]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    state: Mapped[BackupState] = mapped_column(word(BackupState), default=BackupState.RUNNING)
    file_name: Mapped[str | None] = mapped_column(String(100))
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    rows: Mapped[int | None] = mapped_column(BigInteger)
    """Of all tables."""
    verified: Mapped[bool] = mapped_column(default=False)
    """Whether it was restored beside the real database and found to be the same."""
    error: Mapped[str | None] = mapped_column(Text)
    """Why it failed, in a sentence."""
