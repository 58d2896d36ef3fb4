"""Stations that speak over SOAP, as this process knows them: each call stands for itself, and yet a station goes on.

Whether a station is let in is asked of the database when it begins to speak here, and then again every few seconds;
what it says in between belongs to the same connection (domain/stations.py, `speak`). To the rest of the engine it is a
line like one of WebSocket: it is seen, it ends when a newer connection takes over. Only its silence means nothing here:
whether the station is online is told by its heartbeats, which may be an hour apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import gevent
import structlog
from redis import RedisError

from domain import clock, queue
from domain.reports import CallReport
from domain.station_passwords import Refusal
from domain.stations import Connection
from engine.acting import Acting
from engine.connections import Connections
from engine.versions import Version

ASKED_AGAIN_AFTER = timedelta(seconds=5)
"""For so long at the most a password that was taken away still lets a station in that speaks all the time."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as far as it decides on being let in. The password is kept by what it may be found by alone."""

    charge_box_id: str
    version: Version
    remote_address: str | None
    password_keys: tuple[str, ...] | None
    told_endpoint_url: str | None


class SoapLine:
    """A station that speaks; see `Line` in connections.py."""

    __slots__ = ("_caller", "_lines", "acting", "asked_at", "connection", "heard_at")

    def __init__(self, lines: "SoapLines", caller: Caller, connection: Connection, acting: Acting) -> None:
        self._lines = lines
        self._caller = caller
        self.connection = connection
        self.acting = acting
        self.asked_at = self.heard_at = clock.now()
        """When the database last let it in, and when it last said something."""

    @property
    def charge_box_id(self) -> str:
        return self._caller.charge_box_id

    def is_let_in(self, caller: Caller, now: datetime) -> bool:
        """Whether this need not be asked again yet."""
        return now - self.asked_at < ASKED_AGAIN_AFTER and caller == self._caller

    def let_in(self, caller: Caller, now: datetime) -> None:
        self._caller, self.asked_at = caller, now

    def wake(self) -> None:
        """Something is to be asked of the station: who calls it is told, and the station does not wait for that."""
        gevent.spawn(self._call_out)

    def _call_out(self) -> None:
        try:
            queue.enqueue(queue.CALL_STATIONS, [self.connection.station_id])
        except RedisError as error:
            log.warning("what waits for a station is left to the sweep", station=self.charge_box_id, error=str(error))

    def close(self, _code: int, _reason: str) -> None:
        """It is no more the station's newest connection; no socket ends with it."""
        self._lines.forget(self)

    def found_dead(self) -> None:
        self._lines.forget(self)

    def ping(self) -> None:
        """Nobody is there to answer."""


class SoapLines:
    """Those of this process."""

    def __init__(self, submit: Callable[[Any], Any], connections: Connections) -> None:
        self._submit = submit
        self._connections = connections
        self._lines: dict[str, SoapLine] = {}

    def line_of(self, caller: Caller) -> SoapLine | Refusal | None:
        """Let a station in, or say why its password does not; None for a stranger. Raises NotStoredError."""
        now = clock.now()
        line = self._lines.get(caller.charge_box_id)
        if line is None or not line.is_let_in(caller, now):
            outcome: Connection | Refusal | None = self._submit(_report(caller, now))
            if not isinstance(outcome, Connection):
                return outcome
            line = self._line_of(caller, outcome, now)
        line.heard_at = now
        return line

    def _line_of(self, caller: Caller, connection: Connection, now: datetime) -> SoapLine:
        line = self._lines.get(caller.charge_box_id)
        if line is not None and line.connection == connection:
            line.let_in(caller, now)
            if connection.commands_wait:
                line.wake()
            return line
        acting = Acting(connection, caller.version.routes, self._submit)
        line = self._lines[caller.charge_box_id] = SoapLine(self, caller, connection, acting)
        self._connections.keep(connection, line, line)
        return line

    def forget(self, line: SoapLine) -> None:
        """The station is let in anew when it speaks again."""
        self._connections.drop(line.connection)
        if self._lines.get(line.charge_box_id) is line:
            del self._lines[line.charge_box_id]


def _report(caller: Caller, received_at: datetime) -> CallReport:
    return CallReport(
        caller.charge_box_id,
        caller.version.protocol,
        caller.remote_address,
        received_at,
        caller.password_keys,
        caller.told_endpoint_url,
    )
