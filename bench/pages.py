"""Pages of the portal, asked for in this process by somebody who has signed in, and how long they take."""

import secrets
import statistics
import time
from collections.abc import Callable
from typing import Any

EMAIL, PASSWORD = "bench@example.com", secrets.token_hex(12) + "a1"


def signed_in() -> Any:
    """A client with a signed-in session; signing in itself would need Redis too and is not what is measured."""
    from portal.app import create_portal
    from portal.security import create_first_administrator, sync_permissions

    app = create_portal()
    sync_permissions(app)
    create_first_administrator(app, EMAIL, PASSWORD)
    return _client_of(app, EMAIL)


def signed_in_to_sites(client: Any, sites: int) -> Any:
    """A client of the same portal, of a site administrator with so many sites."""
    from flask_appbuilder.security.sqla.models import Role
    from sqlalchemy import select

    from domain.db import session_factory
    from domain.models import PortalUser, Site
    from domain.roles import RoleName

    email = f"of{sites}@example.com"
    with session_factory().begin() as db:
        role = db.scalars(select(Role).where(Role.name == RoleName.SITE_ADMINISTRATOR.value)).one()
        assigned = db.scalars(select(Site).order_by(Site.id).limit(sites)).all()
        person = {"first_name": "-", "last_name": "-", "username": email, "email": email, "active": True}
        db.add(PortalUser(**person, password=PASSWORD, roles=[role], sites=list(assigned)))
    return _client_of(client.application, email)


def _client_of(app: Any, email: str) -> Any:
    client = app.test_client()
    with app.app_context(), client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = app.appbuilder.sm.find_user(email).get_id(), True
    return client


def timed(rounds: int, call: Callable[[], Any]) -> list[float]:
    """Milliseconds of each call, after one that warms up."""
    call()
    times = []
    for _round in range(rounds):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    return times


def get(client: Any, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status)
    return str(response.get_data(as_text=True))


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]
