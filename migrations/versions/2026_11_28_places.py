"""plans of floors, stations on them, addresses of stations

Revision ID: 2026_11_28_places
Revises: 2026_11_23_message_ids
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_places"
down_revision = "2026_11_23_message_ids"
branch_labels = None
depends_on = None

WORDS = {"street": 200, "postal_code": 20, "city": 100, "country": 100}
ON_PLAN = (
    "(plan_x IS NULL) = (plan_y IS NULL) AND (plan_x IS NULL OR floor_id IS NOT NULL)"
    " AND plan_x BETWEEN 0 AND 1 AND plan_y BETWEEN 0 AND 1"
)


def upgrade() -> None:
    op.create_table(
        "floor_plan",
        sa.Column("floor_id", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["floor_id"], ["floor.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("floor_id"),
    )
    op.add_column("floor", sa.Column("plan_sha256", sa.String(length=64), nullable=True))
    op.add_column("floor", sa.Column("plan_width_px", sa.Integer(), nullable=True))
    op.add_column("floor", sa.Column("plan_height_px", sa.Integer(), nullable=True))
    for name, length in WORDS.items():
        op.add_column("station", sa.Column(name, sa.String(length=length), server_default="", nullable=False))
    for name in ("latitude", "longitude", "plan_x", "plan_y"):
        op.add_column("station", sa.Column(name, sa.Double(), nullable=True))
    op.create_check_constraint("ck_station_on_plan", "station", ON_PLAN)
    op.create_check_constraint("ck_station_position", "station", "(latitude IS NULL) = (longitude IS NULL)")


def downgrade() -> None:
    op.drop_constraint("ck_station_position", "station")
    op.drop_constraint("ck_station_on_plan", "station")
    for name in ("plan_y", "plan_x", "longitude", "latitude", *reversed(WORDS)):
        op.drop_column("station", name)
    for name in ("plan_height_px", "plan_width_px", "plan_sha256"):
        op.drop_column("floor", name)
    op.drop_table("floor_plan")
