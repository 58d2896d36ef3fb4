"""Charts that put stations or sites in order: by what charges add up to at them, or by their uptime."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from domain.charts import ranking, uptime_ranking
from domain.charts.ranking import Ranks
from domain.nodes import Node
from domain.scope import Viewer
from portal.pages.charts.asked import STATIONS, UPTIME, Asked
from portal.pages.charts.drawing import Drawing
from portal.pages.charts.kinds import RANKINGS, WH_PER_KWH
from portal.pages.charts.states import STATE_LABELS, not_recorded, percent
from portal.viewer import may

MOST = 20


def ranked(db: Session, viewer: Viewer, node: Node, asked: Asked, now: datetime) -> Drawing:
    if asked.by == UPTIME:
        return _by_uptime(db, viewer, node, asked, now)
    label, unit, decimals, divisor = RANKINGS[asked.by]
    found = ranking.read(db, viewer, node, asked.periods(), now, asked.by, MOST, _ranks(asked))
    link = _link(asked)
    return Drawing(
        title=_title(asked, label),
        unit=unit,
        decimals=decimals,
        labels=[each.name for each in found],
        values=[round(getattr(each, asked.by) / divisor, decimals) for each in found],
        kind="ranking",
        is_empty=not found,
        explained=gettext("The first %(number)d.", number=MOST),
        columns=[_heading(asked), gettext("Energy (kWh)"), gettext("Sessions"), gettext("Failed starts")],
        rows=[
            [
                (each.name, link(each.node_id) if each.is_there else None),
                round(each.energy_wh / WH_PER_KWH, 1),
                each.begun,
                each.without_energy,
            ]
            for each in found
        ],
    )


def _by_uptime(db: Session, viewer: Viewer, node: Node, asked: Asked, now: datetime) -> Drawing:
    label, unit, decimals, _divisor = RANKINGS[UPTIME]
    found = uptime_ranking.read(db, viewer, node, asked.periods(), now, _ranks(asked), MOST)
    since = uptime_ranking.recorded_since(db, viewer, node, asked.periods(), now)
    link = _link(asked)
    return Drawing(
        title=_title(asked, label),
        unit=unit,
        decimals=decimals,
        labels=[each.name for each in found],
        values=[percent(each.up) for each in found],
        kind="ranking",
        is_empty=not found,
        explained=gettext("The %(number)d that were available or in use for the least part of the time.", number=MOST),
        note=not_recorded(since, asked.periods()),
        columns=[
            _heading(asked),
            f"{label} (%)",
            *(f"{STATE_LABELS[state]} (%)" for state in uptime_ranking.DOWN),
        ],
        rows=[
            [
                (each.name, link(each.node_id)),
                percent(each.up),
                *(percent(getattr(each, state)) for state in uptime_ranking.DOWN),
            ]
            for each in found
        ],
    )


def _ranks(asked: Asked) -> Ranks:
    return Ranks.STATIONS if asked.chart == STATIONS else Ranks.SITES


def _title(asked: Asked, label: Any) -> str:
    what = str(label).lower()
    if asked.chart == STATIONS:
        return gettext("Stations by %(what)s", what=what)
    return gettext("Sites by %(what)s", what=what)


def _heading(asked: Asked) -> str:
    return gettext("Station") if asked.chart == STATIONS else gettext("Site")


def _link(asked: Asked) -> Callable[[int], str | None]:
    """Where the page of one stands, for those who may open it."""
    view = "StationView" if asked.chart == STATIONS else "SiteView"
    is_open = may("can_show", view)
    return lambda node_id: url_for(f"{view}.show", pk=node_id) if is_open else None
