"""outlet states

In which state each outlet is, as it follows from its status, its station's and the line; and its changes, noted by
triggers beside whatever makes them. See docs/decisions/uptime-is-counted-back-from-now.md.

Revision ID: 2026_11_29_states
Revises: 2026_11_29_retention
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_states"
down_revision = "2026_11_29_retention"
branch_labels = None
depends_on = None

STATES = ("available", "charging", "fault", "out_of_service", "offline")

# What a person reads in domain/statuses.py: the worse of the station itself and its outlet, and without a line nothing
# else is known.
STATE = """
CREATE FUNCTION outlet_state(online boolean, station_status text, status text)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN NOT online THEN 'offline'
        WHEN station_status = 'unavailable' OR status = 'unavailable' THEN 'out_of_service'
        WHEN station_status = 'faulted' OR status = 'faulted' THEN 'fault'
        WHEN station_status <> 'available' OR status <> 'available' THEN 'charging'
        ELSE 'available'
    END
$$
"""

DELTAS = ", ".join(
    f"(after IS NOT DISTINCT FROM '{state}')::integer - (before IS NOT DISTINCT FROM '{state}')::integer AS {state}"
    for state in STATES
)
PARTS = f"""
CREATE FUNCTION state_parts(at timestamptz, before text, after text) RETURNS TABLE (
    quarter_at timestamptz, {", ".join(f"{state} integer" for state in STATES)},
    {", ".join(f"{state}_us bigint" for state in STATES)}
) LANGUAGE sql IMMUTABLE AS $$
    SELECT quarter_of(at), {", ".join(STATES)},
        {", ".join(f"{state} * microseconds_left_of_quarter(at)" for state in STATES)}
    FROM (SELECT {DELTAS}) AS change
$$
"""  # noqa: S608 - our own words

# A new outlet waits for whoever just changes its station, since that one does not see it yet.
SET_STATE = """
CREATE FUNCTION set_outlet_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM FROM station WHERE id = NEW.station_id FOR SHARE;
    END IF;
    SELECT outlet_state(online, station.status, NEW.status) INTO NEW.state FROM station WHERE id = NEW.station_id;
    RETURN NEW;
END $$
"""

CHANGE = "at, outlet_id, node_id, site_id, floor_id, before, after"
NOTE_OUTLET = f"""
CREATE FUNCTION note_outlet_state() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_at CONSTANT timestamptz := clock_timestamp();
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.station_id = NEW.station_id THEN
        INSERT INTO outlet_state_note ({CHANGE})
        SELECT now_at, NEW.id, id, site_id, floor_id, OLD.state, NEW.state FROM station WHERE id = NEW.station_id;
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO outlet_state_note ({CHANGE})
        SELECT now_at, OLD.id, id, site_id, floor_id, OLD.state, NULL FROM station WHERE id = OLD.station_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO outlet_state_note ({CHANGE})
        SELECT now_at, NEW.id, id, site_id, floor_id, NULL, NEW.state FROM station WHERE id = NEW.station_id;
    END IF;
    RETURN NULL;
END $$
"""  # noqa: S608 - our own words

# The outlets are locked before they are read, in the order in which others lock them (domain/outlets.py): whoever just
# changes one of them has either noted it before, or sees the station as it is now.
NOTE_STATION = f"""
CREATE FUNCTION note_station_state() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_at CONSTANT timestamptz := clock_timestamp();
BEGIN
    PERFORM FROM outlet WHERE station_id = NEW.id ORDER BY id FOR NO KEY UPDATE;
    IF (OLD.site_id, OLD.floor_id) IS DISTINCT FROM (NEW.site_id, NEW.floor_id) THEN
        INSERT INTO outlet_state_note ({CHANGE})
        SELECT now_at, id, NEW.id, OLD.site_id, OLD.floor_id, state, NULL FROM outlet WHERE station_id = NEW.id
        UNION ALL
        SELECT now_at, id, NEW.id, NEW.site_id, NEW.floor_id, NULL, state FROM outlet WHERE station_id = NEW.id;
    END IF;
    UPDATE outlet SET state = outlet_state(NEW.online, NEW.status, status)
    WHERE station_id = NEW.id AND state <> outlet_state(NEW.online, NEW.status, status);
    RETURN NULL;
END $$
"""  # noqa: S608 - our own words

# Name, table, when, whether the row is really another, function.
TRIGGERS = (
    ("state_of_new", "outlet", "BEFORE INSERT", None, "set_outlet_state"),
    (
        "state_of_changed",
        "outlet",
        "BEFORE UPDATE OF status, station_id",
        "(OLD.status, OLD.station_id) IS DISTINCT FROM (NEW.status, NEW.station_id)",
        "set_outlet_state",
    ),
    ("state_come_or_gone", "outlet", "AFTER INSERT OR DELETE", None, "note_outlet_state"),
    (
        "state_changed",
        "outlet",
        "AFTER UPDATE OF status, state, station_id",
        "(OLD.state, OLD.station_id) IS DISTINCT FROM (NEW.state, NEW.station_id)",
        "note_outlet_state",
    ),
    (
        "state_changed",
        "station",
        "AFTER UPDATE OF online, status, site_id, floor_id",
        "(OLD.online, OLD.status, OLD.site_id, OLD.floor_id)"
        " IS DISTINCT FROM (NEW.online, NEW.status, NEW.site_id, NEW.floor_id)",
        "note_station_state",
    ),
)
FUNCTIONS = (
    "note_station_state()",
    "note_outlet_state()",
    "set_outlet_state()",
    "state_parts(timestamptz, text, text)",
    "outlet_state(boolean, text, text)",
)


MEASURES = [*STATES, *(f"{state}_us" for state in STATES)]
OF_CHARGES = "running, occupied_us, power_w, power_wus, begun, finished, without_energy, energy_wh, duration_us"
READ_FROM_THE_KEY = {"autovacuum_vacuum_insert_scale_factor": "0.02", "autovacuum_vacuum_scale_factor": "0.02"}


def _let_charges_be_read_from_the_key() -> None:
    op.execute("ALTER TABLE charging_quarter DROP CONSTRAINT pk_charging_quarter")
    op.execute(
        "ALTER TABLE charging_quarter ADD CONSTRAINT pk_charging_quarter"
        f" PRIMARY KEY (site_id, quarter_at) INCLUDE ({OF_CHARGES})"
    )
    settings = ", ".join(f"{name} = {value}" for name, value in READ_FROM_THE_KEY.items())
    op.execute(f"ALTER TABLE charging_quarter SET ({settings})")


def _read_charges_from_the_table() -> None:
    op.execute(f"ALTER TABLE charging_quarter RESET ({', '.join(READ_FROM_THE_KEY)})")
    op.execute("ALTER TABLE charging_quarter DROP CONSTRAINT pk_charging_quarter")
    op.execute("ALTER TABLE charging_quarter ADD CONSTRAINT pk_charging_quarter PRIMARY KEY (site_id, quarter_at)")


def measures() -> list[sa.Column]:
    return [
        *(sa.Column(state, sa.Integer(), nullable=False) for state in STATES),
        *(sa.Column(f"{state}_us", sa.BigInteger(), nullable=False) for state in STATES),
    ]


def change() -> list[sa.Column]:
    return [
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outlet_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("floor_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.String(length=32), nullable=True),
        sa.Column("after", sa.String(length=32), nullable=True),
    ]


def upgrade() -> None:
    _let_charges_be_read_from_the_key()
    op.add_column(
        "outlet", sa.Column("state", sa.String(length=32), server_default=sa.text("'offline'"), nullable=False)
    )
    op.create_table(
        "outlet_state_note",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        *change(),
        sa.PrimaryKeyConstraint("id", name="pk_outlet_state_note"),
    )
    op.create_table(
        "outlet_state_change",
        sa.Column("id", sa.BigInteger(), nullable=False),
        *change(),
        sa.PrimaryKeyConstraint("outlet_id", "at", "id", name="pk_outlet_state_change"),
        postgresql_partition_by="RANGE (at)",
    )
    op.execute("CREATE TABLE outlet_state_change_default PARTITION OF outlet_state_change DEFAULT")
    op.create_index("ix_outlet_state_change_node", "outlet_state_change", ["node_id", "at"])
    op.create_index(
        "ix_outlet_state_change_floor",
        "outlet_state_change",
        ["floor_id", "at"],
        postgresql_where=sa.text("floor_id IS NOT NULL"),
    )
    op.create_index(
        "ix_outlet_state_change_down_or_up",
        "outlet_state_change",
        ["at"],
        postgresql_where=sa.text(
            "(before IN ('available', 'charging') AND after IN ('available', 'charging')) IS NOT TRUE"
        ),
    )
    op.create_table(
        "state_quarter",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("quarter_at", sa.DateTime(timezone=True), nullable=False),
        *measures(),
        sa.PrimaryKeyConstraint("site_id", "quarter_at", name="pk_state_quarter", postgresql_include=MEASURES),
        postgresql_with=READ_FROM_THE_KEY,
    )
    op.create_table(
        "state_month",
        sa.Column("month_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        *measures(),
        sa.PrimaryKeyConstraint("month_at", "site_id", "node_id", name="pk_state_month"),
    )
    for statement in (STATE, PARTS, SET_STATE, NOTE_OUTLET, NOTE_STATION):
        op.execute(statement)
    # Recording begins now, with the states that there are.
    op.execute(
        "UPDATE outlet SET state = outlet_state(online, station.status, outlet.status)"
        " FROM station WHERE station.id = station_id"
    )
    op.execute(
        f"INSERT INTO outlet_state_note ({CHANGE})"  # noqa: S608 - our own words
        " SELECT now(), outlet.id, station.id, site_id, floor_id, NULL, state"
        " FROM outlet JOIN station ON station.id = station_id"
    )
    for name, table, event, condition, function in TRIGGERS:
        when = f"WHEN ({condition})" if condition else ""
        op.execute(f"CREATE TRIGGER {name} {event} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {function}()")


def downgrade() -> None:
    for name, table, *_ in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON {table}")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    for table in ("state_month", "state_quarter", "outlet_state_change", "outlet_state_note"):
        op.drop_table(table)
    op.drop_column("outlet", "state")
    _read_charges_from_the_table()
