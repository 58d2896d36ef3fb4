"""how the energy of a charge is known, and who has looked at it

Revision ID: 2026_11_29_evidence
Revises: 2026_11_29_rollups
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_evidence"
down_revision = "2026_11_29_rollups"
branch_labels = None
depends_on = None

TABLE = "charging_session"
RUNNING = "UPDATE charging_session SET energy_source = NULL, grade = NULL WHERE ended_at IS NULL"
DOUBTFUL = """
UPDATE charging_session SET
    needs_review = true,
    energy_source = CASE
        WHEN ended_at IS NULL THEN NULL
        WHEN energy_wh IS NULL THEN 'nothing'
        WHEN review_reasons && '{stop_missing,meter_stop_smaller,meter_start_larger,energy_too_large}' THEN 'samples'
        ELSE 'register' END,
    grade = CASE
        WHEN ended_at IS NULL THEN NULL
        WHEN energy_wh IS NULL THEN 'D'
        ELSE 'C' END
WHERE (cardinality(review_reasons) > 0) IS true
"""
"""Few rows, found by the index that is then dropped."""


def upgrade() -> None:
    for column in _columns():
        op.add_column(TABLE, column)
    op.alter_column(TABLE, "energy_source", server_default=None)
    op.alter_column(TABLE, "grade", server_default=None)
    op.execute(RUNNING)
    op.execute(DOUBTFUL)
    op.drop_index("ix_charging_session_review", table_name=TABLE)
    op.create_index(
        "ix_charging_session_needs_review",
        TABLE,
        ["started_at", "id"],
        postgresql_where=sa.text("needs_review IS true"),
    )
    op.create_index(
        "ix_charging_session_reviewed",
        TABLE,
        ["id"],
        postgresql_where=sa.text("(reviewed_at IS NOT NULL) IS true"),
    )
    op.create_index("ix_charging_session_grade", TABLE, ["grade", "id"])
    _make_review()


def downgrade() -> None:
    # What was found is in force again.
    op.execute("UPDATE charging_session SET energy_wh = original_energy_wh WHERE is_corrected")
    op.execute("UPDATE charging_session SET ended_at = original_ended_at WHERE original_ended_at IS NOT NULL")
    op.drop_table("charging_session_review")
    for name in ("grade", "reviewed", "needs_review"):
        op.drop_index(f"ix_charging_session_{name}", table_name=TABLE)
    for column in reversed(_columns()):
        op.drop_column(TABLE, column.name)
    op.create_index("ix_charging_session_review", TABLE, [sa.literal_column("(cardinality(review_reasons) > 0)"), "id"])


def _columns() -> list[sa.Column]:
    return [
        sa.Column("original_energy_wh", sa.BigInteger(), nullable=True),
        sa.Column("original_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_corrected", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        # What is there was settled by its register, which is sound; a constant default rewrites no row.
        sa.Column("energy_source", sa.String(length=16), server_default="register", nullable=True),
        sa.Column("grade", sa.String(length=1), server_default="B", nullable=True),
        sa.Column("longest_gap_seconds", sa.BigInteger(), nullable=True),
        sa.Column("needs_review", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
    ]


def _make_review() -> None:
    op.create_table(
        "charging_session_review",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("charging_session_id", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("energy_before_wh", sa.BigInteger(), nullable=True),
        sa.Column("energy_wh", sa.BigInteger(), nullable=True),
        sa.Column("ended_before_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_charging_session_review_session", "charging_session_review", ["charging_session_id", "id"])
