"""All that is kept about a person, for themselves: in portions, so that memory does not grow with the years.

Each portion is a word for what it holds and one such thing, in plain values. What others wrote about the person, such
as the notes of a review, is not theirs, and secrets are nobody's to read. What is new here is to be erased with its
user too (domain/erasures.py).
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from domain import meter_values
from domain.models import (
    AlarmMail,
    AuditEntry,
    ChargingSession,
    Command,
    ExportFile,
    ExportSchedule,
    IdToken,
    MeterValue,
    PersonalApiKey,
    PortalUser,
    SavedView,
)
from domain.models.charging_session import Authorization

PORTION = 100
"""So many of a kind are read at once."""

Thing = dict[str, Any]


def of_user(db: Session, user: PortalUser) -> Iterator[tuple[str, Thing]]:
    """The account, then tags, charges with what their meters showed, what was asked of stations, what is set up in the
    portal, and what they did in it."""
    yield "account", _account(user)
    for tag in db.scalars(select(IdToken).where(IdToken.user_id == user.id).order_by(IdToken.id)):
        yield "id_tokens", _tag(tag)
    charges = select(ChargingSession).where(ChargingSession.user_id == user.id)
    ordered = charges.order_by(ChargingSession.started_at, ChargingSession.id)
    for charging_session in db.scalars(ordered.execution_options(yield_per=PORTION)):
        readings = meter_values.of_session(db, charging_session)
        yield "charging_sessions", _charge(charging_session) | {"meter_values": [_reading(each) for each in readings]}
    for kind, rows, names in _plain(user):
        for row in db.scalars(rows.execution_options(yield_per=PORTION)):
            yield kind, {name: getattr(row, name) for name in names}


def _account(user: PortalUser) -> Thing:
    return {
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "role": user.role,
        "language": user.language,
        "time_zone": user.time_zone,
        "created_at": user.created_on,
        "last_login_at": user.last_login,
        "has_second_factor": user.totp_secret is not None,
        "alarm_email": user.alarm_email,
        "alarm_digest_hour": user.alarm_digest_hour,
        "alarms_at_once": user.alarms_at_once,
        "sites": [site.name for site in user.sites],
        "dashboard_panes": user.dashboard_panes,
    }


def _tag(tag: IdToken) -> Thing:
    names = ("id", "token", "description", "parent_token", "blocked", "valid_from_at", "expires_at")
    return {name: getattr(tag, name) for name in names}


def _charge(charging_session: ChargingSession) -> Thing:
    names = (
        "id",
        "started_at",
        "stopped_at",
        "ended_at",
        "duration_seconds",
        "site_name",
        "station_name",
        "outlet_number",
        "id_token",
        "meter_start_wh",
        "meter_stop_wh",
        "energy_wh",
        "stop_reason",
        "grade",
        "is_corrected",
    )
    authorization = Authorization(charging_session.authorization).name.lower()
    return {"authorization": authorization} | {name: getattr(charging_session, name) for name in names}


def _reading(reading: MeterValue) -> Thing:
    names = ("measured_at", "energy_wh", "power_w", "current_a", "soc_percent")
    return {name: getattr(reading, name) for name in names}


def _plain(user: PortalUser) -> Iterator[tuple[str, Select[Any], tuple[str, ...]]]:
    """What is told as it stands in its row."""
    commands = select(Command).where(Command.user_id == user.id).order_by(Command.created_at, Command.id)
    of_command = ("id", "action", "state", "reason", "created_at", "sent_at", "answered_at", "charging_session_id")
    yield "commands", commands, of_command
    keys = select(PersonalApiKey).where(PersonalApiKey.user_id == user.id).order_by(PersonalApiKey.id)
    yield "api_keys", keys, ("name", "is_read_only", "created_at", "expires_at", "last_used_at")
    views = select(SavedView).where(SavedView.user_id == user.id).order_by(SavedView.id)
    yield "saved_views", views, ("table_name", "name", "query")
    schedules = select(ExportSchedule).where(ExportSchedule.user_id == user.id).order_by(ExportSchedule.id)
    of_schedule = ("title", "table_name", "query", "file_type", "every", "target", "host", "directory", "account")
    yield "export_schedules", schedules, of_schedule
    files = select(ExportFile).where(ExportFile.user_id == user.id).order_by(ExportFile.id)
    yield "export_files", files, ("title", "table_name", "query", "file_type", "state", "asked_at", "expires_at")
    mails = select(AlarmMail).where(AlarmMail.user_id == user.id).order_by(AlarmMail.id)
    yield "alarm_mails", mails, ("kind", "day", "created_at", "state", "settled_at")
    deeds = select(AuditEntry).where(AuditEntry.user_id == user.id).order_by(AuditEntry.id)
    yield "deeds", deeds, ("happened_at", "address", "action", "object_kind", "object_id")
