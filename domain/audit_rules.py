"""What the audit log keeps, and what it keeps silent about: tables, each with its word or the reason why not.

A table that stands in neither list is audited under its own name, and a test asks for its row here. What a person could
be known by, and every secret, is kept as "changed" without the value: columns of ours say so themselves
(`info=HIDDEN_INFO`), those of Flask-AppBuilder stand below. So a person can be erased while the chain stays whole.
"""

from collections.abc import Mapping

from sqlalchemy import Column

from domain.models.columns import HIDDEN_INFO

KINDS: Mapping[str, str] = {
    "ab_user": "user",
    "ab_user_role": "user",
    "alarm": "alarm",
    "alarm_remark": "alarm_remark",
    "alarm_rule": "alarm_rule",
    "charging_session": "charging_session",
    "charging_session_review": "charging_session_review",
    "command": "command",
    "command_batch": "command_batch",
    "export_schedule": "export_schedule",
    "firmware_image": "firmware_image",
    "floor": "floor",
    "id_token": "id_token",
    "news": "news",
    "outlet": "outlet",
    "personal_api_key": "api_key",
    "retention": "retention",
    "rollout": "rollout",
    "service": "service",
    "service_outlet_value": "service_outlet_value",
    "site": "site",
    "site_administrator": "user",
    "station": "station",
    "system": "system",
    "unknown_station": "unknown_station",
}
"""Each audited table and the word for one row of it; the rows of two tables are a part of their user."""

NOT_AUDITED: Mapping[str, str] = {
    "ab_api_key": "Flask-AppBuilder's, without use here",
    "ab_group": "Flask-AppBuilder's, without use here",
    "ab_group_role": "Flask-AppBuilder's, without use here",
    "ab_permission": "rights are code; the launcher writes their names down",
    "ab_permission_view": "rights are code; the launcher writes their names down",
    "ab_permission_view_role": "rights are code; the launcher writes their names down",
    "ab_register_user": "Flask-AppBuilder's, without use here",
    "ab_role": "roles are code; the launcher writes their names down",
    "ab_user_group": "Flask-AppBuilder's, without use here",
    "ab_view_menu": "rights are code; the launcher writes their names down",
    "alarm_digest_day": "follows from the settings of users and from the clock",
    "alarm_history": "alarms that are over; whoever acknowledges one does so before",
    "audit_entry": "the log itself",
    "alarm_mail": "follows from the alarms and from the settings of users",
    "floor_plan": "its floor tells of it by the checksum",
    "backup": "a log of its own, written by the launcher",
    "charging_change": "follows from the charging sessions",
    "charging_month": "follows from the charging sessions",
    "charging_quarter": "follows from the charging sessions",
    "charging_session_deletion": "the deletion itself is audited",
    "erasure": "follows from the deletion of a user",
    "export_file": "that somebody takes rows away has an entry of its own",
    "event": "a log of its own, written beside what it tells",
    "feed_evse": "follows from the outlets",
    "feed_location": "follows from the sites",
    "local_list": "follows from the ID tokens",
    "message": "a log of its own, written by the engine",
    "meter_value": "written by stations alone",
    "news_read": "who has read what is nobody's business",
    "outlet_state_change": "follows from what stations tell, and where outlets stand",
    "outlet_state_note": "follows from what stations tell, and where outlets stand",
    "password_reset": "a link on its way to somebody; what comes of it, a new password, is audited",
    "rollout_station": "follows from its rollout",
    "saved_view": "how somebody likes to see a table is nobody's business",
    "service_charge": "a service's doing, and no person's; its commands are audited",
    "service_change": "follows from what changed",
    "service_delivery": "follows from what happened; who sends one again changes nothing",
    "site_driver": "follows from the charging sessions",
    "state_month": "follows from the states of outlets",
    "state_quarter": "follows from the states of outlets",
    "station_file": "written by stations alone",
    "station_password_failure": "written by stations alone; a new password takes them away",
    "station_parameter": "told by stations; who changes one makes a command, which is audited",
}

UNMARKED: Mapping[str, frozenset[str]] = {
    # What its runs write.
    "export_schedule": frozenset({"next_run_at", "last_run_at", "last_fault", "failures", "host_key"}),
    "ab_user": frozenset(
        {
            # Counted at each sign-in, which has an entry of its own.
            *("last_login", "login_count", "fail_login_count", "totp_last_step"),
            # The entry itself says who and when.
            *("created_on", "changed_on", "created_by_fk", "changed_by_fk"),
        }
    ),
    # How it goes.
    "service": frozenset(
        {"failures", "failing_since_at", "resumes_at", "trouble", "told_at", "asked_at"},
    ),
    # It counts changes, and is none.
    "charging_session": frozenset({"change_number"}),
    # To use a key changes nothing.
    "personal_api_key": frozenset({"last_used_at"}),
}
"""Columns whose change alone makes no entry."""

HIDDEN_OF_FLASK_APPBUILDER: Mapping[str, frozenset[str]] = {
    "ab_user": frozenset({"first_name", "last_name", "username", "email", "password"}),
}


def kind_of_table(name: str) -> str | None:
    """The word for a row of a table; None if the log keeps silent about it."""
    return None if name in NOT_AUDITED else KINDS.get(name, name)


def is_unmarked(table: str, column: str) -> bool:
    return column in UNMARKED.get(table, ())


def is_hidden(column: Column[object]) -> bool:
    """Whether a change of this column is kept without the value."""
    marked = all(column.info.get(name) == word for name, word in HIDDEN_INFO.items())
    return marked or column.name in HIDDEN_OF_FLASK_APPBUILDER.get(column.table.name, ())
