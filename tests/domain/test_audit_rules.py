"""What the audit log keeps silent about is named, and nothing else is."""

import pytest
from sqlalchemy import Column

from domain import audit_rules
from domain.models import metadata

PERSONAL = ("ab_user", "charging_session", "charging_session_review", "command", "id_token", "personal_api_key")
"""The audited tables about people."""

SHOWN = {
    "ab_user": {
        *("id", "active", "alarm_email", "alarm_digest_hour", "alarms_at_once", "dashboard_panes", "language"),
        *("sign_in_number", "time_zone"),
    },
    "charging_session": {
        *("id", "started_at", "stopped_at", "ended_at", "duration_seconds", "logged_at", "node_id", "site_id"),
        *("floor_id", "outlet_id", "site_name", "station_name", "outlet_number", "authorization", "user_id"),
        *("meter_start_wh", "meter_stop_wh", "meter_wh", "energy_wh", "stop_reason", "review_reasons"),
        *("original_energy_wh", "original_ended_at", "is_corrected", "energy_source", "grade"),
        *("longest_gap_seconds", "needs_review", "reviewed_at"),
    },
    "charging_session_review": {
        *("id", "charging_session_id", "verdict", "energy_before_wh", "energy_wh", "ended_before_at", "ended_at"),
        *("user_id", "reviewed_at"),
    },
    "command": {
        *("id", "site_id", "station_id", "outlet_id", "charging_session_id", "user_id", "action", "state", "reason"),
        *("connection_number", "created_at", "sent_at", "answered_at", "deadline_at", "batch_id", "waits"),
        *("progress", "progress_at"),
    },
    "id_token": {"id", "user_id", "blocked", "valid_from_at", "expires_at"},
    "personal_api_key": {"id", "user_id", "created_at", "expires_at", "is_read_only"},
}
"""Their columns whose values the log may keep: neither a secret nor what a person is known by."""


def test_every_table_is_audited_or_named_with_the_reason_why_not() -> None:
    """A new table needs its row in domain/audit_rules.py."""
    audited, silent = set(audit_rules.KINDS), set(audit_rules.NOT_AUDITED)
    assert audited | silent == set(metadata.tables)
    assert not audited & silent
    assert all(audit_rules.NOT_AUDITED.values())


@pytest.mark.parametrize("table", PERSONAL)
def test_of_what_is_about_people_only_these_values_are_kept(table: str) -> None:
    columns = metadata.tables[table].columns
    shown = {c.name for c in columns if not audit_rules.is_hidden(c) and not audit_rules.is_unmarked(table, c.name)}
    assert shown == SHOWN[table]


def test_hidden_and_unmarked_columns_exist() -> None:
    for names in (audit_rules.UNMARKED, audit_rules.HIDDEN_OF_FLASK_APPBUILDER):
        for table, columns in names.items():
            assert columns <= set(metadata.tables[table].columns.keys())


HARMLESS = {"alarm_email", "password_required"}
"""They sound so and tell nothing."""


@pytest.mark.parametrize("word", ["password", "secret", "hash", "email", "first_name", "last_name"])
def test_no_audited_column_that_sounds_like_a_secret_or_a_person_is_shown(word: str) -> None:
    def is_shown(column: Column[object]) -> bool:
        is_audited = audit_rules.kind_of_table(column.table.name) is not None
        return is_audited and not audit_rules.is_hidden(column) and column.name not in HARMLESS

    shown = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if word in column.name and is_shown(column)
    ]
    assert shown == []
