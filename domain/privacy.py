"""What support sees of a driver: enough to tell two apart, too little to write to them."""

import re

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import InstrumentedAttribute

from domain.roles import RoleName
from domain.scope import Viewer

FIRST_LETTER = r"^(.)[^@]*"
MASK = "•••"


def hides_emails(viewer: Viewer) -> bool:
    """Whether this person sees e-mails only masked."""
    return viewer.role is RoleName.SUPPORT


def mask_email(email: str | None) -> str | None:
    """`mads.krogh@example.com` as `m•••@example.com`."""
    return None if email is None else re.sub(FIRST_LETTER, rf"\1{MASK}", email)


def masked_email(email: InstrumentedAttribute[str | None]) -> ColumnElement[str]:
    """As `mask_email`, in the database: what is filtered and sorted by this tells nothing either."""
    return func.regexp_replace(email, FIRST_LETTER, rf"\1{MASK}")


def sees_all_of_users(viewer: Viewer) -> bool:
    """Whether this person sees more of other users than name and e-mail."""
    return viewer.role is RoleName.ADMINISTRATOR
