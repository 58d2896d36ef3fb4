"""the maximum current of an outlet

Revision ID: 2026_11_28_maximum_current
Revises: 2026_11_28_services
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_maximum_current"
down_revision = "2026_11_28_services"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outlet", sa.Column("max_current_a", sa.Integer(), nullable=True))
    op.create_check_constraint("ck_outlet_max_current", "outlet", "max_current_a > 0")


def downgrade() -> None:
    op.drop_constraint("ck_outlet_max_current", "outlet")
    op.drop_column("outlet", "max_current_a")
