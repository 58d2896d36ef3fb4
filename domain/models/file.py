"""Files that go to stations and come from them."""

from datetime import datetime
from enum import StrEnum

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.columns import At, BigKey, Key, word


class FirmwareImage(Model):
    """A software image for stations of one model; the file lies in `DATA_DIR`, under its SHA-256."""

    __tablename__ = "firmware_image"
    __table_args__ = (UniqueConstraint("vendor", "model", "version", name="uq_firmware_image_version"),)

    id: Mapped[Key]
    file_name: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(50))
    vendor: Mapped[str] = mapped_column(String(100), server_default="", default="")
    model: Mapped[str] = mapped_column(String(100), server_default="", default="")
    description: Mapped[str] = mapped_column(Text, server_default="", default="")
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    signing_certificate: Mapped[str | None] = mapped_column(Text)
    """PEM; with `signature` the image is sent as SignedUpdateFirmware (OCPP 1.6 security extension)."""
    signature: Mapped[str | None] = mapped_column(Text)
    """Base64."""
    uploaded_at: Mapped[At]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))

    def __str__(self) -> str:
        return f"{self.model} {self.version}".strip()


class FileState(StrEnum):
    RECEIVING = "receiving"
    COMPLETE = "complete"
    FAILED = "failed"


class StationFile(Model):
    """A file that a station uploaded, such as a log; kept for 90 days."""

    __tablename__ = "station_file"
    __table_args__ = (
        Index("ix_station_file_station", "station_id", "started_at"),
        # Those that may have lost their process.
        Index("ix_station_file_receiving", "changed_at", postgresql_where=text("state = 'receiving'")),
    )

    id: Mapped[BigKey]
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    """So far, while it is received."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[FileState] = mapped_column(word(FileState))
    via: Mapped[str] = mapped_column(String(10))
    """ftp, ftps, http or https."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it failed."""
    command_id: Mapped[int | None] = mapped_column(BigInteger)
    """Which command asked for it."""
    started_at: Mapped[At]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    def __str__(self) -> str:
        return self.name
