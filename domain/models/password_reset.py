"""A link, sent by e-mail, with which somebody sets a new password."""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import DateTime, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.models.columns import HIDDEN_INFO, Key
from domain.models.user import PortalUser


class PasswordReset(Model):
    """Only the hash of the link's secret is kept. The row is deleted when the link is used."""

    __tablename__ = "password_reset"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True, info=HIDDEN_INFO)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    user: Mapped[PortalUser] = relationship()
