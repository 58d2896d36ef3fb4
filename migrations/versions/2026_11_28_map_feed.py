"""what maps are told

Revision ID: 2026_11_28_map_feed
Revises: 2026_11_28_maximum_current
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_28_map_feed"
down_revision = "2026_11_28_maximum_current"
branch_labels = None
depends_on = None


COLUMNS = ("station_id", "number", "uuid", "connector_type", "parking", "mode")
"""Of an outlet, what others are told of it besides its state (2026_11_28_services)."""


def upgrade() -> None:
    _note_changes_of(*COLUMNS, "max_current_a")
    op.create_table(
        "feed_location",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("service_id", "location_id"),
    )
    op.create_index("ix_feed_location_updated", "feed_location", ["service_id", "updated_at", "location_id"])
    op.create_index("ix_feed_location_site_id", "feed_location", ["site_id"])
    op.create_table(
        "feed_evse",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.String(length=36), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("outlet_id", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("is_removed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("connector_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("service_id", "location_id", "uid"),
    )
    not_removed = sa.text("NOT is_removed")
    op.create_index("ix_feed_evse_station", "feed_evse", ["station_id"], postgresql_where=not_removed)
    op.create_index("ix_feed_evse_site", "feed_evse", ["site_id"])


def downgrade() -> None:
    op.drop_table("feed_evse")
    op.drop_table("feed_location")
    _note_changes_of(*COLUMNS)


def _note_changes_of(*columns: str) -> None:
    was, becomes = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE OR REPLACE TRIGGER service_place AFTER UPDATE ON outlet FOR EACH ROW"
        f" WHEN (({was}) IS DISTINCT FROM ({becomes})) EXECUTE FUNCTION note_outlet_place()"
    )
