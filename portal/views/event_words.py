"""Events as a person reads them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import format_timedelta
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from domain.events import EventKind
from domain.id_tokens import TagByteOrder, TagDigits
from portal import formats
from portal.command_words import progress
from portal.views import ordinary_event_words
from portal.views.charging_session_words import stop_reason

KINDS = {
    EventKind.TAG_KNOWN_OTHERWISE.value: _l("Unknown tag, known if read otherwise"),
    EventKind.UNKNOWN_TRANSACTION_STOPPED.value: _l("Stop of an unknown charge"),
    EventKind.STATION_LOCKED.value: _l("Wrong passwords in the name of a station"),
    EventKind.DATA_TRANSFERRED.value: _l("Message of the manufacturer's own"),
    EventKind.TRANSACTION_MATCHED.value: _l("Stop without its number, matched to a charge"),
    EventKind.UNKNOWN_TRANSACTION_METERED.value: _l("Meter values of an unknown charge"),
    EventKind.FIRMWARE_STATUS.value: _l("Firmware"),
    EventKind.LOG_STATUS.value: _l("Upload of a log"),
    EventKind.SECURITY_EVENT.value: _l("Security event"),
    EventKind.CLOCK_WRONG.value: _l("The station's clock is wrong"),
    EventKind.STATION_MOVED.value: _l("Moved in the tree"),
    **ordinary_event_words.KINDS,
}

READ_OTHERWISE = {
    (None, TagByteOrder.REVERSED): _l("with its bytes reversed"),
    (None, TagByteOrder.AS_PRINTED): _l("with its bytes as they were sent"),
    (TagDigits.HEXADECIMAL, None): _l("as hexadecimal"),
    (TagDigits.DECIMAL, None): _l("as decimal"),
    (TagDigits.HEXADECIMAL, TagByteOrder.REVERSED): _l("as hexadecimal with its bytes reversed"),
    (TagDigits.HEXADECIMAL, TagByteOrder.AS_PRINTED): _l("as hexadecimal with its bytes as they were sent"),
    (TagDigits.DECIMAL, TagByteOrder.REVERSED): _l("as decimal with its bytes reversed"),
    (TagDigits.DECIMAL, TagByteOrder.AS_PRINTED): _l("as decimal with its bytes as they were sent"),
}
"""By what would have to be set otherwise: what digits are, and the order of the bytes."""


def details(kind: str, told: Mapping[str, Any]) -> str:
    """What happened, in a sentence or two."""
    match kind:
        case EventKind.TAG_KNOWN_OTHERWISE:
            return _tag_known_otherwise(told)
        case EventKind.UNKNOWN_TRANSACTION_STOPPED:
            return _unknown_transaction_stopped(told)
        case EventKind.STATION_LOCKED:
            address = told.get("remote_address") or _("an unknown address")
            return _("%(number)s in a row from %(address)s, which was locked", number=told["failures"], address=address)
        case EventKind.DATA_TRANSFERRED:
            parts = (told.get("vendor_id"), told.get("message_id"), told.get("data"))
            return " · ".join(part for part in parts if part)
        case EventKind.TRANSACTION_MATCHED:
            return _(
                "The station named transaction %(number)s; it is session %(session)s",
                number=told["transaction_id"],
                session=told["charging_session_id"],
            )
        case EventKind.UNKNOWN_TRANSACTION_METERED:
            return _(
                "Transaction %(number)s at outlet %(outlet)s",
                number=told["transaction_id"],
                outlet=told["outlet_number"],
            )
        case EventKind.FIRMWARE_STATUS | EventKind.LOG_STATUS:
            return _progress(told)
        case EventKind.SECURITY_EVENT:
            at = formats.at(datetime.fromisoformat(told["at"]))
            return " · ".join(part for part in (told["type"], at, told.get("info")) if part)
        case EventKind.CLOCK_WRONG:
            return clock_wrong(told["offset_seconds"])
        case EventKind.STATION_MOVED:
            return _moved(told)
        case _ if kind in ordinary_event_words.KINDS:
            return ordinary_event_words.details(kind, told)
        case _:
            return " · ".join(f"{name}: {value}" for name, value in told.items())


def _tag_known_otherwise(told: Mapping[str, Any]) -> str:
    otherwise = READ_OTHERWISE[told.get("tag_digits"), told.get("tag_byte_order")]
    return _("%(token)s would be known %(otherwise)s", token=told["id_token"], otherwise=otherwise)


def _moved(told: Mapping[str, Any]) -> str:
    places = {end: told[end] or _("directly on the site") for end in ("from", "to") if end in told}
    match places:
        case {"from": old, "to": new}:
            return _("%(old)s → %(new)s", old=old, new=new)
        case {"to": new}:
            return _("from another site: → %(new)s", new=new)
    return _("to another site: %(old)s →", old=places["from"])


def _progress(told: Mapping[str, Any]) -> str:
    said = progress(told["status"])
    if told.get("command_id") is None:
        return said
    return _("%(progress)s · command %(number)s", progress=said, number=told["command_id"])


def clock_wrong(offset_seconds: float) -> str:
    """By how much a station's clock is wrong."""
    span = format_timedelta(timedelta(seconds=abs(offset_seconds)))
    return _("Ahead by %(span)s", span=span) if offset_seconds > 0 else _("Behind by %(span)s", span=span)


def advice(kind: str) -> str:
    """What a person may do about it; nothing where there is nothing to do."""
    if kind == EventKind.TAG_KNOWN_OTHERWISE:
        return _(
            "The tag was refused. If all tags are like that at this station, set how it reads tags on its page or on"
            " that of its site."
        )
    if kind == EventKind.CLOCK_WRONG:
        return _(
            "The station is told the right time with each heartbeat. If it stays wrong, look at its time zone and at"
            " where it takes the time from. Charges that it told meanwhile are marked for review."
        )
    if kind == EventKind.STATION_LOCKED:
        return _(
            "If it was the station itself, set its password on its page to the one that it has, or give it a new one;"
            " that ends the lock. The lock ends by itself after five minutes."
        )
    return ""


def _unknown_transaction_stopped(told: Mapping[str, Any]) -> str:
    said = [
        _("Transaction %(number)s", number=told["transaction_id"]),
        _("stopped %(at)s", at=formats.at(datetime.fromisoformat(told["stopped_at"]))),
        _("meter %(energy)s kWh", energy=formats.kwh(told["meter_stop_wh"])),
        stop_reason(told["reason"]),
    ]
    if told.get("id_token"):
        said.append(_("tag %(token)s", token=told["id_token"]))
    return " · ".join(said)
