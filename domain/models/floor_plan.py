"""The picture of a floor's plan; apart from the floor, so that nobody reads it who only wants a name."""

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column


class FloorPlan(Model):
    """One a floor at most. Floor tells its checksum and size."""

    __tablename__ = "floor_plan"

    floor_id: Mapped[int] = mapped_column(ForeignKey("floor.id", ondelete="CASCADE"), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """As we wrote it ourselves; see domain/floor_plans.py."""
