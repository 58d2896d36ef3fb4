"""Somebody who changes their settings."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from domain.models import PortalUser
from domain.roles import RoleName
from tests.portal.browser_like import Visitor
from tests.portal.people import add_person, sign_in


@pytest.fixture
def mads(db: Session, portal: Flask) -> PortalUser:
    """An EV user."""
    return add_person(db, RoleName.EV_USER, "mads.krogh@example.com")


@pytest.fixture
def browser(portal: Flask, mads: PortalUser) -> Visitor:
    """In which he is signed in."""
    return sign_in(portal, mads)
