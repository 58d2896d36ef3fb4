"""a floor moves to another site with its stations

Revision ID: 2026_11_28_floors_move
Revises: 2026_11_28_service_charges
"""

from alembic import op

revision = "2026_11_28_floors_move"
down_revision = "2026_11_28_service_charges"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_key(onupdate="CASCADE")


def downgrade() -> None:
    _make_key(onupdate=None)


def _make_key(onupdate: str | None) -> None:
    op.drop_constraint("fk_station_floor", "station", type_="foreignkey")
    op.create_foreign_key(
        "fk_station_floor",
        "station",
        "floor",
        ["floor_id", "site_id"],
        ["id", "site_id"],
        ondelete="RESTRICT",
        onupdate=onupdate,
    )
