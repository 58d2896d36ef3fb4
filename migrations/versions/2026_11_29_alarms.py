"""alarms, and the triggers that raise and clear those of a station's line

A station is created, called, lost and removed through many doors; what follows for its alarms follows in the same
transaction, by triggers. See docs/decisions/an-alarm-is-raised-with-what-was-said.md.

Revision ID: 2026_11_29_alarms
Revises: 2026_11_29_changes
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_alarms"
down_revision = "2026_11_29_changes"
branch_labels = None
depends_on = None

COPIED = (
    "id, kind, site_id, site_name, station_id, station_name, outlet_number, error_code, vendor_error_code, info,"
    " raised_at, times_raised, acknowledged_at, acknowledged_by_id, parent_id"
)
OLD = ", ".join(f"OLD.{name}" for name in COPIED.split(", "))

PUT_AWAY = f"""
CREATE FUNCTION put_alarm_away() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO alarm_history ({COPIED}, cleared_at) VALUES ({OLD}, coalesce(OLD.calm_since, now()));
    RETURN NULL;
END $$
"""  # noqa: S608 - our own words

EXPECT = """
CREATE FUNCTION expect_first_call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO alarm (kind, site_id, site_name, station_id, station_name, raised_at, due_at)
    SELECT 'not_registered', NEW.site_id, site.name, NEW.id, NEW.name, now(),
        now() + make_interval(secs => system.unregistered_seconds)
    FROM site, system WHERE site.id = NEW.site_id;
    RETURN NULL;
END $$
"""

# A loss counts from when the station was last heard, by the clock of whoever heard it.
FOLLOW_LINE = """
CREATE FUNCTION follow_line_of_station() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.online THEN
        DELETE FROM alarm WHERE station_id = NEW.id AND outlet_number = 0
            AND kind IN ('no_network', 'not_registered') AND due_at IS NOT NULL;
        UPDATE alarm SET calm_since = NEW.last_seen_at WHERE station_id = NEW.id AND outlet_number = 0
            AND kind IN ('no_network', 'not_registered') AND calm_since IS NULL;
    ELSE
        INSERT INTO alarm (kind, site_id, site_name, station_id, station_name, raised_at, due_at)
        SELECT 'no_network', NEW.site_id, site.name, NEW.id, NEW.name, NEW.last_seen_at, NEW.last_seen_at
            + make_interval(secs => coalesce(NEW.silence_seconds, site.silence_seconds, system.silence_seconds))
        FROM site, system WHERE site.id = NEW.site_id AND NEW.last_seen_at IS NOT NULL
        ON CONFLICT (station_id, outlet_number, kind) WHERE station_id IS NOT NULL
        DO UPDATE SET calm_since = NULL, times_raised = alarm.times_raised + 1
        WHERE alarm.calm_since IS NOT NULL;
    END IF;
    RETURN NULL;
END $$
"""

FOLLOW_STATION = """
CREATE FUNCTION rename_alarms_of_station() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE alarm SET station_name = NEW.name, site_id = site.id, site_name = site.name,
        parent_id = CASE WHEN alarm.site_id = site.id THEN alarm.parent_id END
    FROM site WHERE alarm.station_id = NEW.id AND site.id = NEW.site_id;
    RETURN NULL;
END $$
"""

FOLLOW_SITE = """
CREATE FUNCTION rename_alarms_of_site() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE alarm SET site_name = NEW.name WHERE site_id = NEW.id;
    RETURN NULL;
END $$
"""

TRIGGERS = (
    "CREATE TRIGGER alarm_gone AFTER DELETE ON alarm"
    " FOR EACH ROW WHEN (OLD.due_at IS NULL) EXECUTE FUNCTION put_alarm_away()",
    "CREATE TRIGGER alarms_begin AFTER INSERT ON station"
    " FOR EACH ROW WHEN (NEW.last_seen_at IS NULL) EXECUTE FUNCTION expect_first_call()",
    "CREATE TRIGGER alarms_of_line AFTER UPDATE OF online ON station"
    " FOR EACH ROW WHEN (OLD.online IS DISTINCT FROM NEW.online) EXECUTE FUNCTION follow_line_of_station()",
    "CREATE TRIGGER alarms_renamed AFTER UPDATE OF name, site_id ON station"
    " FOR EACH ROW WHEN ((OLD.name, OLD.site_id) IS DISTINCT FROM (NEW.name, NEW.site_id))"
    " EXECUTE FUNCTION rename_alarms_of_station()",
    "CREATE TRIGGER alarms_renamed AFTER UPDATE OF name ON site"
    " FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION rename_alarms_of_site()",
)

# What is silent now has been so since it was last heard; what never called gets its time from now on.
SILENT = """
INSERT INTO alarm (kind, site_id, site_name, station_id, station_name, raised_at, due_at)
SELECT CASE WHEN last_seen_at IS NULL THEN 'not_registered' ELSE 'no_network' END, site.id, site.name, station.id,
    station.name, coalesce(last_seen_at, now()),
    coalesce(last_seen_at + interval '120 seconds', now() + interval '1 day')
FROM station JOIN site ON site.id = station.site_id WHERE NOT online
"""


def upgrade() -> None:
    whole = {"server_default": sa.text("120"), "nullable": False}
    op.add_column("system", sa.Column("silence_seconds", sa.Integer(), **whole))
    op.add_column(
        "system", sa.Column("unregistered_seconds", sa.Integer(), server_default=sa.text("86400"), nullable=False)
    )
    op.add_column("site", sa.Column("silence_seconds", sa.Integer(), nullable=True))
    op.add_column("station", sa.Column("silence_seconds", sa.Integer(), nullable=True))
    _make_alarm()
    _make_history()
    _make_remark()
    _make_rule()
    for statement in (PUT_AWAY, EXPECT, FOLLOW_LINE, FOLLOW_STATION, FOLLOW_SITE, *TRIGGERS, SILENT):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER alarms_renamed ON site")
    for trigger in ("alarms_renamed", "alarms_of_line", "alarms_begin"):
        op.execute(f"DROP TRIGGER {trigger} ON station")
    for table in ("alarm_rule", "alarm_remark", "alarm_history", "alarm"):
        op.drop_table(table)
    for function in (
        "rename_alarms_of_site",
        "rename_alarms_of_station",
        "follow_line_of_station",
        "expect_first_call",
        "put_alarm_away",
    ):
        op.execute(f"DROP FUNCTION {function}()")
    for table, column in (
        ("station", "silence_seconds"),
        ("site", "silence_seconds"),
        ("system", "unregistered_seconds"),
        ("system", "silence_seconds"),
    ):
        op.drop_column(table, column)


def _told() -> list[sa.Column]:
    return [
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("site_name", sa.String(length=100), nullable=False),
        sa.Column("station_name", sa.String(length=100), nullable=True),
        sa.Column("outlet_number", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error_code", sa.String(length=50), nullable=True),
        sa.Column("vendor_error_code", sa.String(length=50), nullable=True),
        sa.Column("info", sa.String(length=255), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times_raised", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.Integer(), sa.ForeignKey("ab_user.id", ondelete="SET NULL"), nullable=True),
    ]


def _index_acknowledged(table: str) -> None:
    op.create_index(
        f"ix_{table}_acknowledged_by_id",
        table,
        ["acknowledged_by_id"],
        postgresql_where=sa.text("acknowledged_by_id IS NOT NULL"),
    )


def _make_alarm() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("site_id", sa.Integer(), sa.ForeignKey("site.id", ondelete="CASCADE"), nullable=False),
        sa.Column("station_id", sa.Integer(), sa.ForeignKey("station.id", ondelete="CASCADE"), nullable=True),
        *_told(),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calm_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), sa.ForeignKey("alarm.id", ondelete="SET NULL"), nullable=True),
    )
    op.create_index(
        "uq_alarm_station",
        "alarm",
        ["station_id", "outlet_number", "kind"],
        unique=True,
        postgresql_where=sa.text("station_id IS NOT NULL"),
    )
    op.create_index(
        "uq_alarm_site", "alarm", ["site_id", "kind"], unique=True, postgresql_where=sa.text("station_id IS NULL")
    )
    op.create_index("ix_alarm_site_id", "alarm", ["site_id"])
    for name in ("due_at", "calm_since", "parent_id"):
        op.create_index(f"ix_alarm_{name}", "alarm", [name], postgresql_where=sa.text(f"{name} IS NOT NULL"))
    _index_acknowledged("alarm")


def _make_history() -> None:
    op.create_table(
        "alarm_history",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=True),
        *_told(),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", "cleared_at", name="pk_alarm_history"),
        postgresql_partition_by="RANGE (cleared_at)",
    )
    op.execute("CREATE TABLE alarm_history_default PARTITION OF alarm_history DEFAULT")
    for name, columns in (
        ("cleared_at", ["cleared_at", "id"]),
        ("raised_at", ["raised_at", "id"]),
        ("site", ["site_id", "cleared_at", "id"]),
        ("station", ["station_id", "cleared_at", "id"]),
    ):
        op.create_index(f"ix_alarm_history_{name}", "alarm_history", columns)
    _index_acknowledged("alarm_history")


def _make_remark() -> None:
    op.create_table(
        "alarm_remark",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("alarm_id", sa.BigInteger(), nullable=False),
        sa.Column("acknowledges", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("ab_user.id", ondelete="SET NULL"), nullable=True),
        sa.Column("remarked_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_alarm_remark_alarm", "alarm_remark", ["alarm_id", "id"])
    op.create_index(
        "ix_alarm_remark_user_id", "alarm_remark", ["user_id"], postgresql_where=sa.text("user_id IS NOT NULL")
    )


def _make_rule() -> None:
    op.create_table(
        "alarm_rule",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("protocol", sa.String(length=20), nullable=True),
        sa.Column("error_code", sa.String(length=50), nullable=True),
        sa.Column("vendor_error_code", sa.String(length=50), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=True),
        sa.Column("duration_seconds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("note", sa.String(length=200), server_default="", nullable=False),
    )
    op.create_index("ix_alarm_rule_position", "alarm_rule", ["position"])
