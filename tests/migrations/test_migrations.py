"""Migrations make what the models say, and can be taken back."""

import subprocess
from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, make_url, text

from domain.db import get_engine
from domain.id_tokens import identity_of
from launcher.embedded.postgres import installed
from launcher.migrate import alembic_config
from tests.fixtures.databases import copied
from tests.fixtures.environment import database_owner_url


@pytest.fixture
def connection(servers: None) -> Iterator[Connection]:
    """To a database with nothing in it."""
    with copied("template0") as name:
        engine = create_engine(make_url(database_owner_url(name)).set(drivername="postgresql+psycopg"))
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


TAGS = (
    # token, description, blocked before; identity, description, blocked after
    ("de-ad-be-ef", "Van 7", False, "3735928559", "Van 7", False),
    ("04A1B2C3", "Old writing", False, " 2", "Old writing (the same tag as 77705923)", True),
    ("77705923", "Lost", True, "77705923", "Lost", True),
    ("DK-8AA-C1", "", False, "DK8AAC1", "", False),
    ("dk8aac1", "", False, " 5", "(the same tag as DK-8AA-C1)", True),
    ("04:12:34:56", "x" * 200, False, "68301910", "x" * 200, False),
    ("0x04123456", "y" * 190, False, " 7", "y" * 190 + " (the same", True),
    ("04123456", "", False, "4123456", "", False),
    ("--", "", False, " 9", "", True),
)


def test_tags_that_turn_out_to_be_the_same_are_kept(connection: Connection) -> None:
    """The blocked one keeps the identity, else the oldest; the others let nobody in and say why."""
    config = alembic_config(connection)
    command.upgrade(config, "2026_11_22_first")
    before = [dict(zip(("token", "description", "blocked"), tag, strict=False)) for tag in TAGS]
    insert = "INSERT INTO id_token (token, description, blocked) VALUES (:token, :description, :blocked)"
    connection.execute(text(insert), before)
    connection.commit()
    command.upgrade(config, "2026_11_22_roles")
    connection.commit()
    after = connection.execute(text("SELECT token, identity, description, blocked FROM id_token ORDER BY id")).all()
    assert after == [(token, *there) for token, _description, _blocked, *there in TAGS]
    readable = [(token, identity) for token, identity, *_rest in after if not identity.startswith(" ")]
    assert [identity_of(token) for token, _identity in readable] == [identity for _token, identity in readable]


SESSIONS = (
    # ended, energy, reasons before; energy source, grade, to be reviewed after
    (True, 9000, "{}", "register", "B", False),
    (False, None, "{}", None, None, False),
    (True, 4000, "{stop_missing}", "samples", "C", True),
    (True, 4000, "{clock_wrong}", "register", "C", True),
    (True, None, "{energy_unknown}", "nothing", "D", True),
    (False, None, "{clock_wrong}", None, None, True),
)
SESSION = """
INSERT INTO charging_session (started_at, logged_at, ended_at, node_id, site_id, outlet_id, site_name, station_name,
    outlet_number, "authorization", id_token, meter_start_wh, energy_wh, review_reasons)
VALUES ('2026-11-20', '2026-11-20', CASE WHEN :ended THEN timestamptz '2026-11-21' END, 1, 1, 1, 's', 's', 1, 0, '',
    :number, :energy, :reasons)
"""


def test_sessions_that_are_there_get_their_grade(connection: Connection) -> None:
    config = alembic_config(connection)
    command.upgrade(config, "2026_11_29_rollups")
    before = [dict(zip(("ended", "energy", "reasons"), row, strict=False)) for row in SESSIONS]
    connection.execute(text(SESSION), [row | {"number": number} for number, row in enumerate(before)])
    connection.commit()
    command.upgrade(config, "2026_11_29_evidence")
    connection.commit()
    judged = "SELECT energy_source, grade, needs_review FROM charging_session ORDER BY id"
    assert connection.execute(text(judged)).all() == [tuple(row[3:]) for row in SESSIONS]
