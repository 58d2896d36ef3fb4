"""supply controllers: a fuse, and the stations behind it

Revision ID: 2026_11_28_supply
Revises: 2026_11_28_floors_move
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_supply"
down_revision = "2026_11_28_floors_move"
branch_labels = None
depends_on = None

COLUMNS = ("supply_controller_id", "fuse_phases", "fuse_a", "voltage_v")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("station", sa.Column(name, sa.Integer(), nullable=True))
    op.create_foreign_key(
        "fk_station_supply_controller", "station", "station", ["supply_controller_id"], ["id"], ondelete="SET NULL"
    )
    op.create_check_constraint("ck_station_fuse_phases", "station", "fuse_phases IN (1, 3)")
    op.create_check_constraint("ck_station_fuse", "station", "fuse_a > 0 AND voltage_v > 0")
    op.create_index(
        "ix_station_supply_controller_id",
        "station",
        ["supply_controller_id"],
        postgresql_where=sa.text("supply_controller_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_station_supply_controller_id", "station")
    op.drop_constraint("ck_station_fuse", "station")
    op.drop_constraint("ck_station_fuse_phases", "station")
    op.drop_constraint("fk_station_supply_controller", "station")
    for name in COLUMNS:
        op.drop_column("station", name)
