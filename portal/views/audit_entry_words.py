"""Entries of the audit log as a person reads them."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from domain.audit import AuditAction
from domain.audit_changes import HIDDEN

Values = Mapping[str, Any]

ACTIONS = {
    AuditAction.CREATED.value: _l("created"),
    AuditAction.CHANGED.value: _l("changed"),
    AuditAction.DELETED.value: _l("deleted"),
    AuditAction.SIGNED_IN.value: _l("signed in"),
    AuditAction.SIGN_IN_FAILED.value: _l("failed to sign in"),
    AuditAction.SIGNED_OUT.value: _l("signed out"),
    AuditAction.EXPORTED.value: _l("exported"),
    AuditAction.SHOWN.value: _l("shown a secret"),
}

KINDS = {
    "alarm": _l("Alarm"),
    "alarm_remark": _l("Remark on an alarm"),
    "alarm_rule": _l("Rule of alarms"),
    "api_key": _l("API key"),
    "charging_session": _l("Session"),
    "charging_session_review": _l("Review of a session"),
    "command": _l("Command"),
    "command_batch": _l("Command to many stations"),
    "export_schedule": _l("Regular export"),
    "firmware_image": _l("Firmware image"),
    "floor": _l("Floor"),
    "id_token": _l("ID token"),
    "news": _l("News"),
    "outlet": _l("Outlet"),
    "retention": _l("Retention"),
    "rollout": _l("Careful rollout"),
    "service": _l("Third-party service"),
    "service_outlet_value": _l("Outlet's value at a service"),
    "site": _l("Site"),
    "station": _l("Station"),
    "system": _l("System"),
    "table": _l("Table"),
    "unknown_station": _l("Unknown station"),
    "user": _l("User"),
}

TABLES = KINDS | {
    "alarm": _l("Active alarms"),
    "alarm_history": _l("Alarm history"),
    "audit_entry": _l("Audit log"),
    "charging_session": _l("Statistics"),
    "event": _l("Event log"),
    "station_file": _l("Files"),
}
"""What the object of an export is called."""


def actor(user_id: int | None, address: str | None, names: Mapping[int, str]) -> str:
    """Who did it: by the name of today, since the log has none."""
    if user_id is not None:
        return names.get(user_id) or _("deleted user %(id)s", id=user_id)
    return _("nobody signed in") if address else _("command line")


def target(kind: str | None, object_id: str | None) -> str:
    """The object of an entry without its name, such as `17` or, for an export, `Statistics`."""
    if kind == "table":
        return str(TABLES.get(object_id or "", object_id))
    return object_id or ""


def changes(before: Values | None, after: Values | None) -> str:
    """What an entry tells in one line, such as `name: Harbour → Quay; city: – → Aarhus`."""
    return "; ".join(_change(name, before, after) for name in fields(before, after))


def fields(before: Values | None, after: Values | None) -> list[str]:
    """Whatever has a value on either side."""
    names = dict.fromkeys([*(before or {}), *(after or {})])
    return [name for name in names if not _is_empty((before or {}).get(name)) or not _is_empty((after or {}).get(name))]


def _change(name: str, before: Values | None, after: Values | None) -> str:
    label = field_label(name)
    if before is None or after is None:
        return f"{label}: {value((after or before or {}).get(name))}"
    return f"{label}: {value(before.get(name))} → {value(after.get(name))}"


def field_label(name: str) -> str:
    """A field goes by its name in the API and in the code."""
    return name.replace("_", " ")


def value(found: Any) -> str:
    """A value in words."""
    match found:
        case _ if _is_empty(found):
            return "–"
        case bool():
            return _("yes") if found else _("no")
        case str() if found == HIDDEN:
            return _("(not kept)")
        case list():
            return ", ".join(map(value, found))
        case dict():
            return ", ".join(f"{field_label(name)} {value(each)}" for name, each in found.items())
        case _:
            return str(found)


def _is_empty(found: Any) -> bool:
    return found is None or found in ("", [], {})
