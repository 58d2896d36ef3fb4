"""roll-ups of charges

A charge begins, stops and ends; each of these three moments changes what its quarter of an hour adds up to. A trigger
writes these changes down beside the charge, whoever writes it, and a job adds them up. See
docs/decisions/charts-add-up-quarters-of-an-hour.md.

Revision ID: 2026_11_29_rollups
Revises: 2026_11_28_supply
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_rollups"
down_revision = "2026_11_28_supply"
branch_labels = None
depends_on = None

OF_MOMENT = ("running", "occupied_us", "power_w", "power_wus")
OF_CHARGE = ("begun", "finished", "without_energy", "energy_wh", "duration_us")
COLUMNS = ", ".join(("quarter_at", *OF_MOMENT, *OF_CHARGE))
NEGATIVE = ", ".join(("quarter_at", *(f"-{name}" for name in (*OF_MOMENT, *OF_CHARGE))))

# Single expressions, independent of the time zone: so the planner puts them in place of their calls.
QUARTER = """
CREATE FUNCTION quarter_of(at timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT date_bin('15 minutes', at, '2000-01-01T00:00:00Z')
$$
"""

MICROSECONDS = """
CREATE FUNCTION microseconds_left_of_quarter(at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT 900000000 - (extract(epoch FROM at - date_bin('15 minutes', at, '2000-01-01T00:00:00Z')) * 1000000)::bigint
$$
"""

# What a charge drew on average between its start and its stop; more than a megawatt is a wrong clock.
MEAN_POWER = """
CREATE FUNCTION charging_mean_power_w(started_at timestamptz, stopped_at timestamptz, energy_wh bigint)
RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN stopped_at > started_at
            AND energy_wh * 3600.0::float8 <= 1000000 * extract(epoch FROM stopped_at - started_at)::float8
        THEN round(energy_wh * 3600.0::float8 / extract(epoch FROM stopped_at - started_at)::float8)::bigint
        ELSE 0
    END
$$
"""

PARTS = """
CREATE FUNCTION charging_parts(
    started_at timestamptz, stopped_at timestamptz, ended_at timestamptz, energy_wh bigint
) RETURNS TABLE (
    quarter_at timestamptz, running integer, occupied_us bigint, power_w bigint, power_wus bigint, begun integer,
    finished integer, without_energy integer, energy_wh bigint, duration_us bigint
) LANGUAGE sql IMMUTABLE AS $$
    SELECT quarter_of(moment), running, running * microseconds_left_of_quarter(moment),
        power_w, power_w * microseconds_left_of_quarter(moment),
        begun, begun * finished, begun * finished * without_energy, begun * finished * coalesce($4, 0),
        begun * coalesce((extract(epoch FROM $3 - $1) * 1000000)::bigint, 0)
    FROM (
        SELECT moment, running, begun, ($3 IS NOT NULL)::integer AS finished,
            (coalesce($4, 0) < 100)::integer AS without_energy,
            CASE WHEN $3 IS NULL THEN 0 ELSE draws * charging_mean_power_w($1, $2, $4) END AS power_w
        FROM (VALUES ($1, 1, 1, 1), ($3, -1, 0, 0), ($2, 0, 0, -1)) AS happens (moment, running, begun, draws)
        WHERE moment IS NOT NULL
    ) AS part
    WHERE running <> 0 OR power_w <> 0
$$
"""

NOTE = f"""
CREATE FUNCTION note_charging_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO charging_change (site_id, node_id, {COLUMNS})
        SELECT OLD.site_id, OLD.node_id, {NEGATIVE}
        FROM charging_parts(OLD.started_at, OLD.stopped_at, OLD.ended_at, OLD.energy_wh);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO charging_change (site_id, node_id, {COLUMNS})
        SELECT NEW.site_id, NEW.node_id, {COLUMNS}
        FROM charging_parts(NEW.started_at, NEW.stopped_at, NEW.ended_at, NEW.energy_wh);
    END IF;
    RETURN NULL;
END $$
"""  # noqa: S608 - our own words

COUNTED = "site_id, node_id, started_at, stopped_at, ended_at, energy_wh"
DIFFERS = "({}) IS DISTINCT FROM ({})".format(
    *(", ".join(f"{row}.{name}" for name in COUNTED.split(", ")) for row in ("OLD", "NEW"))
)
TRIGGERS = (
    "CREATE TRIGGER rollup_come_or_gone AFTER INSERT OR DELETE ON charging_session"
    " FOR EACH ROW EXECUTE FUNCTION note_charging_change()",
    f"CREATE TRIGGER rollup_changed AFTER UPDATE OF {COUNTED} ON charging_session"
    f" FOR EACH ROW WHEN ({DIFFERS}) EXECUTE FUNCTION note_charging_change()",
)


def columns(names: tuple[str, ...]) -> list[sa.Column]:
    wide = ("_us", "_w", "_wus", "_wh")
    return [sa.Column(name, sa.BigInteger() if name.endswith(wide) else sa.Integer(), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "charging_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("quarter_at", sa.DateTime(timezone=True), nullable=False),
        *columns((*OF_MOMENT, *OF_CHARGE)),
        sa.PrimaryKeyConstraint("id", name="pk_charging_change"),
    )
    op.create_table(
        "charging_quarter",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("quarter_at", sa.DateTime(timezone=True), nullable=False),
        *columns((*OF_MOMENT, *OF_CHARGE)),
        sa.PrimaryKeyConstraint("site_id", "quarter_at", name="pk_charging_quarter"),
    )
    op.create_table(
        "charging_month",
        sa.Column("month_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        *columns(OF_CHARGE),
        sa.PrimaryKeyConstraint("month_at", "site_id", "node_id", name="pk_charging_month"),
    )
    op.create_index(
        "ix_charging_session_floor",
        "charging_session",
        ["floor_id", "started_at", "id"],
        postgresql_where=sa.text("floor_id IS NOT NULL"),
    )
    for statement in (QUARTER, MICROSECONDS, MEAN_POWER, PARTS, NOTE, *TRIGGERS):
        op.execute(statement)
    # What is there already is told once more, as if it had just come, and added up by the job.
    op.execute(
        f"INSERT INTO charging_change (site_id, node_id, {COLUMNS})"  # noqa: S608 - our own words
        f" SELECT site_id, node_id, {', '.join(f'part.{name}' for name in COLUMNS.split(', '))} FROM charging_session,"
        " charging_parts(charging_session.started_at, charging_session.stopped_at, charging_session.ended_at,"
        " charging_session.energy_wh) AS part"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER rollup_changed ON charging_session")
    op.execute("DROP TRIGGER rollup_come_or_gone ON charging_session")
    for function in (
        "note_charging_change()",
        "charging_parts(timestamptz, timestamptz, timestamptz, bigint)",
        "charging_mean_power_w(timestamptz, timestamptz, bigint)",
        "microseconds_left_of_quarter(timestamptz)",
        "quarter_of(timestamptz)",
    ):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_index("ix_charging_session_floor", "charging_session")
    for table in ("charging_month", "charging_quarter", "charging_change"):
        op.drop_table(table)
