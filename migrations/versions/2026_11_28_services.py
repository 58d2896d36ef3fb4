"""services

Besides the tables, the triggers that note what changed for services. Each looks at once whether the row is really
another, and whether any service is enabled at all. See docs/decisions/the-database-notes-what-changed.md.

Revision ID: 2026_11_28_services
Revises: 2026_11_28_places
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_28_services"
down_revision = "2026_11_28_places"
branch_labels = None
depends_on = None

NOTE = """
CREATE FUNCTION note_service_change(
    kind text, at timestamptz, site integer, station integer, outlet integer, charge bigint, was text, becomes text
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM service WHERE is_enabled) THEN
        INSERT INTO service_change (kind, at, site_id, station_id, outlet_id, charging_session_id, before, after)
        VALUES (kind, coalesce(at, clock_timestamp()), site, station, outlet, charge, was, becomes);
    END IF;
END $$
"""

FUNCTIONS = {
    "note_outlet_status": """
        PERFORM note_service_change(
            'outlet_status', NEW.status_at, NULL, NEW.station_id, NEW.id, NULL, OLD.status, NEW.status);
    """,
    "note_station_status": """
        PERFORM note_service_change(
            'station_status', NEW.status_at, NEW.site_id, NEW.id, NULL, NULL, OLD.status, NEW.status);
    """,
    "note_station_line": """
        PERFORM note_service_change(
            'station_line', NULL, NEW.site_id, NEW.id, NULL, NULL,
            CASE WHEN OLD.online THEN 'online' ELSE 'offline' END,
            CASE WHEN NEW.online THEN 'online' ELSE 'offline' END);
    """,
    "note_station_place": """
        PERFORM note_service_change('place', NULL, NEW.site_id, NEW.id, NULL, NULL, NULL, NULL);
        IF OLD.site_id <> NEW.site_id THEN
            PERFORM note_service_change('place', NULL, OLD.site_id, NEW.id, NULL, NULL, NULL, NULL);
        END IF;
    """,
    "note_site_place": """
        PERFORM note_service_change(
            'place', NULL, CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END, NULL, NULL, NULL, NULL, NULL);
    """,
    "note_floor_place": """
        PERFORM note_service_change('place', NULL, NEW.site_id, NULL, NULL, NULL, NULL, NULL);
    """,
    "note_outlet_place": """
        PERFORM note_service_change('place', NULL, station.site_id, station.id, NULL, NULL, NULL, NULL)
        FROM station WHERE station.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.station_id ELSE NEW.station_id END;
    """,
    "note_outlet_value_place": """
        PERFORM note_service_change('place', NULL, station.site_id, station.id, NULL, NULL, NULL, NULL)
        FROM outlet JOIN station ON station.id = outlet.station_id
        WHERE outlet.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.outlet_id ELSE NEW.outlet_id END;
    """,
    "note_charge": """
        PERFORM note_service_change(
            TG_ARGV[0], NULL, NEW.site_id, NEW.node_id, NEW.outlet_id, NEW.id, NULL, NULL);
    """,
}

# Name, table, when, whether the row is really another, function and its argument.
TRIGGERS = (
    (
        "service_status",
        "outlet",
        "UPDATE OF status",
        "OLD.status IS DISTINCT FROM NEW.status",
        "note_outlet_status()",
    ),
    (
        "service_place",
        "outlet",
        "UPDATE",
        "(OLD.station_id, OLD.number, OLD.uuid, OLD.connector_type, OLD.parking, OLD.mode)"
        " IS DISTINCT FROM (NEW.station_id, NEW.number, NEW.uuid, NEW.connector_type, NEW.parking, NEW.mode)",
        "note_outlet_place()",
    ),
    ("service_come_or_gone", "outlet", "INSERT OR DELETE", None, "note_outlet_place()"),
    (
        "service_status",
        "station",
        "UPDATE OF status",
        "OLD.status IS DISTINCT FROM NEW.status",
        "note_station_status()",
    ),
    ("service_line", "station", "UPDATE OF online", "OLD.online <> NEW.online", "note_station_line()"),
    (
        "service_place",
        "station",
        "UPDATE OF name, site_id, floor_id, latitude, longitude",
        "(OLD.name, OLD.site_id, OLD.floor_id, OLD.latitude, OLD.longitude)"
        " IS DISTINCT FROM (NEW.name, NEW.site_id, NEW.floor_id, NEW.latitude, NEW.longitude)",
        "note_station_place()",
    ),
    ("service_place", "site", "UPDATE", "OLD.* IS DISTINCT FROM NEW.*", "note_site_place()"),
    ("service_gone", "site", "DELETE", None, "note_site_place()"),
    ("service_place", "floor", "UPDATE OF name", "OLD.name <> NEW.name", "note_floor_place()"),
    ("service_place", "service_outlet_value", "INSERT OR UPDATE OR DELETE", None, "note_outlet_value_place()"),
    ("service_started", "charging_session", "INSERT", None, "note_charge('charge_started')"),
    (
        "service_stopped",
        "charging_session",
        "UPDATE",
        "OLD.stopped_at IS NULL AND NEW.stopped_at IS NOT NULL",
        "note_charge('charge_stopped')",
    ),
    (
        "service_corrected",
        "charging_session",
        "UPDATE",
        "OLD.stopped_at IS NOT NULL"
        " AND (OLD.stopped_at, OLD.energy_wh) IS DISTINCT FROM (NEW.stopped_at, NEW.energy_wh)",
        "note_charge('charge_corrected')",
    ),
)


def upgrade() -> None:
    _make_service()
    _make_service_change()
    _make_service_delivery()
    op.execute(NOTE)
    for name, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$")
    for name, table, event, condition, call in TRIGGERS:
        when = f"WHEN ({condition})" if condition else ""
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {call}")


def downgrade() -> None:
    for name, table, *_ in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON {table}")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}")
    op.execute("DROP FUNCTION note_service_change")
    for table in ("service_delivery", "service_change", "service_outlet_value", "service"):
        op.drop_table(table)


def _make_service() -> None:
    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("configuration", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failing_since_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resumes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=300), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "service_outlet_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("outlet_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["outlet_id"], ["outlet.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("service_id", "outlet_id", "name", name="uq_service_outlet_value"),
    )
    op.create_index("ix_service_outlet_value_outlet", "service_outlet_value", ["outlet_id"])


def _make_service_change() -> None:
    op.create_table(
        "service_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("outlet_id", sa.Integer(), nullable=True),
        sa.Column("charging_session_id", sa.BigInteger(), nullable=True),
        sa.Column("before", sa.String(length=32), nullable=True),
        sa.Column("after", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _make_service_delivery() -> None:
    op.create_table(
        "service_delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("subject", sa.String(length=50), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), server_default="waiting", nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("service_id", "message_id", name="uq_service_delivery_message"),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_service_delivery_due", "service_delivery", ["service_id", "id"], postgresql_where=waiting)
    op.create_index(
        "ix_service_delivery_order", "service_delivery", ["service_id", "subject", "id"], postgresql_where=waiting
    )
    op.create_index("ix_service_delivery_latest", "service_delivery", ["service_id", "id"])
    op.create_index("ix_service_delivery_created_at", "service_delivery", ["created_at"])
