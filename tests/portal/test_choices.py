"""What a searched choice suggests."""

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from domain.db import owner_session_factory
from domain.roles import RoleName
from tests.portal.browser_like import Visitor
from tests.portal.conftest import EMAIL
from tests.portal.people import HASH, add_person, sign_in

MANY_USERS = text(
    "INSERT INTO ab_user (id, first_name, last_name, username, email, active, password)"
    " SELECT 1000 + n, md5('f' || n), md5('l' || n), md5('u' || n), 'e' || n, true, :hash"
    " FROM generate_series(1, 20000) AS n"
)


def suggested(visitor: Visitor, written: str) -> list[str]:
    answer = visitor.get("/choices/users", query_string={"q": written})
    assert answer.status_code == 200
    return [one["value"] for one in answer.json]


@pytest.fixture
def people(portal: Flask, db: Session) -> None:
    for first, last, email in (
        ("Mads", "Krogh", "Mads.Krogh@example.com"),
        ("Signe", "Madsen", "signe@example.com"),
        ("Åse", "Lund", "aase%@example.com"),
    ):
        user = add_person(db, RoleName.EV_USER, email.lower())
        user.first_name, user.last_name, user.email = first, last, email
    db.commit()


SEARCHES = {
    "the beginning of an e-mail": ("SIGNE@", ["signe@example.com"]),
    "the beginning of a first or last name": ("mads", ["Mads.Krogh@example.com", "signe@example.com"]),
    "each word begins something": ("kro mads", ["Mads.Krogh@example.com"]),
    "a capital letter beyond A to Z": ("åSE", ["aase%@example.com"]),
    "a sign of LIKE is a sign": ("aase%", ["aase%@example.com"]),
    "a wild card finds nothing": ("%", []),
    "nor does the middle of a word": ("rogh", []),
    "nor what is no text for a database": ("\0mads\0", ["Mads.Krogh@example.com", "signe@example.com"]),
    "more words than anybody has": ("mads " * 100, ["Mads.Krogh@example.com", "signe@example.com"]),
}


@pytest.mark.parametrize(("written", "found"), SEARCHES.values(), ids=SEARCHES.keys())
def test_suggestions(administrator: Visitor, people: None, written: str, found: list[str]) -> None:
    assert suggested(administrator, written) == found


def test_nothing_written_suggests_the_first(administrator: Visitor, people: None) -> None:
    assert suggested(administrator, "") == [
        "aase%@example.com", EMAIL, "Mads.Krogh@example.com", "signe@example.com",
    ]  # fmt: skip
    answer = administrator.get("/choices/users?q=signe").json
    assert answer == [{"value": "signe@example.com", "label": "Signe Madsen"}]


def test_few_are_suggested_of_many(administrator: Visitor, db: Session) -> None:
    for number in range(12):
        add_person(db, RoleName.EV_USER, f"zoe{number:02}@example.com")
    assert suggested(administrator, "zoe") == [f"zoe{number:02}@example.com" for number in range(10)]


@pytest.mark.parametrize("role", [RoleName.EV_USER, RoleName.SUPPORT, RoleName.SITE_ADMINISTRATOR])
def test_only_administrators_are_told_who_there_is(portal: Flask, db: Session, role: RoleName) -> None:
    person = sign_in(portal, add_person(db, role, "other@example.com"))
    answer = person.get("/choices/users?q=ida")
    assert answer.status_code in (302, 403)
    assert EMAIL not in answer.text


def test_suggestions_are_found_through_indexes(portal: Flask, administrator: Visitor, db: Session) -> None:
    """Else each letter that somebody types would read all users."""
    db.execute(MANY_USERS, {"hash": HASH})
    db.commit()
    with owner_session_factory().begin() as owner:
        owner.execute(text("ANALYZE ab_user"))  # Which whoever owns no table cannot do.
    plans: list[str] = []

    def explain(connection, _cursor, statement, parameters, _context, _many):
        if "lower(ab_user.first_name)" in statement and not statement.startswith("EXPLAIN"):
            plans.extend(line for (line,) in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))

    event.listen(Engine, "before_cursor_execute", explain)
    try:
        suggested(administrator, "abc")
    finally:
        event.remove(Engine, "before_cursor_execute", explain)
    assert not [line for line in plans if "Seq Scan" in line]
    assert [line for line in plans if "ix_ab_user_first_name_begins" in line]
