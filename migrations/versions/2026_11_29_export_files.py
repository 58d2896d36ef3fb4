"""files that are made of tables, and those that are made regularly

Revision ID: 2026_11_29_export_files
Revises: 2026_11_29_co2
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_export_files"
down_revision = "2026_11_29_co2"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
WORD = sa.String(32)


def upgrade() -> None:
    op.create_table(
        "export_schedule",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("ab_user.id", ondelete="CASCADE"), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("file_type", sa.String(10), nullable=False),
        sa.Column("table_name", sa.String(100), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("every", WORD, nullable=False),
        sa.Column("on_day", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("target", WORD, nullable=False),
        sa.Column("host", sa.String(255)),
        sa.Column("port", sa.Integer()),
        sa.Column("directory", sa.String(500), server_default="", nullable=False),
        sa.Column("account", sa.String(200)),
        sa.Column("sealed_password", sa.Text()),
        sa.Column("host_key", sa.Text()),
        sa.Column("is_paused", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("next_run_at", AT, nullable=False),
        sa.Column("last_run_at", AT),
        sa.Column("last_fault", WORD),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
    )
    op.create_index("ix_export_schedule_user", "export_schedule", ["user_id"])
    due = sa.text("NOT is_paused")
    op.create_index("ix_export_schedule_due", "export_schedule", ["next_run_at"], postgresql_where=due)
    op.create_table(
        "export_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("ab_user.id", ondelete="CASCADE"), nullable=False),
        sa.Column("schedule_id", sa.BigInteger(), sa.ForeignKey("export_schedule.id", ondelete="SET NULL")),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("file_type", sa.String(10), nullable=False),
        sa.Column("table_name", sa.String(100), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("made_for", sa.String(64)),
        sa.Column("state", WORD, nullable=False),
        sa.Column("reason", WORD),
        sa.Column("rows_done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rows_total", sa.BigInteger()),
        sa.Column("size_bytes", sa.BigInteger()),
        sa.Column("file_name", sa.String(300)),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("changed_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
    )
    op.create_index("ix_export_file_user", "export_file", ["user_id", "id"])
    op.create_index("ix_export_file_schedule", "export_file", ["schedule_id"])
    op.create_index("ix_export_file_expires", "export_file", ["expires_at"])
    under_way = sa.text("state IN ('queued', 'running')")
    op.create_index("ix_export_file_under_way", "export_file", ["changed_at"], postgresql_where=under_way)


def downgrade() -> None:
    op.drop_table("export_file")
    op.drop_table("export_schedule")
