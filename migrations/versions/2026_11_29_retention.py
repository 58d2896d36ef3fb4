"""for how long what is kept

Revision ID: 2026_11_29_retention
Revises: 2026_11_29_backups
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_retention"
down_revision = "2026_11_29_backups"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retention",
        sa.Column("kept", sa.String(length=32), primary_key=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("done_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("days > 0", name="ck_retention_days"),
    )


def downgrade() -> None:
    op.drop_table("retention")
