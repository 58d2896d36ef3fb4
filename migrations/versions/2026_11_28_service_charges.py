"""charges that services ask for

Revision ID: 2026_11_28_service_charges
Revises: 2026_11_28_map_feed
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_service_charges"
down_revision = "2026_11_28_map_feed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_charge",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("outlet_id", sa.Integer(), nullable=False),
        sa.Column("outlet_uuid", sa.Uuid(), nullable=False),
        sa.Column("id_token", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begins_until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.BigInteger(), nullable=True),
        sa.Column("charging_session_id", sa.BigInteger(), nullable=True),
        sa.Column("next_progress_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id_token"),
        sa.UniqueConstraint("service_id", "reference", name="uq_service_charge_reference"),
    )
    is_open = sa.text("state IN ('asked', 'charging')")
    op.create_index("ix_service_charge_open", "service_charge", ["service_id", "id"], postgresql_where=is_open)
    op.create_index("ix_service_charge_charging_session", "service_charge", ["charging_session_id"])


def downgrade() -> None:
    op.drop_table("service_charge")
