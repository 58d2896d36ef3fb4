"""The world, and somebody of each role who is signed in on pages and in the API."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy.orm import Session

from domain.db import session_factory
from domain.roles import RoleName
from portal.app import create_portal
from portal.security import sync_permissions
from tests.access import world as worlds
from tests.access.world import World
from tests.fixtures.databases import make_as_new
from tests.portal.browser_like import Visitor


@dataclass
class Person:
    """Somebody signed in: with a cookie for pages, with a token for the API."""

    role: RoleName
    pages: FlaskClient
    token: str


@pytest.fixture(scope="module")
def portal(database: str, valkey: Redis) -> Flask:
    make_as_new()
    valkey.flushall()
    app = create_portal()
    # Each form's hidden token has a test of its own (tests/portal/test_csrf.py); here it would hide who is let in.
    app.config["WTF_CSRF_ENABLED"] = False
    sync_permissions(app)
    return app


@pytest.fixture(scope="module")
def world(portal: Flask) -> World:
    with session_factory()() as db:
        return worlds.build(db)


@pytest.fixture(scope="module")
def people(portal: Flask, world: World) -> dict[RoleName, Person]:
    return {role: _signed_in(portal, role, email) for role, email in world.emails.items()}


@pytest.fixture
def db(world: World) -> Iterator[Session]:
    """A session on the world as it is."""
    with session_factory()() as session:
        yield session


def _signed_in(portal: Flask, role: RoleName, email: str) -> Person:
    client = portal.test_client()
    fields = {"username": email, "password": worlds.PASSWORD}
    assert client.post("/login/", data=fields).status_code == 302
    assert Visitor(client).get("/").status_code == 200
    token = portal.test_client().post("/api/v1/security/login", json=fields).json["access_token"]
    return Person(role, client, token)
