"""Migrations make what the models say, and can be taken back."""

import subprocess
from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, make_url, text

from domain.db import get_engine
from launcher.embedded.postgres import installed
from launcher.migrate import alembic_config
from tests.fixtures.databases import copied


@pytest.fixture
def connection(servers: None) -> Iterator[Connection]:
    """To a database with nothing in it."""
    with copied("template0") as address:
        engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"))
        with engine.connect() as connection:
            yield connection
        engine.dispose()


def schema(connection: Connection) -> str:
    """The whole schema as PostgreSQL itself writes it down."""
    url = connection.engine.url
    dump = [installed() / "bin" / "pg_dump", "--schema-only", "--username=postgres"]
    where = [f"--host={url.query['host']}", url.database]
    lines = subprocess.run([*dump, *where], check=True, capture_output=True, text=True).stdout.splitlines()
    # Those with a backslash hold a secret that is drawn for each dump.
    return "\n".join(line for line in lines if not line.startswith("\\"))


def test_models_and_migrations_agree(database: str) -> None:
    with get_engine().connect() as connection:
        command.check(alembic_config(connection))


def test_migrations_can_be_taken_back(connection: Connection) -> None:
    config = alembic_config(connection)
    command.upgrade(config, "head")
    connection.commit()
    made = schema(connection)

    command.downgrade(config, "base")
    connection.commit()
    left = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
    assert left == ["alembic_version"]
    connection.commit()

    command.upgrade(config, "head")
    connection.commit()
    assert schema(connection) == made
