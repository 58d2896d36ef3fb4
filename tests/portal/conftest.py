"""The portal in this process, and people in front of it."""

from functools import lru_cache

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy.orm import Session

from domain.roles import RoleName
from portal.app import create_portal
from portal.security import create_administrator
from tests.portal.browser_like import Visitor

EMAIL = "ida.holm@example.com"
PASSWORD = "secret-0001"


@lru_cache
def _portal() -> Flask:
    return create_portal()


@pytest.fixture
def portal(db: Session, valkey: Redis) -> Flask:
    """With an administrator, EMAIL, and nothing counted yet of anybody's attempts to sign in."""
    valkey.flushall()
    app = _portal()
    with app.app_context():
        for role in RoleName:
            app.appbuilder.sm.add_role(role)
    assert create_administrator(app, EMAIL, PASSWORD)
    return app


@pytest.fixture
def visitor(portal: Flask) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor(portal.test_client())


@pytest.fixture
def administrator(visitor: Visitor) -> Visitor:
    """Somebody who has."""
    assert visitor.sign_in(EMAIL, PASSWORD).status_code == 302
    return visitor
