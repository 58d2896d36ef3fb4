"""Which function of the domain acts on which report."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from domain import (
    authorization,
    charging_sessions,
    events,
    fulfilment,
    meter_values,
    progress,
    stations,
    status_reports,
)
from domain.reports import (
    AuthorizeReport,
    BootReport,
    CallReport,
    ClockReport,
    CommandReport,
    ConnectReport,
    DataTransferReport,
    DisconnectReport,
    FirmwareReport,
    LogReport,
    MeterReport,
    SecurityReport,
    SeenReport,
    StartReport,
    StatusReport,
    StopReport,
    TakeCommandReport,
)

ONE_BY_ONE: dict[type, Callable[[Session, Any], Any]] = {
    ConnectReport: stations.connect,
    CallReport: stations.speak,
    SeenReport: stations.seen,
    BootReport: stations.boot,
    AuthorizeReport: authorization.authorize,
    StartReport: charging_sessions.start,
    StopReport: charging_sessions.stop,
    DataTransferReport: events.record_data_transfer,
    FirmwareReport: progress.tell_firmware,
    LogReport: progress.tell_log,
    SecurityReport: events.record_security_event,
    ClockReport: stations.note_clock,
    CommandReport: fulfilment.complete,
}
"""Each returns what the answer to the station is made of, or for a command what it is sent."""

TOGETHER: dict[type, Callable[[Session, Sequence[Any]], Sequence[Any] | None]] = {
    StatusReport: status_reports.keep,
    MeterReport: meter_values.store,
    DisconnectReport: stations.disconnect,
    TakeCommandReport: fulfilment.take,
}
"""Many in one statement, after the others, since they concern what those began; None where nothing is answered."""


def apply(db: Session, reports: Sequence[object]) -> list[Any]:
    """Act on all reports; returns one outcome for each, in their order."""
    outcomes: list[Any] = []
    together: dict[type, list[int]] = {}
    for place, report in enumerate(reports):
        kind = type(report)
        if kind in TOGETHER:
            together.setdefault(kind, []).append(place)
            outcomes.append(None)
        else:
            outcomes.append(ONE_BY_ONE[kind](db, report))
    db.flush()
    for kind, places in together.items():
        gathered = TOGETHER[kind](db, [reports[place] for place in places])
        for place, outcome in zip(places, gathered or (), strict=False):
            outcomes[place] = outcome
    return outcomes
