"""What every installation needs: the root of the tree, the roles, rules of alarms. Safe to run at each start."""

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.alarms import rules
from domain.models import AlarmRule, System
from domain.roles import RoleName


def seed(db: Session) -> None:
    """Make what is missing, change nothing that is there."""
    if db.scalar(select(System)) is None:
        db.add(System(id=1, name="Charge Portal"))
    there = set(db.scalars(select(Role.name)))
    db.add_all(Role(name=name) for name in RoleName if name not in there)
    if db.scalar(select(AlarmRule.id).limit(1)) is None:
        rules.restore_shipped(db)
