"""The database brought up to this version: migrated, with partitions ahead."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

import migrations
from domain import clock, partitions
from domain.db import get_engine, session_factory


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration, without its file: it says nothing that we do not know."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    return config


def migrate() -> None:
    with get_engine().connect() as connection:
        command.upgrade(alembic_config(connection), "head")
    ensure_partitions()


def write_migration(message: str) -> None:
    """Write a file in `migrations/versions` with what the models have that the database lacks; for developers."""
    with get_engine().connect() as connection:
        command.revision(alembic_config(connection), message, autogenerate=True)


def ensure_partitions() -> list[str]:
    """Make the partitions of the coming months; returns the names of the new ones."""
    with session_factory()() as db, db.begin():
        return partitions.ensure(db, clock.now().date())
