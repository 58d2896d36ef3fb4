"""The reservations of a station that hold now, as far as the portal made them."""

from datetime import datetime

from sqlalchemy import DateTime, cast, exists, select
from sqlalchemy.orm import Session, aliased

from domain.models import Action, Command, CommandState


def open_ones(db: Session, station_id: int, now: datetime) -> list[Command]:
    """Those that the station accepted, that are not over, and that nobody cancelled; the first to end first."""
    cancelled = aliased(Command)
    is_cancelled = exists().where(
        cancelled.station_id == station_id,
        cancelled.action == Action.CANCEL_RESERVATION,
        cancelled.state == CommandState.ACCEPTED,
        cancelled.parameters["reservation"].as_integer() == Command.id,
    )
    ends_at = cast(Command.parameters["expires_at"].astext, DateTime(timezone=True))
    return list(
        db.scalars(
            select(Command)
            .where(
                Command.station_id == station_id,
                Command.action == Action.RESERVE,
                Command.state == CommandState.ACCEPTED,
                ends_at > now,
                ~is_cancelled,
            )
            .order_by(ends_at, Command.id)
        )
    )
