"""What a driver identifies with: an RFID tag or an app identity."""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import DateTime, ForeignKey, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.models.columns import Key
from domain.models.user import PortalUser


class IdToken(Model):
    """One tag. OCPP compares tags without regard to case (1.6, 7.3: CiString20Type), and so does its index."""

    __tablename__ = "id_token"

    id: Mapped[Key]
    token: Mapped[str] = mapped_column(String(64))
    description: Mapped[str] = mapped_column(String(200), server_default="", default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    blocked: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    user: Mapped[PortalUser | None] = relationship()

    __table_args__ = (Index("uq_id_token_token", func.lower(token), unique=True),)

    def __str__(self) -> str:
        return self.token
