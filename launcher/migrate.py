"""The database brought up to this version: migrated, with the application's rights and partitions ahead."""

from datetime import date
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

import migrations
from domain import changes, clock, partitions
from domain.db import get_owner_engine, owner_session_factory
from launcher.grants import grant


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration, without its file: it says nothing that we do not know."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    return config


def migrate() -> None:
    with get_owner_engine().connect() as connection:
        command.upgrade(alembic_config(connection), "head")
    with owner_session_factory()() as db, db.begin():
        changes.go_on(db)
    grant()
    ensure_partitions()


def write_migration(message: str) -> None:
    """Write a file in `migrations/versions` with what the models have that the database lacks; for developers."""
    with get_owner_engine().connect() as connection:
        command.revision(alembic_config(connection), message, autogenerate=True)


def ensure_partitions(first: date | None = None, last: date | None = None) -> list[str]:
    """Make the partitions of these months, by default all that are needed soon; returns the names of the new ones."""
    with owner_session_factory()() as db, db.begin():
        if first is None:
            return partitions.ensure_ahead(db, clock.now().date())
        return partitions.ensure(db, first, last)
