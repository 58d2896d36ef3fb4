"""CO2 factor

How many grams of carbon dioxide a kilowatt-hour that is charged avoids. See
docs/decisions/co2-avoided-is-energy-times-a-factor.md.

Revision ID: 2026_11_29_co2
Revises: 2026_11_29_states
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_co2"
down_revision = "2026_11_29_states"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "system", sa.Column("co2_avoided_g_per_kwh", sa.Integer(), server_default=sa.text("500"), nullable=False)
    )
    op.create_check_constraint("ck_system_co2_avoided", "system", "co2_avoided_g_per_kwh BETWEEN 0 AND 2000")


def downgrade() -> None:
    op.drop_constraint("ck_system_co2_avoided", "system")
    op.drop_column("system", "co2_avoided_g_per_kwh")
