"""The chart of uptime: for which part of the time outlets were in which state."""

from datetime import datetime

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from domain.charts import uptime
from domain.charts.periods import Periods
from domain.charts.uptime import Uptime
from domain.nodes import Node
from domain.scope import Viewer
from domain.statuses import OutletState
from portal.formats import number
from portal.pages.charts.asked import Asked
from portal.pages.charts.drawing import Drawing, Layer, labels

DECIMALS = 2
"""Of a percentage: 99.95 is not 100, and five hours a year."""
STATE_LABELS = {
    OutletState.AVAILABLE: _l("Available"),
    OutletState.CHARGING: _l("In use"),
    OutletState.FAULT: _l("Fault"),
    OutletState.OUT_OF_SERVICE: _l("Out of service"),
    OutletState.OFFLINE: _l("Offline"),
}
"""In the order in which they are drawn, from the ground up."""


def over_time(db: Session, viewer: Viewer, node: Node, asked: Asked, now: datetime) -> Drawing:
    periods = asked.periods()
    found = uptime.read(db, viewer, node, periods, now)
    earlier = uptime.read(db, viewer, node, periods.before(), now)[: len(found)] if asked.is_compared else []
    whole, before = (uptime.together(each).up for each in (found, earlier))
    ups, ups_before = ([percent(each.up) for each in some] for some in (found, earlier))
    layers = [Layer(state, str(label), _shares(found, state)) for state, label in STATE_LABELS.items()]
    drawn = Drawing(
        title=gettext("Uptime"),
        unit="%",
        decimals=DECIMALS,
        labels=labels(periods, len(found)),
        values=ups,
        kind="layers",
        layers=layers,
        before=ups_before,
        before_labels=labels(periods.before(), len(found)) if earlier else [],
        whole="–" if whole is None else number(100 * whole, DECIMALS),
        change=_change(whole, before),
        explained=gettext(
            "For which part of the time outlets were in each state. Up are those that were available or in use; not up"
            " are those with a fault, out of service or offline."
        ),
        note=not_recorded(uptime.recorded_since(db, viewer, node), periods),
        is_empty=whole is None,
        columns=[
            gettext("Period"),
            gettext("Uptime (%)"),
            *(f"{layer.label} (%)" for layer in layers),
            *([gettext("Before")] if earlier else []),
        ],
    )
    cells = [ups, *(layer.values for layer in layers), *([ups_before] if earlier else [])]
    drawn.rows = [list(row) for row in zip(drawn.labels, *cells, strict=True)]
    return drawn


def percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, DECIMALS)


def _shares(found: list[Uptime], state: OutletState) -> list[float | None]:
    return [percent(each.share(state)) for each in found]


def _change(whole: float | None, before: float | None) -> str:
    if whole is None or before is None:
        return ""
    points = 100 * (whole - before)
    told = f"{'+' if points > 0 else ''}{number(points, DECIMALS)}"
    return gettext("%(number)s percentage points", number=told)


def not_recorded(since: datetime | None, periods: Periods) -> str:
    """Said where a time begins before anything is known of it."""
    if since is None:
        return gettext("States are recorded from the first outlet on, and there was none yet.")
    if since <= periods.edges[0]:
        return ""
    day = format_date(since.astimezone(periods.zone).date(), "d MMM y", rebase=False)
    return gettext("Not recorded before %(day)s: what lies before is left out.", day=day)
