"""Where something is: in words, and as a position on the earth."""

from sqlalchemy import Double, String
from sqlalchemy.orm import Mapped, mapped_column


class Addressed:
    """The columns of what has an address (domain/addresses.py)."""

    street: Mapped[str] = mapped_column(String(200), server_default="", default="")
    postal_code: Mapped[str] = mapped_column(String(20), server_default="", default="")
    city: Mapped[str] = mapped_column(String(100), server_default="", default="")
    country: Mapped[str] = mapped_column(String(100), server_default="", default="")
    latitude: Mapped[float | None] = mapped_column(Double)
    """In degrees to the north (WGS 84)."""
    longitude: Mapped[float | None] = mapped_column(Double)
    """In degrees to the east."""
