"""What the application's role may do in the database: read and write rows, change no table, and never the audit log.

Granted by the tables' owner after each migration, and safe to repeat. Where both are one role, nothing can be taken
from it; then a trigger on the audit log is what remains (docs/decisions/the-application-owns-no-table.md).
"""

from sqlalchemy import Connection, text

from domain.db import get_engine, get_owner_engine

GRANTS = """
REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role};
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};
REVOKE ALL ON audit_entry, alembic_version FROM PUBLIC, {role};
GRANT SELECT, INSERT ON audit_entry TO {role};
GRANT SELECT ON alembic_version TO {role};
"""
"""In one transaction, so that nobody ever sees the step between "all tables" and "but not that one"."""

MAY_CHANGE_THE_LOG = text("SELECT has_table_privilege('audit_entry', 'UPDATE, DELETE, TRUNCATE')")


def grant() -> None:
    """Give the application's role what it needs, if it is another than the owner."""
    with get_engine().connect() as application:
        name = application.scalar(text("SELECT current_user"))
    with get_owner_engine().begin() as owner:
        if name != owner.scalar(text("SELECT current_user")):
            owner.execute(text(GRANTS.format(role=_quoted(owner, str(name)))))


def application_may_change_the_audit_log() -> bool:
    """Whether the application works in a role that could: the owner's, or a superuser's."""
    with get_engine().connect() as application:
        return bool(application.scalar(MAY_CHANGE_THE_LOG))


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)
