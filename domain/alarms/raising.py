"""Alarms of what stations say of their states, for a whole batch at once.

They are raised and cleared in the transaction that keeps the states, so that an answer to a station means that its
alarm is on disk too. Nearly all reports concern no alarm: neither do they tell a fault nor did the one before. Those
cost nothing but a look at what is at hand.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain import live
from domain.alarms.rules import STATED_KINDS, Raised, in_force, judge, may_raise
from domain.models import Station
from domain.reports import StatusReport

Key = tuple[int, int]
"""A station and the number of one of its outlets."""

# The one that is there goes on, whether its cause had gone a moment ago or it still waits for its time.
RAISE = text(
    "INSERT INTO alarm (kind, site_id, site_name, station_id, station_name, outlet_number,"
    " error_code, vendor_error_code, info, raised_at, due_at)"
    " SELECT told.kind, site.id, site.name, station.id, station.name, told.outlet_number,"
    " told.error_code, told.vendor_error_code, told.info, told.at, told.due_at"
    " FROM unnest(CAST(:stations AS integer[]), CAST(:outlets AS integer[]), CAST(:kinds AS text[]),"
    " CAST(:error_codes AS text[]), CAST(:vendor_error_codes AS text[]), CAST(:infos AS text[]),"
    " CAST(:ats AS timestamptz[]), CAST(:due_ats AS timestamptz[]))"
    " AS told (station_id, outlet_number, kind, error_code, vendor_error_code, info, at, due_at)"
    " JOIN station ON station.id = told.station_id JOIN site ON site.id = station.site_id"
    " ORDER BY station.id, told.outlet_number"
    " ON CONFLICT (station_id, outlet_number, kind) WHERE station_id IS NOT NULL DO UPDATE SET"
    " error_code = excluded.error_code, vendor_error_code = excluded.vendor_error_code, info = excluded.info,"
    " times_raised = alarm.times_raised + (alarm.calm_since IS NOT NULL)::integer, calm_since = NULL,"
    " due_at = CASE WHEN alarm.due_at IS NOT NULL AND excluded.due_at IS NOT NULL"
    " THEN least(alarm.due_at, excluded.due_at) END"
    " WHERE alarm.calm_since IS NOT NULL OR (alarm.due_at IS NOT NULL AND excluded.due_at IS NULL)"
    " OR (alarm.error_code, alarm.vendor_error_code, alarm.info)"
    " IS DISTINCT FROM (excluded.error_code, excluded.vendor_error_code, excluded.info)"
    " RETURNING site_id, due_at IS NULL"
)
# What was not shown yet is as if it had never been.
CALM = text(
    "WITH told AS (SELECT * FROM unnest(CAST(:stations AS integer[]), CAST(:outlets AS integer[]),"
    " CAST(:kinds AS text[]), CAST(:ats AS timestamptz[])) AS each (station_id, outlet_number, kind, at)),"
    " gone AS (DELETE FROM alarm USING told WHERE alarm.station_id = told.station_id"
    " AND alarm.outlet_number = told.outlet_number AND alarm.kind = ANY(:stated)"
    " AND alarm.kind IS DISTINCT FROM told.kind AND due_at IS NOT NULL)"
    " UPDATE alarm SET calm_since = told.at FROM told WHERE alarm.station_id = told.station_id"
    " AND alarm.outlet_number = told.outlet_number AND alarm.kind = ANY(:stated)"
    " AND alarm.kind IS DISTINCT FROM told.kind AND due_at IS NULL AND calm_since IS NULL"
    " RETURNING site_id"
)


def hear(db: Session, reports: Sequence[StatusReport], were_in_fault: Collection[Key]) -> None:
    """Raise what these reports tell, and calm what they tell no more: for each outlet one report at the most.

    Of outlets that are not among `were_in_fault` it is known that there is nothing to calm.
    """
    judged = _judged(db, [report for report in reports if may_raise(report)])
    over = [report for report in reports if (report.station_id, report.outlet_number) in were_in_fault]
    sites: set[int] = set()
    if over:
        sites.update(db.connection().execute(CALM, _calmed(over, judged)).scalars())
    if judged:
        raised = db.connection().execute(RAISE, _raised(reports, judged))
        sites.update(site_id for site_id, is_shown in raised if is_shown)
    tell(db, sites)


def tell(db: Session, site_ids: Iterable[int | None]) -> None:
    """Those who look at the alarms of these sites hear that some of them are otherwise; None is of no site."""
    for site_id in site_ids:
        live.note(db, live.Change(live.Kind.ALARM, site_id or 0, site_id))


def _judged(db: Session, reports: Sequence[StatusReport]) -> dict[Key, Raised]:
    if not reports:
        return {}
    rules = in_force(db)
    protocols: dict[int, str | None] = {}
    if any(rule.protocol is not None for rule in rules):
        wanted = {report.station_id for report in reports}
        spoken = select(Station.id, Station.protocol).where(Station.id.in_(wanted))
        protocols = {row.id: row.protocol for row in db.execute(spoken)}
    found = ((report, judge(rules, report, protocols.get(report.station_id))) for report in reports)
    return {(report.station_id, report.outlet_number): raised for report, raised in found if raised is not None}


def _calmed(reports: Sequence[StatusReport], judged: dict[Key, Raised]) -> dict[str, Any]:
    """The arrays of `CALM`; the kind is the one that goes on."""
    going_on = [judged.get((report.station_id, report.outlet_number)) for report in reports]
    return {
        "stations": [report.station_id for report in reports],
        "outlets": [report.outlet_number for report in reports],
        "kinds": [raised.kind.value if raised else None for raised in going_on],
        "ats": [report.received_at for report in reports],
        "stated": [kind.value for kind in STATED_KINDS],
    }


def _raised(reports: Sequence[StatusReport], judged: dict[Key, Raised]) -> dict[str, Any]:
    """The arrays of `RAISE`."""
    told = [(report, judged[key]) for report in reports if (key := (report.station_id, report.outlet_number)) in judged]
    return {
        "stations": [report.station_id for report, _ in told],
        "outlets": [report.outlet_number for report, _ in told],
        "kinds": [raised.kind.value for _, raised in told],
        "error_codes": [report.error_code for report, _ in told],
        "vendor_error_codes": [report.vendor_error_code for report, _ in told],
        "infos": [report.status_info for report, _ in told],
        "ats": [report.received_at for report, _ in told],
        "due_ats": [raised.due_at for _, raised in told],
    }
