"""What stations say of their states (OCPP 1.6, 4.9), kept for many of them at once.

When a car park fills in the morning, or its supply fails, most of what a batch holds is this: so each statement takes
all of it, as arrays, since a list of values would be another statement for each length.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain import charging_sessions, live, outlets
from domain.alarms import raising
from domain.charging_sessions import CarLeft
from domain.outlets import Locked
from domain.reports import StatusReport
from domain.statuses import CABLE_IN, CABLE_OUT

WHOLE_STATION = 0
"""The number by which a station speaks of itself (OCPP 1.6, 3.8)."""

STATE = (
    "status = told.status, error_code = told.error_code, vendor_error_code = told.vendor_error_code,"
    " status_info = told.status_info, status_at = told.status_at"
)
TOLD = (
    "unnest(CAST(:ids AS integer[]), CAST(:statuses AS text[]), CAST(:error_codes AS text[]),"
    " CAST(:vendor_error_codes AS text[]), CAST(:status_infos AS text[]), CAST(:status_ats AS timestamptz[]),"
    " CAST(:occupied_ats AS timestamptz[]))"
    " AS told (id, status, error_code, vendor_error_code, status_info, status_at, occupied_at)"
)
OF_STATIONS = text(f"UPDATE station SET {STATE} FROM {TOLD} WHERE station.id = told.id RETURNING station.id, site_id")  # noqa: S608 - our own words
OF_OUTLETS = text(f"UPDATE outlet SET {STATE}, occupied_at = told.occupied_at FROM {TOLD} WHERE outlet.id = told.id")  # noqa: S608 - as above


def keep(db: Session, reports: Sequence[StatusReport]) -> None:
    """Keep the states of outlets and, for number 0, of stations as a whole. Of each, the last that is said holds."""
    for turn in _turns(reports):
        of_stations = [report for report in turn if report.outlet_number == WHOLE_STATION]
        _keep_of_stations(db, of_stations)
        were_in_fault = _keep_of_outlets(db, [report for report in turn if report.outlet_number != WHOLE_STATION])
        # Stations speak of themselves as a whole so seldom that nobody looks what they said before.
        were_in_fault.update((report.station_id, WHOLE_STATION) for report in of_stations)
        raising.hear(db, turn, were_in_fault)


def _turns(reports: Sequence[StatusReport]) -> Iterable[list[StatusReport]]:
    """What is said of one outlet is acted on in the order in which it was said, and so not in the same statement."""
    turns: list[dict[tuple[int, int], StatusReport]] = []
    said: dict[tuple[int, int], int] = {}
    for report in reports:
        key = (report.station_id, report.outlet_number)
        turn = said[key] = said.get(key, -1) + 1
        if turn == len(turns):
            turns.append({})
        turns[turn][key] = report
    return (list(turn.values()) for turn in turns)


def _keep_of_stations(db: Session, reports: Sequence[StatusReport]) -> None:
    if not reports:
        return
    told = _told([report.station_id for report in reports], reports, [None] * len(reports))
    for station_id, site_id in db.connection().execute(OF_STATIONS, told):
        live.note(db, live.Change(live.Kind.STATION, station_id, site_id))


def _keep_of_outlets(db: Session, reports: Sequence[StatusReport]) -> set[outlets.Key]:
    """Returns which of them were in fault before."""
    if not reports:
        return set()
    locked = outlets.lock_many(db, [(report.station_id, report.outlet_number) for report in reports])
    placed = [(report, locked[report.station_id, report.outlet_number]) for report in reports]
    left = [
        CarLeft(outlet.id, outlet.occupied_at, report.status_at)
        for report, outlet in placed
        if report.status in CABLE_OUT and outlet.occupied_at is not None
    ]
    charging_sessions.end_as_cars_leave(db, left)
    occupied_ats = [_occupied_at(report, outlet) for report, outlet in placed]
    db.connection().execute(OF_OUTLETS, _told([outlet.id for _, outlet in placed], reports, occupied_ats))
    for _, outlet in placed:
        live.note(db, live.Change(live.Kind.STATION, outlet.station_id, outlet.site_id))
    return {(outlet.station_id, outlet.number) for _, outlet in placed if outlet.was_in_fault}


def _occupied_at(report: StatusReport, outlet: Locked) -> datetime | None:
    """Since when a car is at the cable, now that this is said."""
    if report.status in CABLE_OUT:
        return None
    if report.status in CABLE_IN:
        return outlet.occupied_at or report.status_at
    return outlet.occupied_at


def _told(
    ids: Sequence[int], reports: Sequence[StatusReport], occupied_ats: Sequence[datetime | None]
) -> dict[str, Any]:
    """The arrays of `TOLD`."""
    return {
        "ids": list(ids),
        "statuses": [report.status for report in reports],
        "error_codes": [report.error_code for report in reports],
        "vendor_error_codes": [report.vendor_error_code for report in reports],
        "status_infos": [report.status_info for report in reports],
        "status_ats": [report.status_at for report in reports],
        "occupied_ats": list(occupied_ats),
    }
