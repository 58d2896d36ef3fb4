"""Runs the migrations on the database of the settings, or on the connection that the caller brings."""

from alembic import context
from sqlalchemy import Connection, create_engine

from config import get_settings
from domain.models import metadata
from domain.partitions import is_partition


def include_name(name: str | None, type_: str, _parents: object) -> bool:
    """Partitions are made as months pass, not by migrations."""
    return not (type_ == "table" and name is not None and is_partition(name))


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=include_name,
        compare_server_default=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with create_engine(get_settings().postgres_owner_url).connect() as own:
        run(own)
