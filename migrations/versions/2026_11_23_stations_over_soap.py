"""stations over SOAP

Revision ID: 2026_11_23_soap
Revises: 2026_11_22_stations
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_soap"
down_revision = "2026_11_22_stations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("station", sa.Column("endpoint_url", sa.String(length=500), nullable=True))
    op.add_column("station", sa.Column("told_endpoint_url", sa.String(length=500), nullable=True))
    op.add_column("station", sa.Column("heartbeat_seconds", sa.Integer(), nullable=True))
    op.create_index("ix_command_sent", "command", ["station_id"], postgresql_where=sa.text("state = 'sent'"))


def downgrade() -> None:
    op.drop_index("ix_command_sent", "command")
    for name in ("heartbeat_seconds", "told_endpoint_url", "endpoint_url"):
        op.drop_column("station", name)
