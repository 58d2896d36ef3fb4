"""Unknown stations: devices that called under a name that nobody created. One click adopts them."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext, lazy_gettext, ngettext
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from domain import nodes, protocols
from domain.models import Floor, Site, UnknownStation
from domain.nodes import NodeKind
from portal.database import database
from portal.forms import RecordChoice, chosen
from portal.node import key_of
from portal.node_view import only_site_id, selected_ids, sites_by_name
from portal.record import Page, RecordView
from portal.table.actions import Action
from portal.table.column import Row
from portal.table.columns import Choice, Date, Number, Text


class AdoptionForm(FlaskForm):
    """Asked only where the site is not plain from the selected node."""

    site_id = RecordChoice(lazy_gettext("Site"), [chosen], empty=lazy_gettext("Choose a site"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site_id.offer(sites_by_name())


def with_adopt_button(row: Row) -> Markup:
    """The id and a form of one button, since to adopt is a change and travels by POST."""
    return Markup(
        '{}<form method="post" action="{}"><input type="hidden" name="csrf_token" value="{}">'
        '<button class="p s">{}</button></form>'
    ).format(row["charge_box_id"], _adopt_url(row["key"]), generate_csrf(), gettext("Adopt"))


def _adopt_url(pk: int) -> str:
    return url_for("UnknownStationView.adopt", pk=pk, node=request.args.get("node"))


class UnknownStationView(RecordView):
    datamodel = SQLAInterface(UnknownStation)
    route_base = "/unknown_stations"
    exclude_route_methods = RecordView.exclude_route_methods | {"show", "add", "edit"}
    form = AdoptionForm  # type: ignore[assignment]
    list_title = lazy_gettext("Unknown stations")
    nothing_yet = lazy_gettext("No unknown station has called. A station that calls before it is created appears here.")
    default_sort = "-last_seen_at"
    columns = (
        Text(
            "charge_box_id",
            lazy_gettext("Charge box id"),
            UnknownStation.charge_box_id,
            render=with_adopt_button,
        ),
        Date("first_seen_at", lazy_gettext("First seen"), UnknownStation.first_seen_at),
        Date("last_seen_at", lazy_gettext("Last seen"), UnknownStation.last_seen_at),
        Number("attempts", lazy_gettext("Attempts"), UnknownStation.attempts),
        Text("remote_address", lazy_gettext("Address"), UnknownStation.remote_address),
        Choice("protocol", lazy_gettext("Protocol"), UnknownStation.protocol, protocols.IN_WORDS),
    )

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s unknown station", "%(text)s unknown stations", number, text=text)

    def row_actions(self, row: Row) -> list[Action]:
        return [
            Action(gettext("Adopt"), _adopt_url(row["key"])),
            Action(gettext("Delete"), self.link_to("delete", row), danger=True),
        ]

    def show_url(self, record: Any) -> str:
        return self.list_url()

    @expose("/adopt/<int:pk>", methods=["GET", "POST"])
    @has_access
    def adopt(self, pk: int) -> Page:
        """Adopt at once where the site is plain; else ask for it."""
        unknown = self.record(pk)
        if database().scalar(select(Site.id).limit(1)) is None:
            flash(gettext("Create the site where the station stands first."), "error")
            return redirect(url_for("SiteView.add"))
        form = AdoptionForm()
        ids = selected_ids()
        plain_site_id = ids.get(NodeKind.SITE) or only_site_id()
        if request.method == "POST" and plain_site_id and "site_id" not in request.form:
            return self._adopt(unknown, plain_site_id, ids.get(NodeKind.FLOOR))
        if "site_id" in request.form and form.validate_on_submit():
            return self._adopt(unknown, form.site_id.data, None)
        form.site_id.data = form.site_id.data or plain_site_id
        if "site_id" not in request.form:
            form.site_id.errors = ()
        return self.render_template("adopt.html", form=form, unknown=unknown, cancel_url=self.list_url())

    def _adopt(self, unknown: UnknownStation, site_id: int, floor_id: int | None) -> Page:
        site = database().get(Site, site_id) or abort(404)
        floor = database().get(Floor, floor_id) if floor_id else None
        try:
            station = nodes.adopt(database(), unknown, site, floor)
            database().commit()
        except IntegrityError:
            database().rollback()
            flash(gettext("A station with this charge box id exists already."), "error")
            return redirect(self.list_url())
        flash(gettext("%(name)s was adopted. Its next call succeeds.", name=station.name), "success")
        return redirect(url_for("StationView.show", pk=station.id, node=key_of(station)))
