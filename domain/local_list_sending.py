"""How a list of tags gets to a station, part by part, and what the station is known to hold (OCPP 1.6, 5.15).

A part is sent only when the one before it was accepted, and a differential list only to a station that is known to hold
what it tells the differences from. What a station holds is forgotten in the moment a part leaves, and known again once
the last is accepted: so a lost answer, or a part that the station refuses, makes the next list a full one. Each part
has the next version.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from domain.errors import GoneError
from domain.local_lists import DIFFERENTIAL
from domain.models import Action, Command, CommandState, LocalList, Station
from domain.models.columns import LARGEST_KEY

ACCEPTED = "accepted"
NO_LIST = -1
LARGEST_VERSION = LARGEST_KEY // 2
"""A station that tells a larger one tells nonsense: there would be no room for the next ones."""


def prepare(db: Session, command: Command, _now: datetime) -> dict[str, Any]:
    """What is added to the order: `version`, and `entries` with `id_token` and, of those that stay, `status`,
    `expires_at` and `parent_token`. Raises GoneError."""
    entries = db.scalar(select(LocalList.entries).where(LocalList.id == command.parameters["list"]))
    if entries is None or not _follows(db, command):
        raise GoneError("What this part of a list builds upon is not at the station.")
    version = _next_version(db, command)
    db.execute(
        update(Command)
        .where(Command.id == command.id)
        .values(parameters=command.parameters | {"version": version})
        .execution_options(synchronize_session=False)
    )
    _set(db, command.station_id, local_list_id=None)
    return {"version": version, "entries": [_entry(tag, told) for tag, told in sorted(entries.items())]}


def _entry(tag: str, told: dict[str, str] | None) -> dict[str, str]:
    return {"id_token": tag} if told is None else {"id_token": tag, "status": ACCEPTED, **told}


def _follows(db: Session, command: Command) -> bool:
    """Whether the station holds what this part changes."""
    asked = command.parameters
    if asked["part"] > 1:
        before = db.execute(_sent(command).where(Command.id < command.id).limit(1)).one_or_none()
        told = (asked["target"], asked["part"] - 1)
        return (
            before is not None
            and before.state is CommandState.ACCEPTED
            and (before.parameters["target"], before.parameters["part"]) == told
        )
    if asked["update"] != DIFFERENTIAL:
        return True
    held = db.scalar(select(Station.local_list_id).where(Station.id == command.station_id))
    return held is not None and held == asked["base"]


def _sent(command: Command) -> Any:
    """The lists and parts of lists of the same station, the latest first."""
    return (
        select(Command.state, Command.parameters)
        .where(Command.station_id == command.station_id, Command.action == Action.SEND_LOCAL_LIST)
        .order_by(Command.id.desc())
    )


def _next_version(db: Session, command: Command) -> int:
    """Above what the station told or accepted, and above what was sent: it may have taken that without a word."""
    version = Command.parameters["version"].as_integer()
    last_sent = (
        select(version)
        .where(
            Command.station_id == command.station_id,
            Command.action == Action.SEND_LOCAL_LIST,
            Command.id < command.id,
            version.is_not(None),
        )
        .order_by(Command.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    highest = func.greatest(Station.local_list_version, last_sent, 0)
    return (db.scalar(select(highest).where(Station.id == command.station_id)) or 0) + 1


def follow(db: Session, command: Command, now: datetime) -> None:
    """The station answered. What it refused it may hold in part, so that nothing is known of it."""
    if command.state is not CommandState.ACCEPTED:
        return
    asked = command.parameters
    later = exists().where(
        Command.station_id == command.station_id,
        Command.action == Action.SEND_LOCAL_LIST,
        Command.id > command.id,
        Command.sent_at.is_not(None),
    )
    if db.scalar(select(later)):  # A late answer: what counts is what came after.
        return
    is_whole = asked["part"] == asked["parts"]
    target = select(LocalList.id).where(LocalList.id == asked["target"]).scalar_subquery()
    _set(
        db,
        command.station_id,
        local_list_version=asked["version"],
        local_list_id=target if is_whole else None,
        local_list_sent_at=now,
    )


def follow_version(db: Session, command: Command, _now: datetime) -> None:
    """The station told its version: 0 for an empty list, -1 for none at all (OCPP 1.6, 5.10)."""
    version = (command.outcome or {}).get("version")
    if version is None:
        return
    if not NO_LIST <= version <= LARGEST_VERSION:
        version = None
    db.execute(
        update(Station)
        .where(Station.id == command.station_id, Station.local_list_version.is_distinct_from(version))
        .values(local_list_version=version, local_list_id=None)
        .execution_options(synchronize_session=False)
    )


def _set(db: Session, station_id: int, **values: Any) -> None:
    which = update(Station).where(Station.id == station_id)
    db.execute(which.values(values).execution_options(synchronize_session=False))
