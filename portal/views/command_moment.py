"""What the history of commands shows and no command knows itself: whose turn it is, and which charge began."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import BigInteger, DateTime, Integer, column, func, select, true, values
from sqlalchemy.orm import Session

from domain.commands import OPEN_STATES
from domain.models import Action, ChargingSession, Command, CommandState
from domain.remote_charging import RECENT
from portal.table import Row

BEGINS_WITHIN = timedelta(minutes=3)
"""A charge that is told of later was begun by somebody else."""


def add(db: Session, rows: Collection[Row]) -> None:
    """In at most two queries, whichever rows those are."""
    queued = [row for row in rows if row["now_state"] == CommandState.QUEUED]
    started = [
        row
        for row in rows
        if row["action"] == Action.REMOTE_START and row["now_state"] == CommandState.ACCEPTED and row["outlet_id"]
    ]
    _add_turns(db, queued)
    _add_charges(db, started)


def _add_turns(db: Session, rows: Collection[Row]) -> None:
    if not rows:
        return
    first = (
        select(func.min(Command.id))
        .where(Command.station_id.in_({row["station_id"] for row in rows}), Command.state.in_(OPEN_STATES))
        .group_by(Command.station_id)
    )
    turns = set(db.scalars(first))
    for row in rows:
        row["is_next"] = row["key"] in turns


def _add_charges(db: Session, rows: Collection[Row]) -> None:
    if not rows:
        return
    asked = values(
        column("command_id", BigInteger),
        column("outlet_id", Integer),
        column("asked_at", DateTime(timezone=True)),
        name="asked",
    ).data([(row["key"], row["outlet_id"], row["created_at"]) for row in rows])
    began = (
        select(ChargingSession.id)
        .where(
            ChargingSession.outlet_id == asked.c.outlet_id,
            ChargingSession.started_at > asked.c.asked_at - RECENT,
            ChargingSession.logged_at.between(asked.c.asked_at, asked.c.asked_at + BEGINS_WITHIN),
        )
        .order_by(ChargingSession.logged_at)
        .limit(1)
        .lateral("began")
    )
    found = dict(db.execute(select(asked.c.command_id, began.c.id).join(began, true())).all())
    for row in rows:
        row["began"] = found.get(row["key"])
