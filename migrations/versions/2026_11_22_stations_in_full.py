"""stations in full

Revision ID: 2026_11_22_stations
Revises: 2026_11_22_commands
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_stations"
down_revision = "2026_11_22_commands"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "local_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("entries", postgresql.JSONB(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=50), nullable=True),
        sa.Column("unique_id", sa.String(length=36), nullable=True),
        sa.Column("frame", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("station_id", "at", "id", name="pk_message"),
        postgresql_partition_by="RANGE (at)",
    )
    op.execute("CREATE TABLE message_default PARTITION OF message DEFAULT")
    op.create_table(
        "command_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("parameters", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("waits", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("stations", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_command_batch_user", "command_batch", ["user_id", "created_at"], unique=False)
    op.create_table(
        "firmware_image",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=50), nullable=False),
        sa.Column("vendor", sa.String(length=100), server_default="", nullable=False),
        sa.Column("model", sa.String(length=100), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("signing_certificate", sa.Text(), nullable=True),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("vendor", "model", "version", name="uq_firmware_image_version"),
    )
    op.create_table(
        "rollout",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("source_station_id", sa.Integer(), nullable=True),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.Column("wave_size", sa.Integer(), nullable=False),
        sa.Column("restarts", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("return_seconds", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_rollout_running", "rollout", ["id"], unique=False, postgresql_where=sa.text("state = 'running'")
    )
    op.create_index("ix_rollout_user", "rollout", ["user_id", "created_at"], unique=False)
    op.create_table(
        "rollout_station",
        sa.Column("rollout_id", sa.BigInteger(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("details", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("command_id", sa.BigInteger(), nullable=True),
        sa.Column("connection_number", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["rollout_id"], ["rollout.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("rollout_id", "station_id"),
    )
    op.create_index(
        "ix_rollout_station_active",
        "rollout_station",
        ["command_id"],
        unique=False,
        postgresql_where=sa.text("step IN ('changing', 'returning')"),
    )
    op.create_index("ix_rollout_station_order", "rollout_station", ["rollout_id", "position"], unique=False)
    op.create_index("ix_rollout_station_station", "rollout_station", ["station_id"], unique=False)
    op.create_table(
        "station_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("via", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("command_id", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_station_file_station", "station_file", ["station_id", "started_at"], unique=False)
    op.create_index(
        "ix_station_file_receiving",
        "station_file",
        ["changed_at"],
        unique=False,
        postgresql_where=sa.text("state = 'receiving'"),
    )
    op.create_table(
        "station_parameter",
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("is_readonly", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_value", sa.Text(), nullable=True),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("command_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("station_id", "key"),
    )
    op.create_table(
        "station_password_failure",
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("station_id", "address"),
    )
    op.add_column("command", sa.Column("batch_id", sa.BigInteger(), nullable=True))
    op.add_column("command", sa.Column("waits", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("command", sa.Column("outcome", postgresql.JSONB(), nullable=True))
    op.add_column("command", sa.Column("progress", sa.String(length=32), nullable=True))
    op.add_column("command", sa.Column("progress_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_command_batch",
        "command",
        ["batch_id", "id"],
        unique=False,
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index("ix_command_station_action", "command", ["station_id", "action", "id"], unique=False)
    # The history of commands is read in the order of time.
    for name in ("station", "site"):
        op.drop_index(f"ix_command_{name}", table_name="command")
        op.create_index(f"ix_command_{name}", "command", [f"{name}_id", "created_at", "id"])
    op.create_index("ix_command_created_at", "command", ["created_at", "id"])
    op.create_foreign_key(
        "command_batch_id_fkey", "command", "command_batch", ["batch_id"], ["id"], ondelete="SET NULL"
    )
    op.add_column("station", sa.Column("password_hash", sa.String(length=200), nullable=True))
    op.add_column("station", sa.Column("password_required", sa.Boolean(), nullable=True))
    op.add_column("station", sa.Column("password_hash_before", sa.String(length=200), nullable=True))
    op.add_column("station", sa.Column("file_key_number", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("station", sa.Column("clock_offset_seconds", sa.Double(), nullable=True))
    op.add_column("station", sa.Column("parameters_read_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("station", sa.Column("local_list_version", sa.Integer(), nullable=True))
    op.add_column("station", sa.Column("local_list_id", sa.Integer(), nullable=True))
    op.add_column("station", sa.Column("local_list_sent_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        "station_local_list_id_fkey", "station", "local_list", ["local_list_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index(
        "ix_station_local_list",
        "station",
        ["local_list_id"],
        unique=False,
        postgresql_where=sa.text("local_list_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_station_local_list", table_name="station", postgresql_where=sa.text("local_list_id IS NOT NULL"))
    op.drop_constraint("station_local_list_id_fkey", "station", type_="foreignkey")
    op.drop_column("station", "local_list_sent_at")
    op.drop_column("station", "local_list_id")
    op.drop_column("station", "local_list_version")
    op.drop_column("station", "parameters_read_at")
    op.drop_column("station", "clock_offset_seconds")
    op.drop_column("station", "file_key_number")
    op.drop_column("station", "password_hash_before")
    op.drop_column("station", "password_required")
    op.drop_column("station", "password_hash")
    op.drop_constraint("command_batch_id_fkey", "command", type_="foreignkey")
    op.drop_index("ix_command_created_at", table_name="command")
    for name in ("station", "site"):
        op.drop_index(f"ix_command_{name}", table_name="command")
        op.create_index(f"ix_command_{name}", "command", [f"{name}_id", "id"])
    op.drop_index("ix_command_station_action", table_name="command")
    op.drop_index("ix_command_batch", table_name="command", postgresql_where=sa.text("batch_id IS NOT NULL"))
    op.drop_column("command", "progress_at")
    op.drop_column("command", "progress")
    op.drop_column("command", "outcome")
    op.drop_column("command", "waits")
    op.drop_column("command", "batch_id")
    op.drop_table("station_password_failure")
    op.drop_table("station_parameter")
    op.drop_table("station_file")
    op.drop_table("rollout_station")
    op.drop_table("rollout")
    op.drop_table("firmware_image")
    op.drop_table("command_batch")
    op.drop_table("message")
    op.drop_table("local_list")
