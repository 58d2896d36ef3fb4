"""Users on the pages of users."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import users
from domain.models import PortalUser
from domain.roles import RoleName
from domain.user_details import UserDetails
from tests.portal.browser_like import Visitor

NORA = {"first_name": "Nora", "last_name": "Dahl", "email": "nora.dahl@example.com", "password": "secret-0002"}
PASSWORD = NORA["password"]


def made(db: Session, email: str, role: RoleName = RoleName.EV_USER, **more: Any) -> PortalUser:
    """A user of whom only some things matter."""
    names = {"first_name": "Some", "last_name": email.split("@")[0]}
    user = users.add(db, UserDetails(role=role, email=email, password=PASSWORD, **names | more))
    db.commit()
    return user


def found(db: Session, email: str = NORA["email"]) -> PortalUser:
    db.expire_all()
    return db.scalars(select(PortalUser).where(PortalUser.email == email)).one()


def add_url(role: RoleName) -> str:
    return f"/users/add?role={role.replace(' ', '+')}"


def emails(visitor: Visitor, query: str = "") -> list[str]:
    """Whom the table shows, in order."""
    answer = visitor.get(f"/users/export/csv{query}{'&' if query else '?'}columns=email")
    assert answer.status_code == 200, answer.text
    return [line.split(",")[0] for line in answer.text.splitlines()[1:]]
