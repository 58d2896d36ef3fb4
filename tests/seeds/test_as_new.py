"""Each test finds the database as a first start leaves it (`tests/fixtures/databases.py`)."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain import clock
from domain.audit import acting, audited_session_factory
from domain.db import owner_session_factory, session_factory
from domain.events import EventKind
from domain.models import Event, Site, System, metadata
from launcher.migrate import migrate
from seeds import reference
from tests.fixtures import secrets
from tests.fixtures.databases import make_as_new
from tests.fixtures.environment import DATABASE, database_owner_url, database_url, using
from tests.fixtures.servers import administer

SEQUENCES = "SELECT seqrelid::regclass::text, pg_sequence_last_value(seqrelid) FROM pg_sequence"


def content(name: str) -> dict[str, list[str]]:
    """Every row of every table, and where each sequence stands."""
    with psycopg.connect(database_owner_url(name)) as owner:
        rows = {
            table: sorted(row for (row,) in owner.execute(f'SELECT it::text FROM "{table}" AS it'))
            for table in metadata.tables
        }
        return rows | {"sequences": sorted(map(str, owner.execute(SEQUENCES)))}


@contextmanager
def freshly_seeded(name: str) -> Iterator[None]:
    administer(f"CREATE DATABASE {name}")
    try:
        with using(DATABASE_URL=database_url(name), DATABASE_OWNER_URL=database_owner_url(name)):
            migrate()
            with session_factory().begin() as db:
                reference.seed(db)
        yield
    finally:
        administer(f"DROP DATABASE {name} WITH (FORCE)")


def test_it_is_as_one_that_was_seeded_just_now(db: Session) -> None:
    db.get(System, 1).name = "Another"
    db.execute(text("DELETE FROM ab_role WHERE id = (SELECT max(id) FROM ab_role)"))
    db.add_all([Site(name="Harbour"), Event(kind=EventKind.UNKNOWN_TRANSACTION_STOPPED, happened_at=clock.now())])
    db.commit()
    with owner_session_factory().begin() as owner:
        owner.execute(text("SELECT nextval(seqrelid::regclass) FROM pg_sequence"))
    before = content(DATABASE)
    with freshly_seeded("fresh"):
        fresh = content("fresh")
    make_as_new()  # Not before: by now an engine that other tests share has written its last messages.
    assert content(DATABASE) == fresh
    changed = {table for table in fresh if before[table] != fresh[table]}
    assert changed == {"system", "ab_role", "site", "event", "sequences"}


def test_the_audit_entries_that_it_takes_away_are_searched_for_secrets(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(secrets, "seen", seen)
    with acting(1, "192.0.2.7"), audited_session_factory().begin() as audited:
        audited.add(Site(name="cp_" + "x" * 20))
    make_as_new()
    assert seen == ["an API key in audit entries: "]
