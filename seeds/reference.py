"""What every installation needs: the root of the tree and the roles. Safe to run at each start."""

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import System
from domain.roles import RoleName


def seed(db: Session) -> None:
    """Make what is missing, change nothing that is there."""
    if db.scalar(select(System)) is None:
        db.add(System(id=1, name="Charge Portal"))
    there = set(db.scalars(select(Role.name)))
    db.add_all(Role(name=name) for name in RoleName if name not in there)
