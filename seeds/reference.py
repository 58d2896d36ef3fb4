"""What every installation needs: the root of the tree. Safe to run at each start."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import System


def seed(db: Session) -> None:
    """Make what is missing, change nothing that is there."""
    if db.scalar(select(System)) is None:
        db.add(System(id=1, name="Charge Portal"))
