"""e-mails about alarms: who wants them when, and what waits to be sent

Revision ID: 2026_11_30_alarm_mail
Revises: 2026_11_30_alarms_of_no_site
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_alarm_mail"
down_revision = "2026_11_30_alarms_of_no_site"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "ab_user", sa.Column("alarm_digest_hour", sa.SmallInteger(), server_default=sa.text("7"), nullable=False)
    )
    op.add_column(
        "ab_user",
        sa.Column(
            "alarms_at_once", postgresql.ARRAY(sa.String(length=32)), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    op.create_index("ix_ab_user_alarm_email", "ab_user", ["id"], postgresql_where=sa.text("alarm_email"))
    op.add_column("alarm", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_alarm_untold", "alarm", ["id"], postgresql_where=sa.text("told_at IS NULL AND due_at IS NULL"))
    op.create_table(
        "alarm_digest_day",
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("day", sa.Date(), nullable=False),
    )
    _make_mail()


def downgrade() -> None:
    op.drop_table("alarm_mail")
    op.drop_table("alarm_digest_day")
    op.drop_index("ix_alarm_untold", "alarm")
    op.drop_column("alarm", "told_at")
    op.drop_index("ix_ab_user_alarm_email", "ab_user")
    op.drop_column("ab_user", "alarms_at_once")
    op.drop_column("ab_user", "alarm_digest_hour")


def _make_mail() -> None:
    op.create_table(
        "alarm_mail",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("ab_user.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("alarm_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
    )
    op.create_index(
        "uq_alarm_mail_day", "alarm_mail", ["user_id", "day"], unique=True, postgresql_where=sa.text("day IS NOT NULL")
    )
    op.create_index(
        "ix_alarm_mail_waiting", "alarm_mail", ["user_id", "id"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index("ix_alarm_mail_latest", "alarm_mail", ["user_id", "id"])
    op.create_index("ix_alarm_mail_created_at", "alarm_mail", ["created_at"])
