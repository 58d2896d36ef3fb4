"""The database brought up to this version: made if it is the embedded one, migrated, partitions ahead."""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, make_url

import migrations
from config import Settings
from domain import clock, partitions
from domain.db import get_engine, session_factory


def create_embedded_database(settings: Settings) -> None:
    """The embedded server starts without our database; an outside one is made by those who run that server."""
    if settings.database_url:
        return
    url = make_url(settings.postgres_url)
    with psycopg.connect(host=url.query["host"], user=url.username, dbname="postgres", autocommit=True) as server:
        found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [url.database])
        if found.fetchone() is None:
            server.execute(f'CREATE DATABASE "{url.database}"')


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration, without its file: it says nothing that we do not know."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


def migrate(settings: Settings) -> None:
    create_embedded_database(settings)
    with get_engine().connect() as connection:
        command.upgrade(alembic_config(connection), "head")
    ensure_partitions()


def ensure_partitions() -> list[str]:
    """Make the partitions of the coming months; returns the names of the new ones."""
    with session_factory()() as db, db.begin():
        return partitions.ensure(db, clock.now().date())
