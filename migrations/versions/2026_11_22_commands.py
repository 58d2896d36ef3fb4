"""commands to stations

Revision ID: 2026_11_22_commands
Revises: 2026_11_22_roles
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_commands"
down_revision = "2026_11_22_roles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "command",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("outlet_id", sa.Integer(), nullable=True),
        sa.Column("charging_session_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("parameters", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("connection_number", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    for name, order in (("station", "id"), ("site", "id"), ("outlet", "created_at"), ("user", "created_at")):
        op.create_index(f"ix_command_{name}", "command", [f"{name}_id", order])
    queued, is_open = sa.text("state = 'queued'"), sa.text("state IN ('queued', 'sent')")
    op.create_index("ix_command_queued", "command", ["station_id", "id"], postgresql_where=queued)
    op.create_index("ix_command_open", "command", ["deadline_at"], postgresql_where=is_open)


def downgrade() -> None:
    op.drop_table("command")
