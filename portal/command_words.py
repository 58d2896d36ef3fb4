"""Commands as a person reads them: what was asked, where it stands, and what the station answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from domain import secret_parameters
from domain.command_parameters import Purpose, TriggeredMessage
from domain.models import Action, CommandReason, CommandState
from portal import formats
from portal.chips import chip
from portal.problem_words import kept_in_words

SECONDS_PER_HOUR = 3600
MOST_KEYS_NAMED = 3

ACTIONS: Mapping[str, LazyString] = {
    Action.REMOTE_START.value: _l("Start charging"),
    Action.REMOTE_STOP.value: _l("Stop charging"),
    Action.RESET.value: _l("Restart"),
    Action.UNLOCK.value: _l("Unlock"),
    Action.CHANGE_AVAILABILITY.value: _l("Availability"),
    Action.UPDATE_FIRMWARE.value: _l("Update software"),
    Action.GET_DIAGNOSTICS.value: _l("Diagnostics"),
    Action.GET_LOG.value: _l("Log"),
    Action.SEND_LOCAL_LIST.value: _l("Download RFID tags"),
    Action.GET_LOCAL_LIST_VERSION.value: _l("Version of the tag list"),
    Action.GET_CONFIGURATION.value: _l("Read parameters"),
    Action.CHANGE_CONFIGURATION.value: _l("Change a parameter"),
    Action.CLEAR_CACHE.value: _l("Clear cache"),
    Action.TRIGGER_MESSAGE.value: _l("Trigger"),
    Action.RESERVE.value: _l("Reserve"),
    Action.CANCEL_RESERVATION.value: _l("Cancel reservation"),
    Action.SET_CHARGING_PROFILE.value: _l("Set charging profile"),
    Action.CLEAR_CHARGING_PROFILE.value: _l("Clear charging profiles"),
    Action.GET_COMPOSITE_SCHEDULE.value: _l("Composite schedule"),
    Action.DATA_TRANSFER.value: _l("Data transfer"),
}

STATES: Mapping[str, LazyString] = {
    CommandState.QUEUED.value: _l("Queued"),
    CommandState.SENT.value: _l("Sent"),
    CommandState.ACCEPTED.value: _l("Accepted"),
    CommandState.REJECTED.value: _l("Rejected"),
    CommandState.FAILED.value: _l("Failed"),
    CommandState.TIMED_OUT.value: _l("Timed out"),
}
SIGNS: Mapping[str, tuple[str, str]] = {
    CommandState.QUEUED.value: ("◷", "muted"),
    CommandState.SENT.value: ("↗", "charging"),
    CommandState.ACCEPTED.value: ("✓", "ok"),
    CommandState.REJECTED.value: ("✕", "fault"),
    CommandState.FAILED.value: ("✕", "fault"),
    CommandState.TIMED_OUT.value: ("!", "warn"),
}
"""The symbol of each state and the class of its colour."""

REASONS: Mapping[str, LazyString] = {
    CommandReason.OFFLINE.value: _l("The station was not connected"),
    CommandReason.NOT_SENT.value: _l("Could not be sent in time, and never will be"),
    CommandReason.CANCELLED.value: _l("Taken back before it was sent"),
    CommandReason.STATION_DELETED.value: _l("The station was deleted before it was sent"),
    CommandReason.GONE.value: _l("What it needs was gone when its turn came"),
    CommandReason.UNSUITABLE.value: _l("It cannot be meant for this station"),
    CommandReason.NOT_SENDABLE.value: _l("The station's version of OCPP has no words for it"),
    CommandReason.NO_ANSWER.value: _l("No answer in time; the station may still obey"),
    CommandReason.LINE_LOST.value: _l("The line was lost before the answer; the station may have obeyed"),
    CommandReason.REFUSED.value: _l("The station answered with an error"),
    CommandReason.UNREACHABLE.value: _l("Nothing answers at the station's address; the station never saw it"),
    CommandReason.NO_ADDRESS.value: _l("The station told no address to call it at, and none is set"),
    CommandReason.FORBIDDEN_ADDRESS.value: _l("The station's address is one that is never called"),
    CommandReason.NOT_UNDERSTOOD.value: _l("The station's answer is not understood"),
}

OUTCOMES: Mapping[str, LazyString] = {
    "accepted": _l("The station agreed"),
    "rejected": _l("The station said no"),
    "scheduled": _l("The station does it when the charge has ended"),
    "reboot_required": _l("Changed; works after a restart"),
    "not_supported": _l("The station does not know this"),
    "not_implemented": _l("The station cannot do this"),
    "unlocked": _l("The connector was unlocked"),
    "unlock_failed": _l("The connector could not be unlocked"),
    "failed": _l("The station tried and failed"),
    "version_mismatch": _l("The station's list is another one; send the full list"),
    "hash_error": _l("The station's list is another one; send the full list"),
    "faulted": _l("The outlet has a fault"),
    "occupied": _l("The outlet is occupied"),
    "unavailable": _l("The outlet is out of service"),
    "unknown_message_id": _l("The station does not know this message"),
    "unknown_vendor_id": _l("The station does not know this vendor"),
    "unknown": _l("The station knows no such thing"),
    "accepted_canceled": _l("The station agreed, and gave up an upload that was running"),
    "invalid_certificate": _l("The station does not trust the certificate of the image"),
    "revoked_certificate": _l("The certificate of the image was withdrawn"),
}
"""The words that a station may answer (domain/reports.py, CommandReport)."""

PROGRESS: Mapping[str, LazyString] = {
    "idle": _l("Nothing is under way"),
    "downloading": _l("Downloading"),
    "downloaded": _l("Downloaded"),
    "download_failed": _l("The download failed"),
    "download_scheduled": _l("The download is scheduled"),
    "download_paused": _l("The download is paused"),
    "installing": _l("Installing"),
    "installed": _l("Installed"),
    "installation_failed": _l("The installation failed"),
    "install_scheduled": _l("The installation is scheduled"),
    "install_rebooting": _l("Restarting to install"),
    "install_verification_failed": _l("The installed image is not right"),
    "invalid_signature": _l("The signature is not right"),
    "signature_verified": _l("The signature is right"),
    "uploading": _l("Uploading"),
    "uploaded": _l("Uploaded"),
    "upload_failed": _l("The upload failed"),
    "bad_message": _l("The station did not understand what to upload"),
    "not_supported_operation": _l("The station cannot upload this way"),
    "permission_denied": _l("The upload was refused"),
}

MESSAGES: Mapping[str, LazyString] = {
    TriggeredMessage.STATUS.value: _l("status"),
    TriggeredMessage.METER_VALUES.value: _l("meter values"),
    TriggeredMessage.HEARTBEAT.value: _l("heartbeat"),
    TriggeredMessage.BOOT.value: _l("boot notification"),
    TriggeredMessage.FIRMWARE_STATUS.value: _l("state of the software update"),
    TriggeredMessage.DIAGNOSTICS_STATUS.value: _l("state of the diagnostics"),
    TriggeredMessage.LOG_STATUS.value: _l("state of the log"),
    TriggeredMessage.SIGN_CERTIFICATE.value: _l("request for a certificate"),
}
PURPOSES: Mapping[str, LazyString] = {
    Purpose.STATION.value: _l("the whole station"),
    Purpose.DEFAULT.value: _l("each charge"),
    Purpose.CHARGE.value: _l("the charge that runs"),
}
KINDS_OF_RESET = {"soft": _l("soft"), "hard": _l("hard")}
UPDATES = {"full": _l("full"), "differential": _l("differential")}
LOGS = {"diagnostics": _l("diagnostics"), "security": _l("security")}


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a command's answer."""

    state: str
    reason: str | None
    waits: bool
    status: str | None
    """The station's own word, of `outcome`."""
    error: str | None = None
    """The code of an error that it answered with."""
    version: int | None = None
    file_name: str | None = None
    problems: Mapping[str, Any] | None = None
    """Why it cannot be meant for this station."""
    detail: str | None = None
    """What the system said when the station could not be reached or understood."""


def described(action: str, parameters: Mapping[str, Any], firmware: str | None = None) -> str:
    """A command with what tells it from others of its kind, such as `Trigger: meter values`; no secrets."""
    words = DETAILS.get(Action(action), lambda _parameters: "")(parameters)
    if action == Action.UPDATE_FIRMWARE:
        words = firmware or ""
    return _("%(command)s: %(details)s", command=ACTIONS[action], details=words) if words else str(ACTIONS[action])


def state_chip(state: str) -> Markup:
    """A state with symbol, word and colour."""
    return chip(SIGNS[state], STATES[state])


def answer(told: Told) -> str:
    """What became of it, as far as it itself knows; empty while nothing is."""
    if told.reason == CommandReason.REFUSED and told.error:
        return _("The station answered with the error %(code)s", code=told.error)
    if told.problems:
        return kept_in_words(told.problems)
    if told.reason is not None:
        return ": ".join(filter(None, (str(REASONS.get(told.reason, told.reason)), told.detail)))
    if told.version is not None:
        return _("The station's list has version %(version)s", version=told.version)
    if told.file_name:
        return _("The station uploads %(name)s", name=told.file_name)
    if told.status is not None:
        return str(OUTCOMES.get(told.status, told.status))
    if told.state in (CommandState.ACCEPTED, CommandState.REJECTED):
        return str(OUTCOMES[told.state])
    return ""


def progress(word: str | None) -> str:
    """How far the station is with what it agreed to."""
    return str(PROGRESS.get(word, word)) if word else ""


def _availability(parameters: Mapping[str, Any]) -> str:
    return _("in service") if parameters["available"] else _("out of service")


def _change(parameters: Mapping[str, Any]) -> str:
    key = parameters["key"]
    return f"{key} = {secret_parameters.masked(key, parameters['value'])}"


def _keys(parameters: Mapping[str, Any]) -> str:
    keys = parameters.get("keys", [])
    named = ", ".join(keys[:MOST_KEYS_NAMED])
    more = len(keys) - MOST_KEYS_NAMED
    return (
        ngettext("%(names)s and %(num)d more", "%(names)s and %(num)d more", more, names=named) if more > 0 else named
    )


def _reservation(parameters: Mapping[str, Any]) -> str:
    until = formats.at(datetime.fromisoformat(parameters["expires_at"]))[:16]
    return _("%(token)s until %(time)s", token=parameters["id_token"], time=until)


def _profile(parameters: Mapping[str, Any]) -> str:
    profile = parameters["profile"]
    first = profile["periods"][0]
    limit = f"{first['limit']:g} {profile.get('unit', 'A')}"
    if len(profile["periods"]) > 1:
        limit += " …"
    return _("%(limit)s for %(purpose)s", limit=limit, purpose=PURPOSES[profile.get("purpose", Purpose.DEFAULT)])


def _vendor(parameters: Mapping[str, Any]) -> str:
    return " · ".join(parameters[name] for name in ("vendor_id", "message_id") if parameters.get(name))


DETAILS: Mapping[Action, Callable[[Mapping[str, Any]], str]] = {
    Action.REMOTE_START: lambda parameters: _("tag %(token)s", token=parameters.get("id_token", "")),
    Action.RESET: lambda parameters: str(KINDS_OF_RESET[parameters.get("type", "soft")]),
    Action.CHANGE_AVAILABILITY: _availability,
    Action.GET_LOG: lambda parameters: str(LOGS[parameters.get("log", "diagnostics")]),
    Action.SEND_LOCAL_LIST: lambda parameters: str(UPDATES[parameters.get("update", "full")]),
    Action.GET_CONFIGURATION: _keys,
    Action.CHANGE_CONFIGURATION: _change,
    Action.TRIGGER_MESSAGE: lambda parameters: str(MESSAGES[parameters["message"]]),
    Action.RESERVE: _reservation,
    Action.CANCEL_RESERVATION: lambda parameters: str(parameters["reservation"]),
    Action.SET_CHARGING_PROFILE: _profile,
    Action.GET_COMPOSITE_SCHEDULE: lambda parameters: _(
        "%(hours)s hours", hours=f"{parameters.get('duration_seconds', 0) / SECONDS_PER_HOUR:g}"
    ),
    Action.DATA_TRANSFER: _vendor,
}
"""What tells one from another of the same action."""
