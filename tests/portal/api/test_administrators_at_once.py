"""Administrators who take the role from one another at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from flask_appbuilder.security.sqla.models import Role
from flask_jwt_extended import create_access_token
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.db import session_factory
from domain.roles import RoleName
from tests.portal.api.client import ApiClient
from tests.portal.people import add_person
from tests.waiting import until

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


def test_of_two_who_demote_each_other_one_stays_and_none_meets_a_fault(
    portal: Flask, api: ApiClient, db: Session
) -> None:
    """Each held the other's row, which the note of who changed it waited for: a deadlock, and an error 500."""
    [first] = api.get("users/")[1]["ids"]
    two = [add_person(db, RoleName.ADMINISTRATOR, f"{name}@example.com") for name in ("ann", "bob")]
    with portal.app_context():
        programs = [ApiClient(portal.test_client(), create_access_token(identity=user.get_id())) for user in two]
    assert programs[0].put(f"users/{first}", {"role": "Support"})[0] == 200

    def demote(program: ApiClient, pk: int) -> Any:
        return program.put(f"users/{pk}", {"role": "Support"})

    with ThreadPoolExecutor(2) as people, session_factory()() as gate:
        gate.execute(select(Role.id).where(Role.name == RoleName.ADMINISTRATOR).with_for_update(key_share=True))
        answers = people.map(demote, programs, [two[1].id, two[0].id])
        until(lambda: gate.scalar(WAITING) == 2)
        gate.rollback()
        said = sorted(answers, key=lambda answer: answer[0])
    assert [status for status, _ in said] == [200, 422]
    assert said[1][1] == {"message": {"role": ["This is the last administrator."]}}
