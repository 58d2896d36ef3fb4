"""A person with a login: Flask-AppBuilder's user with what this portal adds."""

from flask_appbuilder.security.sqla.models import User as FabUser
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column


class PortalUser(FabUser):
    """Named apart from its base, because models find each other by class name.

    The e-mail is the login; `username` holds it in lower case, because only that look-up ignores case.
    """

    __tablename__ = "ab_user"

    language: Mapped[str | None] = mapped_column(String(8))
    """Chosen language, such as `da`; without one the browser's is used."""
    time_zone: Mapped[str | None] = mapped_column(String(64))
    """Chosen time zone, such as `Europe/Copenhagen`; without one the installation's is used."""

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"
