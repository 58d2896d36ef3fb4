"""The way to PostgreSQL: one engine and one session factory per process."""

from functools import lru_cache

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

from config import get_settings


@lru_cache
def get_engine() -> Engine:
    """The engine of this process. Times come back aware and in UTC whatever the server's own zone is."""
    return create_engine(
        get_settings().postgres_url,
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=True,
        connect_args={"options": "-c timezone=UTC", "connect_timeout": 10},
    )


def session_factory() -> sessionmaker[Session]:
    """Makes database sessions: `with session_factory()() as db, db.begin(): ...`."""
    return sessionmaker(get_engine(), expire_on_commit=False)
