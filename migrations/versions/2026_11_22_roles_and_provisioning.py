"""roles, provisioning, second factor, news, audit log

Revision ID: 2026_11_22_roles
Revises: 2026_11_22_first
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tag_identities

revision = "2026_11_22_roles"
down_revision = "2026_11_22_first"
branch_labels = None
depends_on = None

NO_WORDS = sa.text("'{}'")
NO = sa.text("false")


def upgrade() -> None:
    _add_columns()
    _add_identity()
    _add_beginnings()
    op.create_index("ix_event_site", "event", ["site_id", "happened_at", "id"])
    op.create_index("uq_ab_user_role_user_id", "ab_user_role", ["user_id"], unique=True)
    _make_site_tables()
    _make_news()
    _make_password_reset()
    _make_audit_entry()
    _make_personal_api_key()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_to_change_the_audit_log")
    op.drop_index("uq_ab_user_role_user_id", table_name="ab_user_role")
    op.drop_index("ix_event_site", table_name="event")
    for name in BEGINNINGS:
        op.drop_index(f"ix_ab_user_{name}_begins", table_name="ab_user")
    op.drop_index("ix_id_token_token", table_name="id_token")
    op.drop_constraint("ck_id_token_validity", "id_token")
    op.drop_constraint("uq_id_token_identity", "id_token")
    op.create_index("uq_id_token_token", "id_token", [sa.literal_column("lower(token::text)")], unique=True)
    for table, columns in ADDED.items():
        for name in columns:
            op.drop_column(table, name)


TABLES = (
    "personal_api_key",
    "audit_entry",
    "password_reset",
    "news_read",
    "news",
    "site_driver",
    "site_administrator",
)
"""In the order in which they go."""
ADDED = {
    "ab_user": (
        "recovery_code_hashes",
        "totp_last_step",
        "totp_secret",
        "sign_in_number",
        "dashboard_panes",
        "alarm_email",
    ),
    "id_token": ("parent_token", "valid_from_at", "identity"),
    "site": ("tag_digits", "tag_byte_order"),
    "station": ("tag_digits", "tag_byte_order"),
    "system": ("second_factor_roles",),
}


def _add_columns() -> None:
    op.add_column("ab_user", sa.Column("alarm_email", sa.Boolean(), server_default=NO, nullable=False))
    op.add_column("ab_user", sa.Column("dashboard_panes", sa.ARRAY(sa.String(length=50)), nullable=True))
    op.add_column("ab_user", sa.Column("sign_in_number", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("ab_user", sa.Column("totp_secret", sa.String(length=255), nullable=True))
    op.add_column("ab_user", sa.Column("totp_last_step", sa.BigInteger(), nullable=True))
    op.add_column(
        "ab_user",
        sa.Column("recovery_code_hashes", sa.ARRAY(sa.String(length=64)), server_default=NO_WORDS, nullable=False),
    )
    op.add_column(
        "system",
        sa.Column("second_factor_roles", sa.ARRAY(sa.String(length=64)), server_default=NO_WORDS, nullable=False),
    )
    for table in ("site", "station"):
        op.add_column(table, sa.Column("tag_byte_order", sa.String(length=32), nullable=True))
        op.add_column(table, sa.Column("tag_digits", sa.String(length=32), nullable=True))
    op.add_column("id_token", sa.Column("valid_from_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("id_token", sa.Column("parent_token", sa.String(length=20), nullable=True))


def _add_identity() -> None:
    op.add_column("id_token", sa.Column("identity", sa.String(length=64), nullable=True))
    tag_identities.fill(op.get_bind())
    op.alter_column("id_token", "identity", nullable=False)
    op.create_unique_constraint("uq_id_token_identity", "id_token", ["identity"])
    op.drop_index("uq_id_token_token", table_name="id_token")
    op.create_check_constraint("ck_id_token_validity", "id_token", "valid_from_at < expires_at")
    op.create_index("ix_id_token_token", "id_token", ["token", "id"])


BEGINNINGS = {"username": "username", "first_name": "lower(first_name)", "last_name": "lower(last_name)"}


def _add_beginnings() -> None:
    for name, expression in BEGINNINGS.items():
        op.create_index(
            f"ix_ab_user_{name}_begins",
            "ab_user",
            [sa.literal_column(expression).label(name)],
            postgresql_ops={name: "text_pattern_ops"},
        )


def _make_site_tables() -> None:
    op.create_table(
        "site_administrator",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "site_id"),
    )
    op.create_index("ix_site_administrator_site_id", "site_administrator", ["site_id"])
    op.create_table(
        "site_driver",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("site_id", "user_id"),
    )
    op.create_index("ix_site_driver_user_id", "site_driver", ["user_id"])
    op.execute(
        "INSERT INTO site_driver (site_id, user_id) SELECT DISTINCT site.id, user_id"
        " FROM charging_session JOIN site ON site.id = charging_session.site_id WHERE user_id IS NOT NULL"
    )


def _make_news() -> None:
    op.create_table(
        "news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("roles", sa.ARRAY(sa.String(length=64)), server_default=NO_WORDS, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_news_published_from_at", "news", ["published_from_at"])
    op.create_table(
        "news_read",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("news_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["news_id"], ["news.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "news_id"),
    )
    op.create_index("ix_news_read_news_id", "news_read", ["news_id"])


def _make_password_reset() -> None:
    op.create_table(
        "password_reset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_hash"),
    )
    op.create_index("ix_password_reset_user_id", "password_reset", ["user_id"])


def _make_audit_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("action", sa.String(length=50), nullable=False),
        sa.Column("object_kind", sa.String(length=50), nullable=True),
        sa.Column("object_id", sa.String(length=64), nullable=True),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.Column("previous_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("happened_at", "user_id", "address", "action", "object_kind", "object_id"):
        op.create_index(f"ix_audit_entry_{column}", "audit_entry", [column, "id"])
    op.execute(
        "CREATE FUNCTION refuse_to_change_the_audit_log() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'The audit log is append-only.' USING ERRCODE = 'insufficient_privilege'; END $$"
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_audit_log()"
    )


def _make_personal_api_key() -> None:
    op.create_table(
        "personal_api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_hash"),
        sa.UniqueConstraint("user_id", "name", name="uq_personal_api_key_name"),
    )
