"""Who did what to which object: one line of the audit log."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, Identity, Index, Integer, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class AuditEntry(Model):
    """Written once, never changed: each line carries the hash of the one before. See domain/audit.py.

    People stand in it by number only, so that a person can be erased while the chain stays whole.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_happened_at", "happened_at", "id"),
        Index("ix_audit_entry_user_id", "user_id", "id"),
        Index("ix_audit_entry_address", "address", "id"),
        Index("ix_audit_entry_action", "action", "id"),
        Index("ix_audit_entry_object_kind", "object_kind", "id"),
        Index("ix_audit_entry_object_id", "object_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    happened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    user_id: Mapped[int | None] = mapped_column(Integer)
    """Who did it; none for a stranger and for the command line."""
    address: Mapped[str | None] = mapped_column(String(64))
    """Where the request came from; none for the command line."""
    action: Mapped[str] = mapped_column(String(50))
    object_kind: Mapped[str | None] = mapped_column(String(50))
    object_id: Mapped[str | None] = mapped_column(String(64))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
