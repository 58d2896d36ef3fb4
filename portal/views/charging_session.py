"""Statistics: the table of charging sessions, and one of them in full (manual, "Statistik")."""

from collections.abc import Sequence
from typing import Any

from flask import abort, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from domain import meter_values, reviews
from domain.models import ChargingSession, ChargingSessionReview, Service, ServiceCharge
from domain.nodes import Node, charges_at
from domain.privacy import hides_emails, mask_email, masked_email
from portal.table import Action, Boolean, Choice, Column, Date, Duration, Number, Row, TableView, Text
from portal.viewer import viewer
from portal.views import charging_session_cells as cells
from portal.views import charging_session_words as words
from portal.views.charging_session_curves import drawing
from portal.views.message import AROUND, list_url

KWH = {"unit": "kWh", "scale": 1000, "decimals": 3}

MASKED_EMAIL = Text("email", _l("E-mail"), masked_email(ChargingSession.email), width=30, sortable=False)
"""For those who see e-mails only masked; it is filtered as it is shown, so that a filter tells nothing either."""

COLUMNS = (
    Date("started_at", _l("Start"), ChargingSession.started_at),
    Duration("duration", _l("Duration"), ChargingSession.duration_seconds, render=cells.duration),
    Date("ended_at", _l("End"), ChargingSession.ended_at, render=cells.ended, empty=_l("charging")),
    Number("node_id", _l("Node id"), ChargingSession.node_id, default=False),
    Text("site", _l("Site"), ChargingSession.site_name, default=False, width=28),
    Text("station", _l("Station"), ChargingSession.station_name),
    Number("outlet", _l("Outlet"), ChargingSession.outlet_number),
    Number("energy_kwh", _l("Energy"), ChargingSession.energy_wh, render=cells.energy, total=True, **KWH),
    Choice("authorization", _l("Authorisation"), ChargingSession.authorization, words.AUTHORIZATIONS),
    Text("email", _l("E-mail"), ChargingSession.email, width=30),
    Number("id", _l("Session id"), ChargingSession.id, default=False),
    Date("logged_at", _l("Server log date"), ChargingSession.logged_at, default=False),
    Number("meter_kwh", _l("Meter"), ChargingSession.meter_wh, render=cells.meter, **KWH),
    Choice("grade", _l("Grade"), ChargingSession.grade, words.GRADES, default=False),
    Boolean("review", _l("Review"), ChargingSession.needs_review, default=False),
)


class ChargingSessionView(TableView):
    """All charging sessions of the selected node."""

    datamodel = SQLAInterface(ChargingSession)
    route_base = "/statistics"
    base_permissions = ["can_list", "can_show", "can_export"]
    include_route_methods = {"list", "show", "export"}
    list_title = _l("Statistics")
    columns = COLUMNS
    default_sort = "-started_at"
    filter_column = "station"
    file_types = (*TableView.file_types, "jsonl")
    nothing_yet = _l("No car has charged here yet. A session appears as soon as a station reports the first charge.")
    extras = {
        "begun_at": ChargingSession.started_at,
        "stopped_at": ChargingSession.stopped_at,
        "finished_at": ChargingSession.ended_at,
        "station_id": ChargingSession.node_id,
        "station_name": ChargingSession.station_name,
        "outlet_id": ChargingSession.outlet_id,
        "meter_start_wh": ChargingSession.meter_start_wh,
        "review_reasons": ChargingSession.review_reasons,
        "needs_review": ChargingSession.needs_review,
    }

    def _init_forms(self) -> None:
        """There are none: a session is what the station said."""

    @property
    def key(self) -> Any:
        return ChargingSession.id

    def within(self, statement: Select[Any], node: Node) -> Select[Any]:
        return statement.where(charges_at(node))

    def offered(self) -> tuple[Column, ...]:
        if not hides_emails(viewer()):
            return COLUMNS
        return tuple(MASKED_EMAIL if column.name == MASKED_EMAIL.name else column for column in COLUMNS)

    def row_actions(self, row: Row) -> list[Action]:
        actions = [Action(_("Show session"), self.link_to("show", row), new_window=True)]
        if self.appbuilder.sm.has_access("can_show", "StationView"):
            label = _("Show station %(name)s", name=row["station_name"])
            actions.append(Action(label, url_for("StationView.show", pk=row["station_id"])))
        return actions

    def complete(self, db: Session, rows: list[Row]) -> None:
        """Running charges show what their meter shows now."""
        running = [row for row in rows if row["stopped_at"] is None and row["finished_at"] is None]
        latest = meter_values.latest(db, [row["outlet_id"] for row in running])
        for row in running:
            cells.add_live(row, latest.get(row["outlet_id"]))

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s session", "%(text)s sessions", number, text=text)

    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> str:
        """One session: every field, and what its meter showed."""
        statement = self.scoped(select(ChargingSession)).where(ChargingSession.id == int(pk)) if _is_id(pk) else None
        db = self.datamodel.session
        charging_session = db.scalar(statement) if statement is not None else None
        if charging_session is None:
            abort(404)
        readings = meter_values.of_session(db, charging_session)
        return self.render_template(
            "charging_session_show.html",
            title=_("Session %(id)s", id=charging_session.id),
            charging_session=charging_session,
            email=mask_email(charging_session.email) if hides_emails(viewer()) else charging_session.email,
            words=words,
            readings=readings,
            drawing=drawing(charging_session, readings),
            messages_url=self._messages_url(charging_session),
            asked_by=_asked_by(db, charging_session),
            reviews=self._reviews(db, charging_session),
            review_url=self._review_url(charging_session),
        )

    def _reviews(self, db: Session, charging_session: ChargingSession) -> Sequence[ChargingSessionReview]:
        """Notes are written for those who look after stations, and not for the driver."""
        may = self.appbuilder.sm.has_access("can_list", "ChargingSessionReviewView")
        return reviews.of_session(db, charging_session.id) if may else ()

    def _review_url(self, charging_session: ChargingSession) -> str | None:
        """For those who may, once it has ended."""
        may = self.appbuilder.sm.has_access("can_look", "ChargingSessionReviewView")
        ended = charging_session.ended_at is not None
        return url_for("ChargingSessionReviewView.look", pk=charging_session.id) if may and ended else None

    def _messages_url(self, charging_session: ChargingSession) -> str | None:
        """What its station said and was told, by our clock: from shortly before the start arrived here."""
        if not self.appbuilder.sm.has_access("can_list", "MessageView"):
            return None
        logged_at, ended_at = charging_session.logged_at, charging_session.ended_at
        until = max(ended_at, logged_at) + AROUND if ended_at else None
        return list_url(charging_session.node_id, logged_at - AROUND, until)


def _asked_by(db: Session, charging_session: ChargingSession) -> str | None:
    """The service that asked for it, and what it calls it."""
    asked = select(Service.name, ServiceCharge.reference).join(Service, Service.id == ServiceCharge.service_id)
    row = db.execute(asked.where(ServiceCharge.charging_session_id == charging_session.id)).first()
    return f"{row.name}: {row.reference}" if row else None


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) < 19
