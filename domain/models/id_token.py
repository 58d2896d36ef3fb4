"""What a driver identifies with: an RFID tag or an app identity."""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from domain.id_tokens import LONGEST_WRITTEN, checked, identity_of
from domain.models.columns import HIDDEN_INFO, Key
from domain.models.user import PortalUser


class IdToken(Model):
    """One tag."""

    __tablename__ = "id_token"

    id: Mapped[Key]
    token: Mapped[str] = mapped_column(String(LONGEST_WRITTEN), info=HIDDEN_INFO)
    """As it was entered."""
    identity: Mapped[str] = mapped_column(String(64), info=HIDDEN_INFO)
    """The same for every way to write the tag. See domain/id_tokens.py."""
    description: Mapped[str] = mapped_column(String(200), server_default="", default="", info=HIDDEN_INFO)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    blocked: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    valid_from_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    parent_token: Mapped[str | None] = mapped_column(String(20), info=HIDDEN_INFO)
    """The group (OCPP 1.6, parentIdTag): one of it may stop what another of it started."""

    user: Mapped[PortalUser | None] = relationship()

    __table_args__ = (
        UniqueConstraint("identity", name="uq_id_token_identity"),
        CheckConstraint("valid_from_at < expires_at", name="ck_id_token_validity"),
        Index("ix_id_token_token", "token", "id"),
    )

    @validates("token")
    def _identify(self, _key: str, token: str) -> str:
        token = checked(token)
        self.identity = identity_of(token)
        return token

    @validates("parent_token")
    def _group(self, _key: str, parent_token: str | None) -> str | None:
        return (parent_token or "").strip() or None

    def __str__(self) -> str:
        return self.token
