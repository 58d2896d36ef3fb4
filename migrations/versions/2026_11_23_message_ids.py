"""longer message ids

Revision ID: 2026_11_23_message_ids
Revises: 2026_11_23_soap
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_message_ids"
down_revision = "2026_11_23_soap"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("message", "unique_id", type_=sa.String(length=100), existing_nullable=True)


def downgrade() -> None:
    op.alter_column(
        "message",
        "unique_id",
        type_=sa.String(length=36),
        existing_nullable=True,
        postgresql_using="left(unique_id, 36)",
    )
