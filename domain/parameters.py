"""The parameters of a station: its configuration keys (OCPP 1.6, chapter 9), as it told them and as it was asked.

What a station tells is written down whole. What it is asked stands beside it, with its answer, so that a person sees of
each parameter what is on the station, what was asked for last, and what became of that. A secret is kept as set or not
set and never with its value (domain/secret_parameters.py).
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import asking, commands, live, protocols
from domain.asking import IfOffline
from domain.models import Action, Command, ParameterResult, Station, StationParameter
from domain.secret_parameters import masked

ASK_AGAIN_AFTER = timedelta(hours=1)
"""A station that does not tell its parameters is asked again at a boot no sooner than this."""
MOST_KEYS = 2000
"""So many of one station's are kept; real ones have some hundred."""
HEARTBEAT = "heartbeatinterval"
"""In small letters: OCPP 1.5 writes HeartBeatInterval, 1.6 HeartbeatInterval."""
LONGEST_HEARTBEAT = 24 * 3600
"""Whoever is silent for two of them would seem to be there for days."""
NUMBER = re.compile(r"[0-9]{1,9}")
LONGEST_KEY = 255
"""OCPP allows 50 characters (OCPP 1.6, 7.29); not every station keeps to it."""

IN_FORCE = (ParameterResult.ACCEPTED, ParameterResult.REBOOT_REQUIRED)
"""The answers after which a station has the value; one of them says that it acts by it only after a restart."""


def ask_at_first_boot(db: Session, station_id: int, now: datetime) -> Command | None:
    """Have a station that never told its parameters tell them; nobody asked for that. The sweep sends the command."""
    is_asked = exists().where(
        Command.station_id == Station.id,
        Command.action == Action.GET_CONFIGURATION,
        Command.created_at > now - ASK_AGAIN_AFTER,
    )
    station = db.scalar(
        select(Station).where(Station.id == station_id, Station.parameters_read_at.is_(None), ~is_asked)
    )
    if station is None or not protocols.knows(station.protocol, Action.GET_CONFIGURATION):
        return None
    return commands.make(db, station, Action.GET_CONFIGURATION, {"keys": []}, None, now)


def change(
    db: Session,
    station: Station,
    key: str,
    value: str,
    user_id: int | None,
    now: datetime,
    if_offline: IfOffline = IfOffline.FAIL,
) -> Command:
    """Ask a station to take a value. The caller commits and sends the command. Raises asking.ParametersError."""
    # What no parameter can be called is refused before a parameter of that name is looked for.
    asking.checked(Action.CHANGE_CONFIGURATION, {"key": key, "value": value})
    asked = {"key": as_told(db, station.id, key), "value": value}
    command = asking.ask(db, station, Action.CHANGE_CONFIGURATION, asked, user_id, now, if_offline)
    _note_change(db, command, asked["key"], {"asked_value": masked(asked["key"], value), "result": None})
    return command


def as_told(db: Session, station_id: int, key: str) -> str:
    """The key as the station writes it: keys are compared without regard to case (OCPP 1.6, 7.29)."""
    told = select(StationParameter.key).where(
        StationParameter.station_id == station_id, func.lower(StationParameter.key) == key.lower()
    )
    return db.scalar(told.order_by(StationParameter.key != key).limit(1)) or key


def follow_change(db: Session, command: Command, answered_at: datetime) -> None:
    """What a station answered to a change. A secret has done its service and is taken out of the command."""
    site_id = _site_of(db, command)
    key, value = command.parameters["key"], masked(command.parameters["key"], command.parameters["value"])
    command.parameters = {"key": key, "value": value}
    result = result_of(command)
    if site_id is None or result is None:
        return
    told: dict[str, Any] = {"asked_value": value, "result": result}
    if result in IN_FORCE:
        told["value"] = value
    if result is ParameterResult.ACCEPTED:
        _hear_heartbeat(db, command.station_id, {key: value})
    _note_change(db, command, key, told)
    live.note(db, live.Change(live.Kind.PARAMETERS, command.station_id, site_id, command.station_id))


def result_of(command: Command) -> ParameterResult | None:
    """What the station answered to a change; None where it did not answer, or with an error."""
    status = (command.outcome or {}).get("status")
    return ParameterResult(status) if status in list(ParameterResult) else None


def _note_change(db: Session, command: Command, key: str, noted: Mapping[str, Any]) -> None:
    """Beside the parameter; that of an older command than the one that is noted comes too late."""
    last = {"command_id": command.id, "asked_at": command.created_at, **noted}
    statement = insert(StationParameter).values(station_id=command.station_id, key=key[:LONGEST_KEY], **last)
    db.execute(
        statement.on_conflict_do_update(
            index_elements=[StationParameter.station_id, StationParameter.key],
            set_=last,
            where=or_(StationParameter.command_id.is_(None), StationParameter.command_id <= command.id),
        )
    )


def follow_read(db: Session, command: Command, answered_at: datetime) -> None:
    """What a station told of its parameters: of all, or of those it was asked for."""
    outcome = command.outcome or {}
    site_id = _site_of(db, command)
    if site_id is None or "parameters" not in outcome:
        return
    told = {each["key"]: each for each in outcome["parameters"] if len(each["key"]) <= LONGEST_KEY}
    _keep(db, command.station_id, list(told.values())[:MOST_KEYS], answered_at)
    _hear_heartbeat(db, command.station_id, {key: each.get("value") for key, each in told.items()})
    if command.parameters.get("keys"):
        _forget(db, command.station_id, StationParameter.key.in_(outcome.get("unknown_keys") or []))
    else:
        _forget(db, command.station_id, StationParameter.key.not_in(told))
        db.execute(update(Station).where(Station.id == command.station_id).values(parameters_read_at=answered_at))
    live.note(db, live.Change(live.Kind.PARAMETERS, command.station_id, site_id, command.station_id))


def _keep(db: Session, station_id: int, told: list[dict[str, Any]], read_at: datetime) -> None:
    if not told:
        return
    rows = [
        {
            "station_id": station_id,
            "key": each["key"],
            "value": None if each.get("value") is None else masked(each["key"], each["value"]),
            "is_readonly": bool(each.get("is_readonly")),
            "read_at": read_at,
        }
        for each in told
    ]
    statement = insert(StationParameter).values(rows)
    new = {name: statement.excluded[name] for name in ("value", "is_readonly", "read_at")}
    keys = [StationParameter.station_id, StationParameter.key]
    db.execute(statement.on_conflict_do_update(index_elements=keys, set_=new))


def _hear_heartbeat(db: Session, station_id: int, values: Mapping[str, str | None]) -> None:
    """Keep how often the station says that it is there, if these parameters tell it."""
    told = next((value for key, value in values.items() if key.lower() == HEARTBEAT), None)
    seconds = int(told) if told and NUMBER.fullmatch(told) else 0
    if 0 < seconds <= LONGEST_HEARTBEAT:
        db.execute(update(Station).where(Station.id == station_id).values(heartbeat_seconds=seconds))


def _forget(db: Session, station_id: int, which: Any) -> None:
    """Those that a station does not have any more; not those that it never lists and yet took a value for."""
    is_hidden = StationParameter.read_at.is_(None) & StationParameter.result.in_(IN_FORCE)
    is_asked = StationParameter.read_at.is_(None) & StationParameter.result.is_(None)
    db.execute(
        delete(StationParameter)
        .where(StationParameter.station_id == station_id, which, ~is_hidden, ~is_asked)
        .execution_options(synchronize_session=False)
    )


def _site_of(db: Session, command: Command) -> int | None:
    """Where the station stands, which nobody deletes meanwhile; None if somebody has."""
    station = select(Station.site_id).where(Station.id == command.station_id)
    return db.scalar(station.with_for_update(read=True, key_share=True))
