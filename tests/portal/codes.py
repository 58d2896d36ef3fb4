"""Codes of the second factor, as the app on a phone shows them."""

from datetime import timedelta

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import second_factor
from domain.clock import now
from domain.models import PortalUser, System
from domain.roles import RoleName

STEP = timedelta(seconds=30)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def app_code(secret: str = SECRET, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(now() + steps * STEP)


def demand(db: Session, *roles: RoleName) -> None:
    db.get_one(System, 1).second_factor_roles = [role.value for role in roles]
    db.commit()


def with_second_factor(db: Session) -> PortalUser:
    """The only user, who has a second factor since two minutes ago."""
    user = db.scalars(select(PortalUser)).one()
    user.codes = second_factor.set_up(db, user, SECRET, app_code(steps=-4), now() - 4 * STEP)
    db.commit()
    return user
