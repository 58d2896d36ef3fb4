"""what changed since a program last asked

Each charge and each reading carries the number of the transaction that wrote it last; what was deleted leaves one
behind. See docs/decisions/a-pull-ends-before-the-oldest-transaction.md.

Revision ID: 2026_11_29_changes
Revises: 2026_11_29_export_files
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_changes"
down_revision = "2026_11_29_export_files"
branch_labels = None
depends_on = None

TABLES = ("charging_session", "meter_value")

# The number that is added is another one after the database was brought to another server (domain/changes.py).
NUMBER = """
CREATE FUNCTION change_number(transaction xid8) RETURNS bigint LANGUAGE sql STABLE STRICT
RETURN 0 + transaction::text::bigint
"""
CURRENT = "change_number(pg_current_xact_id())"

CHANGED = f"""
CREATE FUNCTION note_change_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.change_number := {CURRENT};
    RETURN NEW;
END $$
"""

DELETED = """
CREATE FUNCTION note_charging_session_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO charging_session_deletion (id, started_at, site_id, user_id, deleted_at)
    VALUES (OLD.id, OLD.started_at, OLD.site_id, OLD.user_id, now());
    RETURN NULL;
END $$
"""

TRIGGERS = (
    "CREATE TRIGGER change_number BEFORE UPDATE ON charging_session FOR EACH ROW EXECUTE FUNCTION note_change_number()",
    "CREATE TRIGGER deletion AFTER DELETE ON charging_session"
    " FOR EACH ROW EXECUTE FUNCTION note_charging_session_deletion()",
)


def number() -> sa.Column:
    return sa.Column("change_number", sa.BigInteger(), server_default=sa.text(CURRENT), nullable=False)


def upgrade() -> None:
    op.execute(NUMBER)
    for table in TABLES:
        # The default is worked out once for what is there: no row is rewritten, and all of them count as changed now.
        op.add_column(table, number())
        op.create_index(f"ix_{table}_change", table, ["change_number", "id"])
    op.create_table(
        "charging_session_deletion",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        number(),
        sa.PrimaryKeyConstraint("id", name="pk_charging_session_deletion"),
    )
    op.create_index("ix_charging_session_deletion_change", "charging_session_deletion", ["change_number", "id"])
    for statement in (CHANGED, DELETED, *TRIGGERS):
        op.execute(statement)
    op.add_column(
        "personal_api_key",
        sa.Column("is_read_only", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("personal_api_key", "is_read_only")
    op.execute("DROP TRIGGER deletion ON charging_session")
    op.execute("DROP TRIGGER change_number ON charging_session")
    op.execute("DROP FUNCTION note_charging_session_deletion()")
    op.execute("DROP FUNCTION note_change_number()")
    op.drop_table("charging_session_deletion")
    for table in TABLES:
        op.drop_index(f"ix_{table}_change", table)
        op.drop_column(table, "change_number")
    op.execute("DROP FUNCTION change_number(xid8)")
