"""alarms of no site, which are of the installation itself, and services that are told of alarms

Revision ID: 2026_11_30_alarms_of_no_site
Revises: 2026_11_29_alarms
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_alarms_of_no_site"
down_revision = "2026_11_29_alarms"
branch_labels = None
depends_on = None

TABLES = ("alarm", "alarm_history")
COLUMNS = {"site_id": sa.Integer(), "site_name": sa.String(length=100)}

# One that waits for its time may never be an alarm.
NOTE = """
CREATE FUNCTION note_alarm() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told alarm := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF EXISTS (SELECT FROM service WHERE is_enabled) THEN
        INSERT INTO service_change (kind, at, site_id, station_id, alarm_id)
        VALUES (TG_ARGV[0], clock_timestamp(), told.site_id, told.station_id, told.id);
    END IF;
    RETURN NULL;
END $$
"""

# Name, when, whether it is so, the word. Triggers of one event fire in the order of their names: what is told of one
# that is gone is read from the history, where `alarm_gone` has put it by then.
TRIGGERS = (
    ("service_alarm_raised", "INSERT", "NEW.due_at IS NULL", "alarm_raised"),
    (
        "service_alarm_shown",
        "UPDATE OF due_at",
        "OLD.due_at IS NOT NULL AND NEW.due_at IS NULL",
        "alarm_raised",
    ),
    (
        "service_alarm_acknowledged",
        "UPDATE OF acknowledged_at",
        "OLD.acknowledged_at IS NULL AND NEW.acknowledged_at IS NOT NULL",
        "alarm_acknowledged",
    ),
    ("service_alarm_cleared", "DELETE", "OLD.due_at IS NULL", "alarm_cleared"),
)


def upgrade() -> None:
    for table in TABLES:
        for name, kind in COLUMNS.items():
            op.alter_column(table, name, existing_type=kind, nullable=True)
    op.create_index(
        "uq_alarm_installation", "alarm", ["kind"], unique=True, postgresql_where=sa.text("site_id IS NULL")
    )
    op.add_column("service_change", sa.Column("alarm_id", sa.BigInteger(), nullable=True))
    op.execute(NOTE)
    for name, event, condition, word in TRIGGERS:
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON alarm FOR EACH ROW WHEN ({condition})"
            f" EXECUTE FUNCTION note_alarm('{word}')"
        )


def downgrade() -> None:
    for name, *_ in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON alarm")
    op.execute("DROP FUNCTION note_alarm()")
    op.execute("DELETE FROM service_change WHERE alarm_id IS NOT NULL")
    op.drop_column("service_change", "alarm_id")
    op.drop_index("uq_alarm_installation", table_name="alarm")
    # The first puts them away, the second forgets them: there was no place for them.
    for table in TABLES:
        op.execute(f"DELETE FROM {table} WHERE site_id IS NULL")  # noqa: S608 - our own words
        for name, kind in COLUMNS.items():
            op.alter_column(table, name, existing_type=kind, nullable=False)
