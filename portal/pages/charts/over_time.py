"""Charts of what charges add up to: period by period, and by the hours of the week."""

from collections.abc import Sequence
from datetime import datetime

from babel.dates import get_day_names
from flask_babel import get_locale, gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.charts import figures, hours
from domain.charts.figures import Level, Sums
from domain.charts.periods import Periods
from domain.models import Outlet, Station
from domain.nodes import Node, stations_below
from domain.scope import Viewer, visible
from portal.formats import number
from portal.pages.charts.asked import Asked
from portal.pages.charts.drawing import Drawing, labels
from portal.pages.charts.kinds import BY_NAME, WH_PER_KWH, Kind


def over_time(db: Session, viewer: Viewer, node: Node, asked: Asked, now: datetime) -> Drawing:
    kind, periods = BY_NAME[asked.chart], asked.periods()
    outlets = count_outlets(db, viewer, node) if kind.level else 0
    found = _read(db, viewer, node, kind, periods, now)
    earlier = _read(db, viewer, node, kind, periods.before(), now) if asked.is_compared else []
    whole, before = kind.whole(found, outlets), kind.whole(earlier, outlets) if earlier else None
    drawing = Drawing(
        title=str(kind.label),
        unit=str(kind.unit),
        decimals=kind.decimals,
        labels=labels(periods, len(found)),
        values=_values(kind, found, outlets),
        kind="line" if kind.is_line else "bar",
        before=_values(kind, earlier, outlets)[: len(found)],
        before_labels=labels(periods.before(), len(found)) if earlier else [],
        whole="–" if whole is None else number(whole, kind.decimals),
        change=_change(whole, before),
        explained=str(kind.explained),
        is_empty=not any(map(_has_happened, (*found, *earlier))),
    )
    heading = f"{drawing.title} ({drawing.unit})" if drawing.unit else drawing.title
    drawing.columns = [gettext("Period"), heading, *([gettext("Before")] if earlier else [])]
    beside = [[value] for value in drawing.before] or [[]] * len(found)
    pairs = zip(drawing.labels, drawing.values, beside, strict=False)
    drawing.rows = [[label, value, *more] for label, value, more in pairs]
    return drawing


def _read(
    db: Session, viewer: Viewer, node: Node, kind: Kind, periods: Periods, now: datetime
) -> Sequence[Sums] | Sequence[Level]:
    if kind.level is None:
        return figures.sums(db, viewer, node, periods, now)
    return figures.levels(db, viewer, node, periods, now, kind.level)


def _has_happened(told: Sums | Level) -> bool:
    return bool(told.begun if isinstance(told, Sums) else told.times_seconds)


def _values(kind: Kind, found: Sequence[Sums] | Sequence[Level], outlets: int) -> list[float | None]:
    values = (kind.value(each, outlets) for each in found)
    return [None if value is None else round(value, kind.decimals) for value in values]


def count_outlets(db: Session, viewer: Viewer, node: Node) -> int:
    """How many there are now, of those that this person may see at the node."""
    if isinstance(node, Outlet):
        return 1
    below = select(func.count()).select_from(Outlet).join(Station, Station.id == Outlet.station_id)
    return db.scalar(below.where(visible(Station, viewer), stations_below(node))) or 0


def by_hours(db: Session, viewer: Viewer, node: Node, asked: Asked, _now: datetime) -> Drawing:
    """Energy by hour and weekday; the values run through the hours of Monday, then of Tuesday, and so on."""
    cells = {(cell.weekday, cell.hour): cell for cell in hours.read(db, viewer, node, asked.periods())}
    places = [(weekday, hour) for weekday in range(7) for hour in range(24)]
    values = [round(cells[at].energy_wh / WH_PER_KWH, 1) if at in cells else 0.0 for at in places]
    weekdays = [get_day_names("abbreviated", locale=get_locale())[weekday] for weekday in range(7)]
    return Drawing(
        title=gettext("Hours of the week"),
        unit="kWh",
        decimals=1,
        labels=weekdays,
        values=list(values),
        kind="hours",
        is_empty=not cells,
        explained=gettext("The energy of all sessions by the hour and the weekday in which they began."),
        columns=[gettext("Hour"), *weekdays],
        rows=[[f"{hour:02}:00", *(values[day * 24 + hour] for day in range(7))] for hour in range(24)],
    )


def _change(whole: float | None, before: float | None) -> str:
    if whole is None or not before:
        return ""
    percent = 100 * (whole - before) / before
    return f"{'+' if percent > 0 else ''}{number(percent, 1)} %"
