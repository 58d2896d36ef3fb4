"""What happens all day, as a person reads it in the event log."""

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from domain.events import OrdinaryEventKind as Kind
from domain.protocols import IN_WORDS
from domain.statuses import OutletState
from portal import command_words, formats
from portal.pages.charts.states import STATE_LABELS
from portal.views.audit_entry_words import field_label
from portal.views.charging_session_words import stop_reason

Told = Mapping[str, Any]

KINDS = {
    Kind.NODE_CREATED.value: _l("Created in the tree"),
    Kind.NODE_CHANGED.value: _l("Settings changed"),
    Kind.NODE_REMOVED.value: _l("Removed from the tree"),
    Kind.STATION_CONNECTED.value: _l("Connected"),
    Kind.STATION_LOST.value: _l("Connection lost"),
    Kind.STATION_BOOTED.value: _l("Started"),
    Kind.OUTLET_STATE.value: _l("State of an outlet"),
    Kind.SESSION_STARTED.value: _l("Charge started"),
    Kind.SESSION_ENDED.value: _l("Charge ended"),
    Kind.SESSION_CONFIRMED.value: _l("Session confirmed"),
    Kind.SESSION_CORRECTED.value: _l("Session corrected"),
    Kind.COMMAND_ASKED.value: _l("Command given"),
    Kind.COMMAND_ENDED.value: _l("Command ended"),
    Kind.FILE_RECEIVED.value: _l("File received"),
    Kind.FILE_FAILED.value: _l("File not received"),
    Kind.FILE_REMOVED.value: _l("File removed"),
    Kind.FIRMWARE_ADDED.value: _l("Firmware image added"),
    Kind.FIRMWARE_REMOVED.value: _l("Firmware image removed"),
    Kind.USER_CREATED.value: _l("User created"),
    Kind.USER_REMOVED.value: _l("User removed"),
    Kind.USER_BLOCKED.value: _l("User blocked"),
    Kind.USER_UNBLOCKED.value: _l("User no longer blocked"),
    Kind.USER_PASSWORD_CHANGED.value: _l("Password changed"),
    Kind.TAG_ADDED.value: _l("ID token added"),
    Kind.TAG_REMOVED.value: _l("ID token removed"),
    Kind.TAG_BLOCKED.value: _l("ID token blocked"),
    Kind.TAG_UNBLOCKED.value: _l("ID token no longer blocked"),
}

LEVELS = {
    "system": _l("System"),
    "site": _l("Site"),
    "floor": _l("Floor"),
    "station": _l("Station"),
    "supply_controller": _l("Supply controller"),
    "outlet": _l("Outlet"),
}


def details(kind: str, told: Told) -> str:
    """What happened, in a line."""
    match kind:
        case Kind.NODE_CREATED | Kind.NODE_CHANGED | Kind.NODE_REMOVED:
            return _node(told)
        case Kind.STATION_CONNECTED | Kind.STATION_LOST:
            return IN_WORDS[told["protocol"]] if "protocol" in told else ""
        case Kind.STATION_BOOTED:
            return _versions(told)
        case Kind.OUTLET_STATE:
            before, after = (STATE_LABELS[OutletState(told[name])] for name in ("before", "after"))
            return _joined(_outlet(told), _("%(old)s → %(new)s", old=before, new=after))
        case Kind.SESSION_STARTED | Kind.SESSION_ENDED | Kind.SESSION_CONFIRMED | Kind.SESSION_CORRECTED:
            return _joined(_outlet(told), _energy(told), stop_reason(told.get("stop_reason")))
        case Kind.COMMAND_ASKED | Kind.COMMAND_ENDED:
            return _command(told)
        case Kind.FILE_RECEIVED | Kind.FILE_FAILED | Kind.FILE_REMOVED:
            return _joined(told["name"], _("%(number)s bytes", number=format_decimal(told["size_bytes"])))
        case Kind.FIRMWARE_ADDED | Kind.FIRMWARE_REMOVED:
            return str(told["name"])
    return _("User %(number)s", number=told["user_id"]) if "user_id" in told else _("A tag of nobody")


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


def _outlet(told: Told) -> str:
    return _("Outlet %(number)s", number=told["outlet_number"]) if "outlet_number" in told else ""


def _node(told: Told) -> str:
    node = f"{LEVELS[told['level']]} {told['name']}"
    fields = ", ".join(map(field_label, told.get("fields", ())))
    return f"{node}: {fields}" if fields else node


def _versions(told: Told) -> str:
    """The firmware, and which it was before where that is another."""
    if "firmware_before" in told and "firmware_version" in told:
        return _("%(old)s → %(new)s", old=told["firmware_before"], new=told["firmware_version"])
    return str(told.get("firmware_version", ""))


def _energy(told: Told) -> str:
    if "energy_wh" not in told:
        return ""
    energy = _("%(energy)s kWh", energy=formats.kwh(told["energy_wh"]))
    if "energy_before_wh" not in told:
        return energy
    return _("%(old)s → %(new)s", old=formats.kwh(told["energy_before_wh"]), new=energy)


def _command(told: Told) -> str:
    said = [command_words.ACTIONS[told["action"]]]
    if "state" in told:
        reason = told.get("reason")
        said += [command_words.STATES[told["state"]], command_words.REASONS.get(reason, reason)]
    return _joined(*said, _("command %(number)s", number=told["command_id"]))
