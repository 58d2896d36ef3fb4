"""Which sockets this process holds, and that of each station only the newest lives.

The database numbers the connections of a station (domain/stations.py) and so decides which is the newest. Each process
tells the others of its new ones through Redis, so that older ones close at once; should that message be lost, the next
sighting, which the database accepts of the newest alone, closes them some seconds later.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import orjson
import structlog

from config import get_settings
from domain import clock
from domain.reports import DisconnectReport, SeenReport, Sighting
from domain.stations import Connection
from engine.group_commit import NotStoredError
from engine.outbox import Note, Outbox, Sender

GOING_AWAY = 1001
POLICY_VIOLATION = 1008
REPLACED = "a newer connection of this station took over"
REMOVED = "this connection is no longer the station's"
STOPPING = "the server stops; please connect again"

log = structlog.get_logger()


class Line(Protocol):
    """What a station is heard over."""

    heard_at: datetime
    """When it last brought anything, a pong included."""

    def ping(self) -> None: ...
    def close(self, code: int, reason: str) -> None: ...
    def found_dead(self) -> None:
        """It was silent for too long."""


class Socket(Line, Sender, Protocol):
    """A line over which what is asked of the station goes out too."""


class Waker(Protocol):
    """The way out to a station."""

    def wake(self) -> None:
        """A command may wait for it."""


@dataclass(eq=False, slots=True)
class Held:
    """A connection and the socket behind it."""

    connection: Connection
    line: Line
    reported_at: datetime
    """Up to when the database knows that it was seen."""
    outbox: Waker


class Connections:
    def __init__(self, submit: Callable[[Any], Any], publish: Callable[[bytes], None], note: Note) -> None:
        """`submit` commits a report and returns its outcome; `publish` tells all processes; `note` see Outbox."""
        self._submit = submit
        self._publish = publish
        self._note = note
        self._held: dict[int, Held] = {}
        self._ping_after = timedelta(seconds=get_settings().station_ping_seconds)
        self._dead_after = timedelta(seconds=get_settings().station_dead_seconds)
        self.stopping = False

    def hold(self, connection: Connection, line: Socket) -> Outbox:
        """Take the socket of a connection; an older one of the same station closes. Returns the way out to it."""
        outbox = Outbox(connection, line, self._submit, self._note)
        self.keep(connection, line, outbox)
        return outbox

    def keep(self, connection: Connection, line: Line, outbox: Waker) -> None:
        """The same with a way out of the line's own."""
        older = self._held.get(connection.station_id)
        if older is not None and older.connection.number > connection.number:
            line.close(POLICY_VIOLATION, REPLACED)
            return
        self._held[connection.station_id] = Held(connection, line, line.heard_at, outbox)
        if older is not None:
            older.line.close(POLICY_VIOLATION, REPLACED)
        self._publish(orjson.dumps((connection.station_id, connection.number)))
        if connection.commands_wait:
            outbox.wake()

    def hear(self, message: bytes) -> None:
        """A process, maybe this one, holds a new connection."""
        station_id, number = orjson.loads(message)
        held = self._held.get(station_id)
        if held is not None and held.connection.number < number:
            held.line.close(POLICY_VIOLATION, REPLACED)

    def wake(self, message: bytes) -> None:
        """Commands wait for stations; other processes may hold some of them."""
        for station_id in orjson.loads(message):
            held = self._held.get(station_id)
            if held is not None:
                held.outbox.wake()

    def drop(self, connection: Connection) -> None:
        """This process holds it no longer; that tells nothing of the station."""
        held = self._held.get(connection.station_id)
        if held is not None and held.connection == connection:
            del self._held[connection.station_id]

    def release(self, connection: Connection) -> None:
        """The socket of a connection is gone."""
        self.drop(connection)
        try:
            self._submit(DisconnectReport(connection.station_id, connection.number))
        except NotStoredError:
            log.warning("a station is left online until the sweep", station_id=connection.station_id)

    def tend(self) -> None:
        """Ping the silent, drop the dead, tell the database of the rest; to be called every few seconds."""
        now = clock.now()
        for held in list(self._held.values()):
            silence = now - held.line.heard_at
            if silence > self._dead_after:
                held.line.found_dead()
            elif silence > self._ping_after:
                held.line.ping()
        self._report_seen()

    def _report_seen(self) -> None:
        heard = {station_id: held for station_id, held in self._held.items() if held.line.heard_at > held.reported_at}
        if not heard:
            return
        sightings = [
            Sighting(station_id, held.connection.number, held.line.heard_at) for station_id, held in heard.items()
        ]
        try:
            newest = self._submit(SeenReport(tuple(sightings)))
        except NotStoredError:
            return
        for sighting in sightings:
            heard[sighting.station_id].reported_at = sighting.seen_at
        for station_id in heard.keys() - newest:
            heard[station_id].line.close(POLICY_VIOLATION, REMOVED)

    def close_all(self) -> None:
        """The process stops: tell every station, so that it connects to another at once."""
        self.stopping = True
        for held in list(self._held.values()):
            held.line.close(GOING_AWAY, STOPPING)
