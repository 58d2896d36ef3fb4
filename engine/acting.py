"""What a station says is acted on: read, turned into a report, committed, answered. Each transport comes here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.clock_offsets import ClockWatch
from domain.reports import Report
from domain.stations import Booted, Connection
from engine.group_commit import NotStoredError
from engine.ocpp1.routes import Routes

Submit = Callable[[Any], Any]
"""Commits a report and returns its outcome. Raises NotStoredError."""


@dataclass(frozen=True, slots=True)
class Acted:
    """What came of a message."""

    answer: dict[str, Any]
    """The payload."""
    remark: str | None
    """How it was understood although it was not as the specification says."""
    commands_wait: bool
    """Whether the station may now be asked what waits for it."""


class Acting:
    """For one connection of a station, in the version that it speaks."""

    __slots__ = ("_clock", "_routes", "_station_id", "_submit")

    def __init__(self, connection: Connection, routes: Routes, submit: Submit) -> None:
        self._station_id = connection.station_id
        self._routes = routes
        self._submit = submit
        self._clock = ClockWatch(connection.station_id, connection.clock_offset_seconds)

    def act(self, action: str, payload: dict[str, Any], received_at: datetime) -> Acted:
        """Raises CallError and NotStoredError."""
        route = self._routes.find(action)
        payload, remark = route.read(payload)
        if route.report is None:
            return Acted(route.answer(None, received_at), remark, commands_wait=False)
        report = route.report(payload, self._station_id, received_at)
        outcome = self._submit(report)
        self._look_at_clock(report)
        commands_wait = isinstance(outcome, Booted) and outcome.commands_wait
        return Acted(route.answer(outcome, received_at), remark, commands_wait)

    def _look_at_clock(self, report: Report) -> None:
        """What is found out is said once more with a later message if it cannot be stored now."""
        finding = self._clock.look(report)
        if finding is None:
            return
        try:
            self._submit(finding)
        except NotStoredError:
            return
        self._clock.remember(finding)
