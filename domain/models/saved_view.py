"""A table as its user likes to see it."""

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.columns import Key

LONGEST_NAME = 60
LONGEST_TABLE = 100
LONGEST_QUERY = 4000


class SavedView(Model):
    """Filters, order, columns and rows on a page, under a name of the user's own. The node is not part of it."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "table_name", "name", name="uq_saved_view_name"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    table_name: Mapped[str] = mapped_column(String(LONGEST_TABLE))
    """The endpoint of the table's view, such as `ChargingSessionView`."""
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    query: Mapped[str] = mapped_column(String(LONGEST_QUERY))
    """As in the URL."""
