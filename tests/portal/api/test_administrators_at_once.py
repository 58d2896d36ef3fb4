"""Administrators who are taken the role at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from flask_appbuilder.security.sqla.models import Role
from flask_jwt_extended import create_access_token
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.db import session_factory
from domain.roles import RoleName
from tests.portal.api.client import Answer, ApiClient
from tests.portal.people import add_person
from tests.waiting import wait_until

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


def _waiting() -> int | None:
    """Asked in a transaction of its own, which alone sees what is true now."""
    with session_factory()() as db:
        return db.scalar(WAITING)


def test_of_the_last_two_one_stays_and_nobody_meets_a_fault(portal: Flask, api: ApiClient, db: Session) -> None:
    """They wait for one another at the role of administrators, before either holds a user."""
    [first] = api.get("users/")[1]["ids"]
    ann, bob = (add_person(db, RoleName.ADMINISTRATOR, f"{name}@example.com") for name in ("ann", "bob"))
    with portal.app_context():
        token = create_access_token(identity=ann.get_id())
    assert ApiClient(portal.test_client(), token).put(f"users/{first}", {"role": "Support"})[0] == 200

    def change(pk: int, values: dict[str, Any]) -> Answer:
        return ApiClient(portal.test_client(), token).put(f"users/{pk}", values)

    with ThreadPoolExecutor(2) as people, session_factory()() as gate:
        gate.execute(select(Role.id).where(Role.name == RoleName.ADMINISTRATOR).with_for_update(key_share=True))
        others = people.submit(change, bob.id, {"active": False})
        wait_until(lambda: _waiting() == 1)
        own = people.submit(change, ann.id, {"role": "Support"})
        wait_until(lambda: _waiting() == 2)
        gate.rollback()
    assert others.result()[0] == 200
    assert own.result() == (422, {"message": {"role": ["This is the last administrator."]}})
