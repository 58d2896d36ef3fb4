"""Commands that are long over, as retention forgets them."""

from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from domain.commands import OPEN_STATES
from domain.models import Command, CommandBatch

AT_ONCE = 50_000
"""Of one night."""


def forget_before(db: Session, before: datetime) -> int:
    """What was asked earlier, the oldest first; returns how many commands. What waits stays.

    What was asked of many stations goes with the last of its commands.
    """
    old = select(Command.id).where(Command.created_at < before, Command.state.not_in(OPEN_STATES))
    some = old.order_by(Command.created_at, Command.id).limit(AT_ONCE)
    gone = delete(Command).where(Command.id.in_(some)).returning(Command.id)
    number = len(db.scalars(gone.execution_options(synchronize_session=False)).all())
    is_left = exists().where(Command.batch_id == CommandBatch.id)
    empty = delete(CommandBatch).where(CommandBatch.created_at < before, ~is_left)
    db.execute(empty.execution_options(synchronize_session=False))
    return number
