"""The message log: each frame between a station and this process, written beside what the frames do.

A station never waits for it. Frames gather in memory, and a greenlet of its own writes them twice a second by COPY, in
a transaction that nothing else depends on. What may be lost by that, and what never, is told in
docs/decisions/the-message-log-is-written-beside.md.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import gevent
import orjson
import structlog
from gevent.event import Event
from gevent.lock import RLock
from psycopg import OperationalError
from sqlalchemy import exc, text
from sqlalchemy.orm import Session

from domain import clock, messages
from domain.models import Direction, MessageKind
from engine import metrics
from engine.conversation import Exchange
from engine.rpc import Call, Result

WRITE_SECONDS = 0.5
STOPPING_WRITE_SECONDS = 0.05
STOP_SECONDS = 1.0
MOST_CHARACTERS = 32 * 1024 * 1024
"""What is held while the database is away; then frames are counted and not kept."""
UUID = "urn:uuid:"
"""What most numbers of messages begin with over SOAP; what follows has the length of one of OCPP-J."""
ROW_CHARACTERS = 500
"""What a row takes beside its frame."""
CHUNK_ROWS = 500
"""Other greenlets go on after so many."""

COPY = "COPY message (at, station_id, direction, kind, action, unique_id, frame, reason) FROM STDIN (FORMAT binary)"
TYPES = ("timestamptz", "int4", "varchar", "varchar", "varchar", "varchar", "text", "text")
# Half a second of frames may be lost anyway; so nobody waits for the disk, and the group commit has it for itself.
WITHOUT_WAITING = text("SET LOCAL synchronous_commit = off")

AWAY = (OperationalError, exc.OperationalError, exc.TimeoutError)
"""The database is not there or has no room; anything else is an objection to what was to be written."""

# Taken out of their enumerations once: psycopg writes plain texts fastest.
IN, OUT = Direction.IN.value, Direction.OUT.value
CALL, RESULT, ERROR, INVALID = (
    kind.value for kind in (MessageKind.CALL, MessageKind.RESULT, MessageKind.ERROR, MessageKind.INVALID)
)

Row = tuple[datetime, int, str, str, str | None, str | None, str, str | None]
"""As COPY takes it."""

log = structlog.get_logger()


class MessageLog:
    def __init__(self, transaction: Callable[[], AbstractContextManager[Session]], *, is_kept: bool = True) -> None:
        """`transaction` makes a context that commits at its end; unless `is_kept`, nothing is written."""
        self._transaction = transaction
        self._is_kept = is_kept
        self._rows: list[Row] = []
        self._characters = 0
        self._missing: Counter[int] = Counter()
        """How many frames of each station were not kept."""
        self._writing = RLock()
        self._is_stopping = Event()
        gevent.spawn(self._write_forever)

    def took(self, station_id: int, received_at: datetime, frame: str | bytes, exchange: Exchange) -> None:
        """A frame came, and this is what was made of it; to be called right before the reply is sent."""
        reply = exchange.reply
        kind, action, unique_id = _about(exchange)
        metrics.came(kind, action)
        self._keep(received_at, station_id, IN, kind, action, unique_id, frame, exchange.remark)
        if reply is not None:
            kind = ERROR if exchange.is_refused else RESULT
            metrics.answered(kind, action, received_at)
            self._keep(clock.now(), station_id, OUT, kind, action, unique_id, reply, None)

    def spoke(
        self,
        station_id: int,
        received_at: datetime,
        action: str | None,
        message_id: str | None,
        message: bytes,
        remark: str | None,
        answer: bytes,
        *,
        is_refused: bool,
    ) -> None:
        """A message came over SOAP, and this goes back; to be called right before."""
        unique_id = message_id and message_id.removeprefix(UUID)[: messages.LONGEST_UNIQUE_ID]
        kind = INVALID if action is None else CALL
        metrics.came(kind, action)
        self._keep(received_at, station_id, IN, kind, action, unique_id, message, remark)
        kind = ERROR if is_refused else RESULT
        metrics.answered(kind, action, received_at)
        self._keep(clock.now(), station_id, OUT, kind, action, unique_id, answer, None)

    def asked(self, station_id: int, action: str, unique_id: str, frame: str) -> None:
        """A call of ours goes out."""
        metrics.went(CALL, action)
        self._keep(clock.now(), station_id, OUT, CALL, action, unique_id, frame, None)

    def broke(self, station_id: int, beginning: str | bytes, reason: str) -> None:
        """Something came that is no message, and ended the line."""
        metrics.came(INVALID, None)
        self._keep(clock.now(), station_id, IN, INVALID, None, None, _text(beginning), reason)

    def stop(self) -> None:
        """Write what there is, and from now on what comes at once: the process may end any moment."""
        self._is_stopping.set()

    def close(self) -> None:
        """Write the rest; the process ends."""
        with gevent.Timeout(STOP_SECONDS, False):
            self.write()

    def write(self) -> None:
        """Write what has gathered. Whatever becomes of it, the engine goes on."""
        with self._writing:
            if self._rows or self._missing:
                self._write()

    def _write(self) -> None:
        rows, self._rows = self._rows, []
        characters, self._characters = self._characters, 0
        missing, self._missing = self._missing, Counter()
        try:
            self._copy(rows, missing)
        except AWAY as error:
            log.warning("messages wait for the database", messages=len(rows), error=str(error))
            self._rows, self._characters = rows + self._rows, characters + self._characters
            self._missing.update(missing)
        except Exception:
            log.exception("messages were not kept", messages=len(rows))
            self._missing.update(missing)
            self._missing.update(row[1] for row in rows)

    def _keep(
        self,
        at: datetime,
        station_id: int,
        direction: str,
        kind: str,
        action: str | None,
        unique_id: str | None,
        content: str | bytes,
        reason: str | None,
    ) -> None:
        if not self._is_kept:
            return
        frame = _text(content)
        if self._characters > MOST_CHARACTERS:
            self._missing[station_id] += 1
            return
        if len(frame) > messages.LONGEST_FRAME:
            frame, reason = messages.cut(frame, reason)
        self._characters += ROW_CHARACTERS + len(frame)
        self._rows.append((at, station_id, direction, kind, action, unique_id, frame, reason))

    def _write_forever(self) -> None:
        while True:
            self._is_stopping.wait(WRITE_SECONDS)
            self.write()
            if self._is_stopping.is_set():
                gevent.sleep(STOPPING_WRITE_SECONDS)

    def _copy(self, rows: list[Row], missing: Counter[int]) -> None:
        with self._transaction() as db:
            db.execute(WITHOUT_WAITING)
            driver: Any = db.connection().connection.driver_connection
            with driver.cursor() as cursor, cursor.copy(COPY) as copy:
                copy.set_types(TYPES)
                for begin in range(0, len(rows), CHUNK_ROWS):
                    for row in rows[begin : begin + CHUNK_ROWS]:
                        copy.write_row(_storable(row))
                    gevent.sleep(0)
                for row in _rows_about(missing):
                    copy.write_row(row)


def _storable(row: Row) -> Row:
    at, station_id, direction, kind, action, unique_id, frame, reason = row
    if action in messages.PLAIN and reason is None and unique_id and "\0" not in unique_id:
        # Nearly all of them. What was read as JSON has no U+0000 in its own text.
        return row
    frame, reason = messages.storable(frame, action, reason)
    action = action and messages.writable(action)[: messages.LONGEST_ACTION]
    unique_id = unique_id and messages.writable(unique_id)[: messages.LONGEST_UNIQUE_ID]
    return at, station_id, direction, kind, action, unique_id, frame, reason


def _rows_about(missing: Counter[int]) -> Iterable[Row]:
    """What a station's page says in the place of what was not kept."""
    now = clock.now()
    for station_id, frames in missing.items():
        reason = f"{frames} frames were not kept: the database could not take them"
        yield now, station_id, IN, INVALID, None, None, "", reason


def _text(frame: str | bytes) -> str:
    return frame if isinstance(frame, str) else frame.decode(errors="replace")


def _about(exchange: Exchange) -> tuple[str, str | None, str | None]:
    """Kind, action and unique id of what came."""
    said = exchange.said
    if isinstance(said, Call):
        return CALL, said.action, said.unique_id
    if said is None:
        # It has that under which it was refused, so that both are found together.
        return INVALID, None, None if exchange.reply is None else str(orjson.loads(exchange.reply)[1])
    unique_id = None if said.unique_id is None else str(said.unique_id)
    return RESULT if isinstance(said, Result) else ERROR, exchange.answered, unique_id
