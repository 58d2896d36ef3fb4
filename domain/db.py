"""The way to PostgreSQL: one engine and one session factory per process.

The application works in a role that may read and write rows, and nothing else. Who owns the tables (migrations, the
partitions of coming months) comes by `get_owner_engine`.
"""

from functools import lru_cache

from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.orm import Session, sessionmaker

from config import get_settings

CONNECT = {"options": "-c timezone=UTC", "connect_timeout": 10}
"""Times come back aware and in UTC whatever the server's own zone is."""
MOST_KEPT = 10
"""So many connections stay open while nobody needs them."""


@lru_cache
def get_engine() -> Engine:
    """The engine of this process."""
    most = get_settings().database_connections
    kept = min(MOST_KEPT, most)
    return create_engine(
        get_settings().postgres_url,
        pool_size=kept,
        max_overflow=most - kept,
        pool_pre_ping=True,
        # Errors go to the log, and what people and stations write does not.
        hide_parameters=True,
        connect_args=CONNECT,
    )


def session_factory() -> sessionmaker[Session]:
    """Makes database sessions: `with session_factory()() as db, db.begin(): ...`."""
    return sessionmaker(get_engine(), expire_on_commit=False)


@lru_cache
def get_owner_engine() -> Engine:
    """The engine of the tables' owner. Seldom used, so that no connection of it waits open."""
    return create_engine(get_settings().postgres_owner_url, poolclass=NullPool, connect_args=CONNECT)


def owner_session_factory() -> sessionmaker[Session]:
    """Makes database sessions that may change tables."""
    return sessionmaker(get_owner_engine(), expire_on_commit=False)
