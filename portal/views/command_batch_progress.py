"""How far a command to many stations is, counted by state, with those that went wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from domain.commands import OPEN_STATES
from domain.models import Command, CommandBatch, CommandState, Station
from portal import command_words as words
from portal.viewer import scoped
from portal.views.command_columns import TOLD

MOST_SHOWN = 100
WRONG = (CommandState.REJECTED, CommandState.FAILED, CommandState.TIMED_OUT)
ORDER = (
    CommandState.ACCEPTED,
    CommandState.REJECTED,
    CommandState.FAILED,
    CommandState.TIMED_OUT,
    CommandState.SENT,
    CommandState.QUEUED,
)
"""Of the parts of the bar."""


@dataclass(frozen=True)
class Part:
    """So many are in this state."""

    state: CommandState
    count: int
    percent: float


@dataclass(frozen=True)
class Line:
    """One station's command."""

    command_id: int
    station_id: int
    station: str
    state: CommandState
    answer: str
    progress: str
    software: str
    """What the station runs now, by its own word."""


@dataclass(frozen=True)
class Progress:
    """Of the commands that whoever looks may see."""

    parts: Sequence[Part]
    total: int
    wrong: Sequence[Line]
    following: Sequence[Line]
    """The stations that tell how far they are with what they agreed to."""
    by_progress: Sequence[tuple[str, int]]

    @classmethod
    def read(cls, db: Session, batch: CommandBatch) -> "Progress":
        of_batch = Command.batch_id == batch.id
        counting = scoped(select(Command.state, func.count()).where(of_batch).group_by(Command.state), Command)
        counts: dict[CommandState, int] = dict(db.execute(counting).all())
        total = sum(counts.values())
        telling = scoped(
            select(Command.progress, func.count())
            .where(of_batch, Command.progress.is_not(None))
            .group_by(Command.progress)
            .order_by(func.count().desc()),
            Command,
        )
        return cls(
            [Part(state, counts[state], 100 * counts[state] / total) for state in ORDER if counts.get(state)],
            total,
            _lines(db, of_batch, Command.state.in_(WRONG)),
            _lines(db, of_batch, Command.progress.is_not(None)),
            [(words.progress(word), count) for word, count in db.execute(telling)],
        )

    @property
    def open(self) -> int:
        return sum(part.count for part in self.parts if part.state in OPEN_STATES)

    @property
    def queued(self) -> int:
        return sum(part.count for part in self.parts if part.state is CommandState.QUEUED)

    @property
    def went_wrong(self) -> int:
        return sum(part.count for part in self.parts if part.state in (CommandState.FAILED, CommandState.TIMED_OUT))


def _lines(db: Session, *which: Any) -> list[Line]:
    rows = select(Command, Station.name, Station.firmware_version, TOLD.label("told"))
    rows = rows.outerjoin(Station, Station.id == Command.station_id)
    found = db.execute(scoped(rows.where(*which).order_by(Command.id).limit(MOST_SHOWN), Command))
    return [_line(row) for row in found]


def _line(row: Row[Any]) -> Line:
    command: Command = row.Command
    name = row.name or str(command.station_id)
    answer = words.answer(words.Told(**row.told))
    progress = words.progress(command.progress)
    return Line(
        command.id, command.station_id, name, command.state, answer, progress, software=row.firmware_version or ""
    )
