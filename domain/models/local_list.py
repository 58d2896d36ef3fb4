"""The lists of tags that stations keep for the time without a line."""

from flask_appbuilder import Model
from sqlalchemy import String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.columns import At, Key


class LocalList(Model):
    """One list or a part of one, told apart by what is in it, since most stations hold the same one."""

    __tablename__ = "local_list"

    id: Mapped[Key]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of `entries`."""
    entries: Mapped[dict[str, dict[str, str] | None]] = mapped_column(JSONB)
    """What is told of each tag, by the tag as it is written for the station; nothing of one that is to be removed."""
    used_at: Mapped[At]
    """When it was last asked to be sent."""
