"""people who were deleted, and of whom other rows still tell

Revision ID: 2026_11_30_erasures
Revises: 2026_11_30_alarm_mail
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_erasures"
down_revision = "2026_11_30_alarm_mail"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed_traces", sa.Text(), nullable=False),
        sa.Column("running", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("searched_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("user_id"),
    )


def downgrade() -> None:
    op.drop_table("erasure")
