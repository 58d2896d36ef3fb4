"""the event log has all that happens to nodes, sessions, commands, files and users

Each is written through many doors, so triggers note it, in the same transaction. See
docs/decisions/the-event-log-is-written-by-triggers.md.

Revision ID: 2026_11_30_event_log
Revises: 2026_11_30_erasures
"""

from alembic import op

revision = "2026_11_30_event_log"
down_revision = "2026_11_30_erasures"
branch_labels = None
depends_on = None

NOTE = """
CREATE FUNCTION note_event(
    kind text, site_id integer, station_id integer, details jsonb,
    outlet_id integer DEFAULT NULL, charging_session_id bigint DEFAULT NULL, happened_at timestamptz DEFAULT now()
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO event (kind, site_id, station_id, details, outlet_id, charging_session_id, happened_at)
    VALUES (kind, site_id, station_id, jsonb_strip_nulls(details), outlet_id, charging_session_id, happened_at)
$$
"""

# Of a change: which of the columns that it watches (TG_ARGV). Values stand in the audit log, for its readers.
NODE = """
    DECLARE
        node jsonb;
        fields text[];
        site integer;
    BEGIN
        IF TG_OP = 'DELETE' THEN node := to_jsonb(OLD); ELSE node := to_jsonb(NEW); END IF;
        IF TG_OP = 'UPDATE' THEN
            SELECT array_agg(name ORDER BY at) INTO fields FROM unnest(TG_ARGV) WITH ORDINALITY AS watched (name, at)
            WHERE to_jsonb(OLD) -> name IS DISTINCT FROM to_jsonb(NEW) -> name;
            IF fields IS NULL THEN RETURN NULL; END IF;
        END IF;
        site := CASE TG_TABLE_NAME
            WHEN 'system' THEN NULL
            WHEN 'site' THEN (node ->> 'id')::integer
            WHEN 'outlet' THEN (SELECT site_id FROM station WHERE id = (node ->> 'station_id')::integer)
            ELSE (node ->> 'site_id')::integer END;
        PERFORM note_event(
            CASE TG_OP WHEN 'INSERT' THEN 'node_created' WHEN 'UPDATE' THEN 'node_changed' ELSE 'node_removed' END,
            site,
            CASE TG_TABLE_NAME
                WHEN 'station' THEN (node ->> 'id')::integer WHEN 'outlet' THEN (node ->> 'station_id')::integer END,
            jsonb_build_object(
                'level', coalesce(nullif(node ->> 'kind', 'charging_station'), TG_TABLE_NAME),
                'name', coalesce(node ->> 'name', node ->> 'number'),
                'fields', fields),
            CASE TG_TABLE_NAME WHEN 'outlet' THEN (node ->> 'id')::integer END);
        RETURN NULL;
    END"""

LINE = """
    BEGIN
        PERFORM note_event(
            CASE WHEN NEW.online THEN 'station_connected' ELSE 'station_lost' END, NEW.site_id, NEW.id,
            jsonb_build_object('protocol', CASE WHEN NEW.online THEN NEW.protocol END));
        RETURN NULL;
    END"""

BOOT = """
    BEGIN
        PERFORM note_event('station_booted', NEW.site_id, NEW.id, jsonb_build_object(
            'firmware_version', NEW.firmware_version,
            'firmware_before', nullif(OLD.firmware_version, NEW.firmware_version)));
        RETURN NULL;
    END"""

STATE = """
    BEGIN
        PERFORM note_event(
            'outlet_state', NEW.site_id, NEW.node_id,
            jsonb_build_object(
                'outlet_number', (SELECT number FROM outlet WHERE id = NEW.outlet_id),
                'before', NEW.before, 'after', NEW.after),
            NEW.outlet_id, NULL, NEW.at);
        RETURN NULL;
    END"""

SESSION = """
    BEGIN
        PERFORM note_event(
            CASE TG_OP WHEN 'INSERT' THEN 'session_started' ELSE 'session_ended' END, NEW.site_id, NEW.node_id,
            jsonb_build_object(
                'outlet_number', NEW.outlet_number,
                'energy_wh', CASE TG_OP WHEN 'UPDATE' THEN NEW.energy_wh END,
                'stop_reason', CASE TG_OP WHEN 'UPDATE' THEN NEW.stop_reason END),
            NEW.outlet_id, NEW.id);
        RETURN NULL;
    END"""

REVIEW = """
    BEGIN
        PERFORM note_event(
            'session_' || NEW.verdict, session.site_id, session.node_id,
            jsonb_build_object(
                'outlet_number', session.outlet_number, 'energy_wh', NEW.energy_wh,
                'energy_before_wh', nullif(NEW.energy_before_wh, NEW.energy_wh)),
            session.outlet_id, session.id)
        FROM charging_session AS session WHERE session.id = NEW.charging_session_id;
        RETURN NULL;
    END"""

COMMAND = """
    BEGIN
        PERFORM note_event(
            CASE TG_OP WHEN 'INSERT' THEN 'command_asked' ELSE 'command_ended' END, NEW.site_id, NEW.station_id,
            jsonb_build_object(
                'command_id', NEW.id, 'action', NEW.action,
                'state', CASE TG_OP WHEN 'UPDATE' THEN NEW.state END,
                'reason', CASE TG_OP WHEN 'UPDATE' THEN NEW.reason END),
            NEW.outlet_id, NEW.charging_session_id);
        RETURN NULL;
    END"""

FILE = """
    DECLARE
        file station_file;
    BEGIN
        IF TG_OP = 'DELETE' THEN file := OLD; ELSE file := NEW; END IF;
        PERFORM note_event(
            CASE WHEN TG_OP = 'DELETE' THEN 'file_removed' WHEN file.state = 'complete' THEN 'file_received'
                ELSE 'file_failed' END,
            station.site_id, station.id,
            jsonb_build_object('name', file.name, 'size_bytes', file.size_bytes, 'via', file.via,
                'command_id', file.command_id))
        FROM station WHERE station.id = file.station_id;
        RETURN NULL;
    END"""

FIRMWARE = """
    DECLARE
        image firmware_image;
    BEGIN
        IF TG_OP = 'DELETE' THEN image := OLD; ELSE image := NEW; END IF;
        PERFORM note_event(
            CASE TG_OP WHEN 'DELETE' THEN 'firmware_removed' ELSE 'firmware_added' END, NULL, NULL,
            jsonb_build_object('name', concat_ws(' ', image.vendor, image.model, image.version)));
        RETURN NULL;
    END"""

# By number alone: who was erased must not stand in a log.
PERSON = """
    BEGIN
        PERFORM note_event(
            TG_ARGV[0], NULL, NULL,
            jsonb_build_object('user_id', CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END));
        RETURN NULL;
    END"""

TAG = """
    DECLARE
        tag id_token;
    BEGIN
        IF TG_OP = 'DELETE' THEN tag := OLD; ELSE tag := NEW; END IF;
        PERFORM note_event(
            CASE TG_OP WHEN 'INSERT' THEN 'tag_added' WHEN 'DELETE' THEN 'tag_removed'
                WHEN 'UPDATE' THEN CASE WHEN tag.blocked THEN 'tag_blocked' ELSE 'tag_unblocked' END END,
            NULL, NULL, jsonb_build_object('user_id', tag.user_id));
        RETURN NULL;
    END"""

FUNCTIONS = {
    "node": NODE,
    "line": LINE,
    "boot": BOOT,
    "state": STATE,
    "session": SESSION,
    "review": REVIEW,
    "command": COMMAND,
    "file": FILE,
    "firmware": FIRMWARE,
    "person": PERSON,
    "tag": TAG,
}

ADDRESS = ("street", "postal_code", "city", "country", "latitude", "longitude")
TAGS = ("tag_byte_order", "tag_digits")
WATCHED = {
    "system": ("name", "description", "second_factor_roles", "co2_avoided_g_per_kwh", "silence_seconds"),
    "site": ("name", "description", "time_zone", "silence_seconds", *TAGS, *ADDRESS),
    "floor": ("name", "description", "plan_sha256"),
    "station": (
        *("name", "description", "charge_box_id", "kind", "endpoint_url", "silence_seconds", *TAGS, *ADDRESS),
        *("password_hash", "password_required", "supply_controller_id", "fuse_phases", "fuse_a", "voltage_v"),
    ),
    "outlet": ("number", "uuid", "connector_type", "parking", "mode", "max_current_a"),
}
"""What people set of a node. What stations tell of themselves is no such change, and a move has its own event."""

CHANGED = "OLD.{0} IS DISTINCT FROM NEW.{0}"
DOWN = "('fault', 'out_of_service')"
TRIGGERS = (
    ("event_line", "station", "UPDATE OF online", CHANGED.format("online"), "line"),
    ("event_boot", "station", "UPDATE OF booted_at", CHANGED.format("booted_at"), "boot"),
    (
        "event_state",
        "outlet_state_note",
        "INSERT",
        f"NEW.after IN {DOWN} OR NEW.before IN {DOWN} AND NEW.after IN ('available', 'charging')",
        "state",
    ),
    # History that is brought along has ended already, and was no event here.
    ("event_started", "charging_session", "INSERT", "NEW.stopped_at IS NULL", "session"),
    (
        "event_ended",
        "charging_session",
        "UPDATE OF stopped_at",
        "OLD.stopped_at IS NULL AND NEW.stopped_at IS NOT NULL",
        "session",
    ),
    ("event_reviewed", "charging_session_review", "INSERT", "", "review"),
    ("event_asked", "command", "INSERT", "", "command"),
    (
        "event_ended",
        "command",
        "UPDATE OF state",
        f"{CHANGED.format('state')} AND NEW.state NOT IN ('queued', 'sent')",
        "command",
    ),
    ("event_came", "station_file", "INSERT", "NEW.state <> 'receiving'", "file"),
    (
        "event_ended",
        "station_file",
        "UPDATE OF state",
        f"{CHANGED.format('state')} AND NEW.state <> 'receiving'",
        "file",
    ),
    ("event_gone", "station_file", "DELETE", "", "file"),
    ("event_come_or_gone", "firmware_image", "INSERT OR DELETE", "", "firmware"),
    ("event_tag", "id_token", "INSERT OR DELETE", "", "tag"),
    ("event_blocked", "id_token", "UPDATE OF blocked", CHANGED.format("blocked"), "tag"),
)
PERSONS = (
    ("event_created", "INSERT", "", "user_created"),
    ("event_removed", "DELETE", "", "user_removed"),
    ("event_blocked", "UPDATE OF active", "OLD.active AND NOT NEW.active", "user_blocked"),
    ("event_unblocked", "UPDATE OF active", "NEW.active AND NOT OLD.active", "user_unblocked"),
    ("event_password", "UPDATE OF password", CHANGED.format("password"), "user_password_changed"),
)


def upgrade() -> None:
    op.create_index("ix_event_kind", "event", ["kind", "happened_at", "id"])
    op.execute(NOTE)
    for name, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION note_{name}_event() RETURNS trigger LANGUAGE plpgsql AS $${body} $$")
    for table, columns in WATCHED.items():
        watched = ", ".join(f"'{column}'" for column in columns)
        if table != "system":  # There is one, always.
            _trigger("event_come_or_gone", table, "INSERT OR DELETE", "", "note_node_event()")
        _trigger("event_changed", table, f"UPDATE OF {', '.join(columns)}", "", f"note_node_event({watched})")
    for name, table, when, condition, function in TRIGGERS:
        _trigger(name, table, when, condition, f"note_{function}_event()")
    for name, when, condition, kind in PERSONS:
        _trigger(name, "ab_user", when, condition, f"note_person_event('{kind}')")


def _trigger(name: str, table: str, when: str, condition: str, call: str) -> None:
    only = f"WHEN ({condition})" if condition else ""
    op.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW {only} EXECUTE FUNCTION {call}")


def downgrade() -> None:
    for table in WATCHED:
        op.execute(f"DROP TRIGGER IF EXISTS event_come_or_gone ON {table}")
        op.execute(f"DROP TRIGGER event_changed ON {table}")
    for name, table, *_ in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON {table}")
    for name, *_ in PERSONS:
        op.execute(f"DROP TRIGGER {name} ON ab_user")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION note_{name}_event()")
    op.execute("DROP FUNCTION note_event")
    op.drop_index("ix_event_kind", table_name="event")
