"""The page of charts, and its figures as a file."""

from typing import Any

from flask import Response, request
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext

from domain import clock
from domain.models import System
from domain.roles import RoleName
from portal.database import database
from portal.exports.csv import csv_text
from portal.formats import user_time_zone
from portal.node import label_of, node_url, selected
from portal.pages.charts import over_time, rankings, states
from portal.pages.charts.asked import HOURS, RANKED, SITES, SPANS, STATIONS, UNITS, UPTIME, Asked, AskedError
from portal.pages.charts.drawing import Drawing
from portal.pages.charts.kinds import KINDS, RANKINGS
from portal.viewer import viewer

MAKERS = {
    UPTIME: states.over_time,
    HOURS: over_time.by_hours,
    STATIONS: rankings.ranked,
    SITES: rankings.ranked,
}
"""Of the charts that are not of `KINDS`."""


class ChartsView(BaseView):
    route_base = "/charts"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> tuple[str, int]:
        today = clock.now().astimezone(user_time_zone()).date()
        asked, drawing, trouble = Asked.usual(today), None, None
        try:
            asked = Asked.read(request.args, today)
            drawing = _drawn(asked)
        except AskedError as error:
            trouble = str(error)
        page = self.render_template(
            "charts.html",
            asked=asked,
            drawing=drawing,
            trouble=trouble,
            node_label=label_of(selected()),
            charts=_charts(asked),
            units=UNITS,
            rankings=_rankings(),
            spans=[
                (node_url(".index", **asked.of_days(days, today)), label, asked.is_of_days(days, today))
                for days, label in SPANS
            ],
            is_over_time=asked.chart not in (HOURS, *RANKED),
            is_ranked=asked.chart in RANKED,
            csv_url=node_url(".csv", **asked.address()),
            script_words=_script_words(),
        )
        return page, 400 if trouble else 200

    @expose("/csv")
    @has_access
    def csv(self) -> Response:
        """The figures of the chart, as they are shown."""
        today = clock.now().astimezone(user_time_zone()).date()
        try:
            drawing = _drawn(Asked.read(request.args, today))
        except AskedError as error:
            return Response(str(error), 400, mimetype="text/plain")
        rows = ([_plain(cell) for cell in row] for row in drawing.rows)
        response = Response(csv_text([drawing.columns, *rows]), mimetype="text/csv")
        response.headers.set("Content-Disposition", "attachment", filename=f"{drawing.title}-{today}.csv")
        return response


def _drawn(asked: Asked) -> Drawing:
    make = MAKERS.get(asked.chart, over_time.over_time)
    return make(database(), viewer(), selected(), asked, clock.now())


def _plain(cell: Any) -> Any:
    """Of a node its name, without where its page is."""
    return cell[0] if isinstance(cell, tuple) else cell


def _charts(asked: Asked) -> list[tuple[str, Any, bool]]:
    """Address, name and whether it is the one that is open; without those that say nothing here."""
    names = [(kind.name, kind.label) for kind in KINDS if not (_drives() and kind.level)]
    if not _drives():
        names.append((UPTIME, gettext("Uptime")))
    names += [(HOURS, gettext("Hours of the week")), (STATIONS, gettext("Stations"))]
    if isinstance(selected(), System) or asked.chart == SITES:
        names.append((SITES, gettext("Sites")))
    return [(node_url(".index", **asked.address(chart=name)), label, name == asked.chart) for name, label in names]


def _rankings() -> dict[str, Any]:
    return {by: told for by, told in RANKINGS.items() if not (_drives() and by == UPTIME)}


def _drives() -> bool:
    """Whether it is somebody who sees own charges alone, and nothing of outlets."""
    return viewer().role is RoleName.EV_USER


def _script_words() -> dict[str, str]:
    """What the script says."""
    return {"before": gettext("Before"), "now": gettext("Now"), "least": gettext("little"), "most": gettext("much")}
