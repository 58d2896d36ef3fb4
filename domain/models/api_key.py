"""A key with which a program acts for a person in the REST API."""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import DateTime, ForeignKey, LargeBinary, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.clock import now
from domain.models.columns import HIDDEN_INFO, Key
from domain.models.user import PortalUser


class PersonalApiKey(Model):
    """Named apart from Flask-AppBuilder's own, whose table stays empty. A key that is revoked is deleted."""

    __tablename__ = "personal_api_key"
    __table_args__ = (UniqueConstraint("user_id", "name", name="uq_personal_api_key_name"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100), info=HIDDEN_INFO)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True, info=HIDDEN_INFO)
    """SHA-256 of the key, which is itself random and kept nowhere."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """True to the minute, see domain/api_keys.py."""

    is_read_only: Mapped[bool] = mapped_column(server_default=false(), default=False)
    """Whether it may read what its owner may, and change nothing."""

    user: Mapped[PortalUser] = relationship()

    def __str__(self) -> str:
        return self.name
