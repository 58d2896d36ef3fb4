"""People of each role, signed in."""

from flask import Flask
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from domain.models import IdToken, PortalUser, Site
from domain.roles import RoleName
from tests.portal.browser_like import Visitor

PASSWORD = "secret-0002"
# The least work that there is: a test signs in many.
HASH = generate_password_hash(PASSWORD, "pbkdf2:sha256:1")


def add_person(db: Session, role: RoleName, email: str, sites: list[Site] | None = None, **more: object) -> PortalUser:
    """A person with this role, and for a site administrator with these sites."""
    usual = {"first_name": "P", "last_name": email.partition("@")[0], "active": True, "password": HASH}
    roles = [db.scalars(select(Role).where(Role.name == role.value)).one()]
    user = PortalUser(**usual | more, username=email, email=email, roles=roles, sites=sites or [])
    db.add(user)
    db.commit()
    return user


def add_driver(db: Session, email: str, *tokens: str) -> PortalUser:
    """One who charges, with these tags."""
    user = add_person(db, RoleName.EV_USER, email)
    db.add_all(IdToken(token=token, user_id=user.id, description=f"of {email}") for token in tokens)
    db.commit()
    return user


def sign_in(portal: Flask, user: PortalUser) -> Visitor:
    """That person's own browser."""
    visitor = Visitor(portal.test_client())
    assert visitor.sign_in(user.email, PASSWORD).status_code == 302
    return visitor
