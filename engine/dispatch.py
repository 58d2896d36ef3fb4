"""Which function of the domain acts on which report."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from domain import authorization, charging_sessions, events, fulfilment, meter_values, stations
from domain.reports import (
    AuthorizeReport,
    BootReport,
    CommandReport,
    ConnectReport,
    DataTransferReport,
    DisconnectReport,
    MeterReport,
    SeenReport,
    StartReport,
    StatusReport,
    StopReport,
    TakeCommandReport,
)

ONE_BY_ONE: dict[type, Callable[[Session, Any], Any]] = {
    ConnectReport: stations.connect,
    SeenReport: stations.seen,
    BootReport: stations.boot,
    StatusReport: stations.set_status,
    AuthorizeReport: authorization.authorize,
    StartReport: charging_sessions.start,
    StopReport: charging_sessions.stop,
    DataTransferReport: events.record_data_transfer,
    TakeCommandReport: fulfilment.take,
    CommandReport: fulfilment.complete,
}
"""Each returns what the answer to the station is made of, or for a command what it is sent."""

TOGETHER: dict[type, Callable[[Session, Sequence[Any]], None]] = {
    MeterReport: meter_values.store,
    DisconnectReport: stations.disconnect,
}
"""Many in one statement, after the others, since they concern what those began; nothing is answered."""


def apply(db: Session, reports: Sequence[object]) -> list[Any]:
    """Act on all reports; returns one outcome for each, in their order."""
    outcomes: list[Any] = []
    together: dict[type, list[object]] = {}
    for report in reports:
        kind = type(report)
        if kind in TOGETHER:
            together.setdefault(kind, []).append(report)
            outcomes.append(None)
        else:
            outcomes.append(ONE_BY_ONE[kind](db, report))
    db.flush()
    for kind, gathered in together.items():
        TOGETHER[kind](db, gathered)
    return outcomes
