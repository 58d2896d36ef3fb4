"""tables as each user likes to see them

Revision ID: 2026_11_29_saved_views
Revises: 2026_11_29_evidence
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_saved_views"
down_revision = "2026_11_29_evidence"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("ab_user.id", ondelete="CASCADE"), nullable=False),
        sa.Column("table_name", sa.String(100), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.String(4000), nullable=False),
        sa.UniqueConstraint("user_id", "table_name", "name", name="uq_saved_view_name"),
    )


def downgrade() -> None:
    op.drop_table("saved_view")
