"""Alarms as a person reads them."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import format_timedelta, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from domain.models import AlarmKind
from portal.chips import chip

KINDS = {
    AlarmKind.NOT_REGISTERED.value: _l("Not registered"),
    AlarmKind.HARDWARE_FAULT.value: _l("Hardware fault"),
    AlarmKind.HARDWARE_CONFIGURATION_FAULT.value: _l("Hardware configuration fault"),
    AlarmKind.FUSE.value: _l("Fuse"),
    AlarmKind.TEMPERATURE.value: _l("Temperature"),
    AlarmKind.NO_NETWORK.value: _l("No network"),
    AlarmKind.SITE_UPLINK.value: _l("No network at the site"),
    AlarmKind.CRON.value: _l("Portal: no timetable"),
    AlarmKind.WORKER.value: _l("Portal: no worker"),
    AlarmKind.COMMAND_WORKER.value: _l("Portal: no command worker"),
    AlarmKind.REDIS.value: _l("Portal: no Redis"),
    AlarmKind.BACKUP.value: _l("Portal: no good backup"),
}
ADVICE = {
    AlarmKind.NOT_REGISTERED.value: _l(
        "The station was created here and has never called. Enter the address from its page in it, and look whether its"
        " charge box id is the one that it uses."
    ),
    AlarmKind.HARDWARE_FAULT.value: _l(
        "The station tells a fault of its own. Its manufacturer knows what the codes mean; a restart may help."
    ),
    AlarmKind.HARDWARE_CONFIGURATION_FAULT.value: _l(
        "The station's software and hardware do not fit. Look at its parameters and at its software version."
    ),
    AlarmKind.FUSE.value: _l(
        "A fuse or a breaker has gone, or a phase is away. Somebody has to look at it on the spot."
    ),
    AlarmKind.TEMPERATURE.value: _l("The station is too hot. Look at its fan and its filters, and at the sun."),
    AlarmKind.NO_NETWORK.value: _l(
        "Nothing is heard of the station. Look at its power and its network; it calls again by itself."
    ),
    AlarmKind.SITE_UPLINK.value: _l(
        "Many stations of this site were lost within a minute, so what they have in common has failed: its router, its"
        " line or its power."
    ),
    AlarmKind.CRON.value: _l(
        "Nothing is heard of the process cron, so nothing recurs: alarms of silent stations do not appear, and no"
        " backup is made. Look whether it runs, start it again, and read what it logged last (cron.log)."
    ),
    AlarmKind.WORKER.value: _l(
        "Nothing is heard of a worker, so jobs wait: alarms of silent stations do not appear, and exports, e-mails and"
        " backups are not made. Look whether the process worker runs, start it again, and read what it logged last"
        " (worker.log)."
    ),
    AlarmKind.COMMAND_WORKER.value: _l(
        "Nothing is heard of the worker for commands, so stations are not told what is asked of them. Look whether the"
        " process worker runs, start it again, and read what it logged last (worker.log)."
    ),
    AlarmKind.REDIS.value: _l(
        "Redis does not answer, so no job is queued and no command reaches a station; charging goes on. Look whether it"
        " runs, whether its disk is full, and whether REDIS_URL is right."
    ),
    AlarmKind.BACKUP.value: _l(
        "What the portal knows would not survive its disk. Look at the reason, at the room on the disk for backups, and"
        " at Backups; then make one."
    ),
}
"""What a person may do about it."""

NEW, ACKNOWLEDGED, CALM, GATHERED = "new", "acknowledged", "calm", "gathered"
STATES = {
    NEW: _l("New"),
    ACKNOWLEDGED: _l("Acknowledged"),
    CALM: _l("Ending"),
    GATHERED: _l("In a group"),
}
SIGNS = {NEW: ("◆", "fault"), ACKNOWLEDGED: ("✓", "muted"), CALM: ("○", "muted"), GATHERED: ("↳", "muted")}


def state_chip(state: str, by: str | None = None) -> Markup:
    """Whoever has acknowledged it stands for the word."""
    return chip(SIGNS[state], by if state == ACKNOWLEDGED and by else STATES[state])


def what(told: Mapping[str, Any]) -> str:
    """What it is about, in a line: the outlet, and what the station said."""
    match told["kind"]:
        case AlarmKind.NOT_REGISTERED:
            return _("Has never called")
        case AlarmKind.NO_NETWORK:
            return _("Nothing is heard of it")
        case AlarmKind.SITE_UPLINK:
            # How many are still away; of one that is over, or just ending, nobody counts any more.
            if stations := told.get("stations"):
                return ngettext("%(num)d station", "%(num)d stations", stations)
            return _("Many stations at once")
        case AlarmKind.CRON | AlarmKind.WORKER | AlarmKind.COMMAND_WORKER:
            return _("Nothing is heard of it")
        case AlarmKind.REDIS:
            return _("It does not answer")
        case AlarmKind.BACKUP if not told["info"]:
            return _("None is new enough")
    outlet = _("Outlet %(number)s", number=told["outlet_number"]) if told["outlet_number"] else ""
    said = (told.get(name) for name in ("error_code", "vendor_error_code", "info"))
    return " · ".join(filter(None, (outlet, *said)))


def what_of_text(value: str) -> str:
    """The same of what a column holds."""
    return what(json.loads(value))


def lasted(span: timedelta) -> str:
    return format_timedelta(span, granularity="minute", threshold=1.5)
