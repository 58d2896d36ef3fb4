"""The database session of a request."""

from flask import current_app
from sqlalchemy.orm import Session


def database() -> Session:
    """It is shared by whatever runs in this request, and closed with it."""
    return current_app.appbuilder.session  # type: ignore[attr-defined]
