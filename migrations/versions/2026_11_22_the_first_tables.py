"""the first tables

Revision ID: 2026_11_22_first
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_first"
down_revision = None
branch_labels = None
depends_on = None

PARTITIONED = ("charging_session", "event", "meter_value")


def upgrade() -> None:
    op.create_table(
        "ab_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("label", sa.String(length=150), nullable=True),
        sa.Column("description", sa.String(length=512), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "ab_permission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "ab_register_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("registration_date", sa.DateTime(), nullable=True),
        sa.Column("registration_hash", sa.String(length=256), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("username"),
    )
    op.create_table(
        "ab_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "ab_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("last_login", sa.DateTime(), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("fail_login_count", sa.Integer(), nullable=True),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("changed_on", sa.DateTime(), nullable=True),
        sa.Column("created_by_fk", sa.Integer(), nullable=True),
        sa.Column("changed_by_fk", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_fk"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["created_by_fk"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("username"),
    )
    op.create_table(
        "ab_view_menu",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("outlet_id", sa.Integer(), nullable=True),
        sa.Column("charging_session_id", sa.BigInteger(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.PrimaryKeyConstraint("id", "happened_at", name="pk_event"),
        postgresql_partition_by="RANGE (happened_at)",
    )
    op.create_index("ix_event_happened_at", "event", ["happened_at", "id"], unique=False)
    op.create_index("ix_event_station", "event", ["station_id", "happened_at", "id"], unique=False)
    op.create_table(
        "meter_value",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outlet_id", sa.Integer(), nullable=False),
        sa.Column("charging_session_id", sa.BigInteger(), nullable=True),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("energy_wh", sa.Double(), nullable=True),
        sa.Column("power_w", sa.Double(), nullable=True),
        sa.Column("current_a", sa.Double(), nullable=True),
        sa.Column("soc_percent", sa.Double(), nullable=True),
        sa.Column("samples", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("outlet_id", "received_at", "id", name="pk_meter_value"),
        postgresql_partition_by="RANGE (received_at)",
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("street", sa.String(length=200), server_default="", nullable=False),
        sa.Column("postal_code", sa.String(length=20), server_default="", nullable=False),
        sa.Column("city", sa.String(length=100), server_default="", nullable=False),
        sa.Column("country", sa.String(length=100), server_default="", nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "system",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("id = 1", name="ck_system_one_row"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "unknown_station",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_box_id", sa.String(length=100), nullable=False),
        sa.Column("protocol", sa.String(length=20), nullable=True),
        sa.Column("remote_address", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("charge_box_id"),
    )
    op.create_index(op.f("ix_unknown_station_last_seen_at"), "unknown_station", ["last_seen_at"], unique=False)
    op.create_table(
        "ab_api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("key_hash", sa.String(length=256), nullable=False),
        sa.Column("lookup_hash", sa.String(length=256), nullable=True),
        sa.Column("key_prefix", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("expires_on", sa.DateTime(), nullable=True),
        sa.Column("revoked_on", sa.DateTime(), nullable=True),
        sa.Column("last_used_on", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lookup_hash"),
        sa.UniqueConstraint("uuid"),
    )
    op.create_index("idx_api_key_lookup_hash", "ab_api_key", ["lookup_hash"], unique=True)
    op.create_index("idx_api_key_prefix", "ab_api_key", ["key_prefix"], unique=False)
    op.create_index("idx_api_key_user_id", "ab_api_key", ["user_id"], unique=False)
    op.create_table(
        "ab_group_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["ab_group.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["role_id"], ["ab_role.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("group_id", "role_id"),
    )
    op.create_index("idx_group_id", "ab_group_role", ["group_id"], unique=False)
    op.create_index("idx_group_role_id", "ab_group_role", ["role_id"], unique=False)
    op.create_table(
        "ab_permission_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permission_id", sa.Integer(), nullable=False),
        sa.Column("view_menu_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_id"],
            ["ab_permission.id"],
        ),
        sa.ForeignKeyConstraint(
            ["view_menu_id"],
            ["ab_view_menu.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("permission_id", "view_menu_id"),
    )
    op.create_index("idx_permission_id", "ab_permission_view", ["permission_id"], unique=False)
    op.create_index("idx_view_menu_id", "ab_permission_view", ["view_menu_id"], unique=False)
    op.create_table(
        "ab_user_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["ab_group.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "group_id"),
    )
    op.create_index("idx_user_group_id", "ab_user_group", ["group_id"], unique=False)
    op.create_index("idx_user_id", "ab_user_group", ["user_id"], unique=False)
    op.create_table(
        "ab_user_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["role_id"], ["ab_role.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "role_id"),
    )
    op.create_table(
        "charging_session",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "duration_seconds",
            sa.Double(),
            sa.Computed("extract(epoch from (ended_at - started_at))::double precision", persisted=True),
            nullable=True,
        ),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("floor_id", sa.Integer(), nullable=True),
        sa.Column("outlet_id", sa.Integer(), nullable=False),
        sa.Column("site_name", sa.String(length=100), nullable=False),
        sa.Column("station_name", sa.String(length=100), nullable=False),
        sa.Column("outlet_number", sa.SmallInteger(), nullable=False),
        sa.Column("authorization", sa.SmallInteger(), nullable=False),
        sa.Column("id_token", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("meter_start_wh", sa.BigInteger(), nullable=False),
        sa.Column("meter_stop_wh", sa.BigInteger(), nullable=True),
        sa.Column(
            "meter_wh",
            sa.BigInteger(),
            sa.Computed("coalesce(meter_stop_wh, meter_start_wh)", persisted=True),
            nullable=False,
        ),
        sa.Column("energy_wh", sa.BigInteger(), nullable=True),
        sa.Column("stop_reason", sa.String(length=32), nullable=True),
        sa.Column("review_reasons", sa.ARRAY(sa.String(length=50)), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", "started_at", name="pk_charging_session"),
        postgresql_partition_by="RANGE (started_at)",
    )
    op.create_index("ix_charging_session_authorization", "charging_session", ["authorization", "id"], unique=False)
    op.create_index(
        "ix_charging_session_duration_seconds", "charging_session", ["duration_seconds", "id"], unique=False
    )
    op.create_index("ix_charging_session_email", "charging_session", ["email", "id"], unique=False)
    op.create_index("ix_charging_session_ended_at", "charging_session", ["ended_at", "id"], unique=False)
    op.create_index("ix_charging_session_energy_wh", "charging_session", ["energy_wh", "id"], unique=False)
    op.create_index("ix_charging_session_logged_at", "charging_session", ["logged_at", "id"], unique=False)
    op.create_index("ix_charging_session_meter_wh", "charging_session", ["meter_wh", "id"], unique=False)
    op.create_index("ix_charging_session_node", "charging_session", ["node_id", "started_at", "id"], unique=False)
    op.create_index(
        "ix_charging_session_open",
        "charging_session",
        ["outlet_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_charging_session_outlet_number", "charging_session", ["outlet_number", "id"], unique=False)
    op.create_index(
        "ix_charging_session_review",
        "charging_session",
        [sa.literal_column("(cardinality(review_reasons) > 0)"), "id"],
        unique=False,
    )
    op.create_index("ix_charging_session_site", "charging_session", ["site_id", "started_at", "id"], unique=False)
    op.create_index("ix_charging_session_site_name", "charging_session", ["site_name", "id"], unique=False)
    op.create_index("ix_charging_session_started_at", "charging_session", ["started_at", "id"], unique=False)
    op.create_index("ix_charging_session_station_name", "charging_session", ["station_name", "id"], unique=False)
    op.create_index("ix_charging_session_user", "charging_session", ["user_id", "started_at", "id"], unique=False)
    op.create_index(
        "uq_charging_session_start",
        "charging_session",
        ["outlet_id", "started_at", "id_token", "meter_start_wh"],
        unique=True,
    )
    op.create_table(
        "floor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id", "site_id", name="uq_floor_id_site_id"),
        sa.UniqueConstraint("site_id", "name", name="uq_floor_site_id_name"),
    )
    op.create_table(
        "id_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("description", sa.String(length=200), server_default="", nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("blocked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_id_token_user_id"), "id_token", ["user_id"], unique=False)
    op.create_index("uq_id_token_token", "id_token", [sa.literal_column("lower(token)")], unique=True)
    op.create_table(
        "ab_permission_view_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permission_view_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["permission_view_id"], ["ab_permission_view.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["role_id"], ["ab_role.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("permission_view_id", "role_id"),
    )
    op.create_index("idx_permission_view_id", "ab_permission_view_role", ["permission_view_id"], unique=False)
    op.create_index("idx_role_id", "ab_permission_view_role", ["role_id"], unique=False)
    op.create_table(
        "station",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("floor_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("charge_box_id", sa.String(length=100), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("charging_station", "supply_controller", name="stationkind", native_enum=False, length=32),
            server_default="charging_station",
            nullable=False,
        ),
        sa.Column("protocol", sa.String(length=20), nullable=True),
        sa.Column("vendor", sa.String(length=100), nullable=True),
        sa.Column("model", sa.String(length=100), nullable=True),
        sa.Column("serial_number", sa.String(length=100), nullable=True),
        sa.Column("firmware_version", sa.String(length=100), nullable=True),
        sa.Column("booted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("online", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("connection_number", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "available",
                "preparing",
                "charging",
                "suspended_ev",
                "suspended_evse",
                "finishing",
                "reserved",
                "unavailable",
                "faulted",
                "occupied",
                name="outletstatus",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("error_code", sa.String(length=50), nullable=True),
        sa.Column("vendor_error_code", sa.String(length=50), nullable=True),
        sa.Column("status_info", sa.String(length=255), nullable=True),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["floor_id", "site_id"],
            ["floor.id", "floor.site_id"],
            name="fk_station_floor",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("charge_box_id"),
    )
    op.create_index("ix_station_online", "station", ["last_seen_at"], unique=False, postgresql_where=sa.text("online"))
    op.create_index("ix_station_site_id_floor_id", "station", ["site_id", "floor_id"], unique=False)
    op.create_table(
        "outlet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("connector_type", sa.String(length=50), server_default="", nullable=False),
        sa.Column("parking", sa.String(length=100), server_default="", nullable=False),
        sa.Column(
            "mode",
            sa.Enum("open", "rfid", name="outletmode", native_enum=False, length=32),
            server_default="rfid",
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "available",
                "preparing",
                "charging",
                "suspended_ev",
                "suspended_evse",
                "finishing",
                "reserved",
                "unavailable",
                "faulted",
                "occupied",
                name="outletstatus",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("error_code", sa.String(length=50), nullable=True),
        sa.Column("vendor_error_code", sa.String(length=50), nullable=True),
        sa.Column("status_info", sa.String(length=255), nullable=True),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("occupied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number > 0", name="ck_outlet_number"),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("station_id", "number", name="uq_outlet_station_id_number"),
        sa.UniqueConstraint("uuid"),
        postgresql_with={"fillfactor": "70"},
    )
    # A row whose month has no partition waits here (domain/partitions.py).
    for table in PARTITIONED:
        op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")


def downgrade() -> None:
    op.drop_table("outlet")
    op.drop_index("ix_station_site_id_floor_id", table_name="station")
    op.drop_index("ix_station_online", table_name="station", postgresql_where=sa.text("online"))
    op.drop_table("station")
    op.drop_index("idx_role_id", table_name="ab_permission_view_role")
    op.drop_index("idx_permission_view_id", table_name="ab_permission_view_role")
    op.drop_table("ab_permission_view_role")
    op.drop_index("uq_id_token_token", table_name="id_token")
    op.drop_index(op.f("ix_id_token_user_id"), table_name="id_token")
    op.drop_table("id_token")
    op.drop_table("floor")
    op.drop_index("uq_charging_session_start", table_name="charging_session")
    op.drop_index("ix_charging_session_user", table_name="charging_session")
    op.drop_index("ix_charging_session_station_name", table_name="charging_session")
    op.drop_index("ix_charging_session_started_at", table_name="charging_session")
    op.drop_index("ix_charging_session_site_name", table_name="charging_session")
    op.drop_index("ix_charging_session_site", table_name="charging_session")
    op.drop_index("ix_charging_session_review", table_name="charging_session")
    op.drop_index("ix_charging_session_outlet_number", table_name="charging_session")
    op.drop_index(
        "ix_charging_session_open",
        table_name="charging_session",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_charging_session_node", table_name="charging_session")
    op.drop_index("ix_charging_session_meter_wh", table_name="charging_session")
    op.drop_index("ix_charging_session_logged_at", table_name="charging_session")
    op.drop_index("ix_charging_session_energy_wh", table_name="charging_session")
    op.drop_index("ix_charging_session_ended_at", table_name="charging_session")
    op.drop_index("ix_charging_session_email", table_name="charging_session")
    op.drop_index("ix_charging_session_duration_seconds", table_name="charging_session")
    op.drop_index("ix_charging_session_authorization", table_name="charging_session")
    op.drop_table("charging_session")
    op.drop_table("ab_user_role")
    op.drop_index("idx_user_id", table_name="ab_user_group")
    op.drop_index("idx_user_group_id", table_name="ab_user_group")
    op.drop_table("ab_user_group")
    op.drop_index("idx_view_menu_id", table_name="ab_permission_view")
    op.drop_index("idx_permission_id", table_name="ab_permission_view")
    op.drop_table("ab_permission_view")
    op.drop_index("idx_group_role_id", table_name="ab_group_role")
    op.drop_index("idx_group_id", table_name="ab_group_role")
    op.drop_table("ab_group_role")
    op.drop_index("idx_api_key_user_id", table_name="ab_api_key")
    op.drop_index("idx_api_key_prefix", table_name="ab_api_key")
    op.drop_index("idx_api_key_lookup_hash", table_name="ab_api_key")
    op.drop_table("ab_api_key")
    op.drop_index(op.f("ix_unknown_station_last_seen_at"), table_name="unknown_station")
    op.drop_table("unknown_station")
    op.drop_table("system")
    op.drop_table("site")
    op.drop_table("meter_value")
    op.drop_index("ix_event_station", table_name="event")
    op.drop_index("ix_event_happened_at", table_name="event")
    op.drop_table("event")
    op.drop_table("ab_view_menu")
    op.drop_table("ab_user")
    op.drop_table("ab_role")
    op.drop_table("ab_register_user")
    op.drop_table("ab_permission")
    op.drop_table("ab_group")
