"""A portal over a database with sessions of every kind, for the tests of the table."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from domain import partitions
from domain.db import owner_session_factory, session_factory
from domain.models import ChargingSession, PortalUser, Site, Station
from domain.roles import RoleName
from portal.app import create_portal
from portal.security import create_first_administrator, sync_permissions
from portal.views.charging_session import ChargingSessionView
from tests.fixtures.databases import make_as_new
from tests.portal.people import add_person
from tests.portal.table import sample

EMAIL = "table@example.com"


@pytest.fixture(scope="module")
def portal(database: str) -> Flask:
    """The portal, with the sample and nothing else in its database."""
    make_as_new()
    with owner_session_factory()() as db, db.begin():
        partitions.ensure(db, min(sample.MOMENTS).date(), max(sample.MOMENTS).date())
        db.add_all(Site(id=number, name=name) for number, name in enumerate(sample.SITES, 1))
        db.flush()
        for number, name in enumerate(sample.STATIONS, 1):
            db.add(Station(id=number, site_id=1, name=name, charge_box_id=f"box-{number}"))
        db.execute(insert(ChargingSession), sample.sessions())
    app = create_portal()
    sync_permissions(app)
    create_first_administrator(app, EMAIL, "charge2026")
    return app


@pytest.fixture
def client(portal: Flask) -> FlaskClient:
    """A browser in which an administrator is signed in."""
    client = portal.test_client()
    with portal.app_context(), client.session_transaction() as cookie:
        user = portal.appbuilder.sm.find_user(email=EMAIL)  # type: ignore[attr-defined]
        cookie["_user_id"], cookie["_fresh"] = user.get_id(), True
    return client


@pytest.fixture
def clients(portal: Flask, client: FlaskClient) -> dict[RoleName, FlaskClient]:
    """A browser for each role; the site administrator has the first site, and nobody has charged as the EV user."""
    found = {RoleName.ADMINISTRATOR: client}
    with portal.app_context():
        for role in RoleName:
            portal.appbuilder.sm.add_role(role)  # type: ignore[attr-defined]
    with session_factory()() as db:
        for role in RoleName:
            if role is RoleName.ADMINISTRATOR:
                continue
            email = f"{role.name.lower()}@example.com"
            user = db.scalar(select(PortalUser).where(PortalUser.username == email))
            if user is None:
                sites = [db.get_one(Site, 1)] if role is RoleName.SITE_ADMINISTRATOR else []
                user = add_person(db, role, email, sites)
            found[role] = portal.test_client()
            with portal.app_context(), found[role].session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"] = user.get_id(), True
    return found


@pytest.fixture
def statistics(portal: Flask) -> ChargingSessionView:
    """The view, outside of any request."""
    views = [view for view in portal.appbuilder.baseviews if isinstance(view, ChargingSessionView)]  # type: ignore[attr-defined]
    return views[0]


@pytest.fixture(scope="module")
def rows(portal: Flask) -> list[ChargingSession]:
    """All sessions, for the oracle in Python."""
    with session_factory()() as db:
        return list(db.query(ChargingSession).all())
