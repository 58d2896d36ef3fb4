"""Review: the sessions that a person should look at, and what that person says of one: right as it is, or otherwise."""

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import Select, func, select
from wtforms import DecimalField, HiddenField
from wtforms.validators import InputRequired, Optional

from domain import clock, reviews
from domain.models import ChargingSession
from domain.models.columns import LARGEST_BIG_KEY
from domain.nodes import Node, charges_at
from domain.reviews import LARGEST_ENERGY_WH, Look, ReviewError, ReviewFault
from portal.database import database
from portal.formats import WH_PER_KWH
from portal.forms import NEEDED, ZonedDateTimeField, long_text
from portal.record import Page
from portal.table import Action, Choice, Date, Number, Row, TableView, Text
from portal.table.actions import ForMarked
from portal.views import charging_session_words as words
from portal.views.charging_session import KWH

CONFIRM, CORRECT = "confirm", "correct"
FAULTS = {
    ReviewFault.STILL_CHARGING: _l("It still charges: look again when it has ended."),
    ReviewFault.NOTE_MISSING: _l("Say why it is corrected; the note stands with the correction."),
    ReviewFault.ENERGY_OUT_OF_RANGE: _l("An energy lies between 0 and %(most)s kWh.", most=LARGEST_ENERGY_WH // 1000),
    ReviewFault.END_IS_KNOWN: _l("The station told the end itself: it stays."),
    ReviewFault.END_OUT_OF_RANGE: _l("The end lies between the start and now."),
}
CHANGED = _l("Meanwhile somebody reviewed this session, or the station told more of it. Look once more.")


class Reasons(Text):
    """Codes, as a person reads them; filtered by the codes."""

    def text(self, value: Any, zone: ZoneInfo) -> str:
        return words.reasons(value.split())

    def excel(self, value: Any, zone: ZoneInfo) -> str:
        return self.text(value, zone)


class ReviewForm(FlaskForm):
    """What a person says of a session; only a correction needs the energy and a note."""

    energy_kwh = DecimalField(_l("Energy in kWh"), [Optional()], places=3)
    ended_at = ZonedDateTimeField(_l("End"), [Optional()])
    note = long_text(_l("Note"))
    seen = HiddenField(validators=[InputRequired()])
    """What was in force when the form was opened."""

    def __init__(self, charging_session: ChargingSession, **kwargs: Any) -> None:
        super().__init__(
            data={
                "energy_kwh": _kwh(charging_session.energy_wh),
                "ended_at": charging_session.ended_at,
                "seen": mark_of(charging_session),
            },
            **kwargs,
        )
        self.note.description = _("A correction needs one.")
        if not reviews.may_correct_end(charging_session):
            del self.ended_at

    def validate(self, extra_validators: Any = None) -> bool:
        """What is typed for a correction matters to nobody who confirms."""
        is_right = super().validate(extra_validators)
        if request.form.get("verdict") == CORRECT and self.energy_kwh.data is None and not self.energy_kwh.errors:
            self.energy_kwh.errors = [str(NEEDED.message)]
            return False
        return is_right


def mark_of(charging_session: ChargingSession) -> str:
    """What differs once somebody else reviewed it, or the station told more."""
    facts = (charging_session.energy_wh, charging_session.ended_at, charging_session.reviewed_at)
    return "|".join(map(str, (*facts, *charging_session.review_reasons)))


def _kwh(energy_wh: int | None) -> Decimal | None:
    return None if energy_wh is None else Decimal(energy_wh) / WH_PER_KWH


class ChargingSessionReviewView(TableView):
    """The sessions of the selected node that nobody has looked at, though somebody should; the oldest first."""

    datamodel = SQLAInterface(ChargingSession)
    route_base = "/review"
    class_permission_name = "ChargingSessionReviewView"
    base_permissions = ["can_list", "can_export", "can_look"]
    include_route_methods = {"list", "export", "look"}
    list_title = _l("Review")
    default_sort = "started_at"
    filter_column = "station"
    for_marked = ForMarked(
        "ReviewManyView.index",
        "session",
        _l("Confirm"),
        _l("Confirm the marked ones"),
        _l("Confirm all that are listed"),
    )
    nothing_yet = _l("Nothing to look at: the energy of every session here is known, or somebody has looked.")
    columns = (
        Date("started_at", _l("Start"), ChargingSession.started_at),
        Text("site", _l("Site"), ChargingSession.site_name, default=False, width=28),
        Text("station", _l("Station"), ChargingSession.station_name),
        Number("outlet", _l("Outlet"), ChargingSession.outlet_number),
        Number("energy_kwh", _l("Energy"), ChargingSession.energy_wh, **KWH),
        Choice("grade", _l("Grade"), ChargingSession.grade, words.GRADES),
        Reasons(
            "reasons",
            _l("Reasons"),
            func.array_to_string(ChargingSession.review_reasons, " "),
            sortable=False,
            width=60,
        ),
        Number("id", _l("Session id"), ChargingSession.id, default=False),
    )

    def _init_forms(self) -> None:
        """There are none but the one of a look."""

    @property
    def key(self) -> Any:
        return ChargingSession.id

    def base(self) -> Select[Any]:
        return select(self.key).where(ChargingSession.needs_review.is_(True))

    def within(self, statement: Select[Any], node: Node) -> Select[Any]:
        return statement.where(charges_at(node))

    def row_actions(self, row: Row) -> list[Action]:
        actions = [Action(_("Review"), self.link_to("look", row))] if self.allows("look") else []
        if self.appbuilder.sm.has_access("can_show", "ChargingSessionView"):
            actions.append(
                Action(_("Show session"), url_for("ChargingSessionView.show", pk=row["key"]), new_window=True)
            )
        return actions

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s session", "%(text)s sessions", number, text=text)

    @expose("/look/<int:pk>", methods=["GET", "POST"])
    @has_access
    def look(self, pk: int) -> Page:
        """One session: confirm it, or correct it."""
        charging_session = self._find(pk, for_update=request.method == "POST") or abort(404)
        form = ReviewForm(charging_session)
        if form.validate_on_submit():
            trouble = self._judge(charging_session, form)
            if trouble is None:
                flash(_("Session %(id)s was reviewed.", id=charging_session.id), "success")
                return redirect(self.list_url())
            database().rollback()
            form.form_errors.append(str(trouble))
        page = self.render_template(
            "charging_session_review.html",
            title=_("Review of session %(id)s", id=pk),
            charging_session=charging_session,
            form=form,
            words=words,
            cancel_url=self.list_url(),
        )
        return page, 422 if form.is_submitted() else 200

    def _find(self, pk: int, for_update: bool) -> ChargingSession | None:
        if pk > LARGEST_BIG_KEY:
            return None
        found = self.scoped(select(ChargingSession)).where(ChargingSession.id == pk)
        if for_update:
            found = found.with_for_update(of=ChargingSession).execution_options(populate_existing=True)
        return database().scalar(found)

    def _judge(self, charging_session: ChargingSession, form: ReviewForm) -> Any:
        """Write down what was said, or return why it cannot be."""
        if form.seen.data != mark_of(charging_session):
            form.seen.data = mark_of(charging_session)
            return CHANGED
        look = Look(current_user.id, clock.now(), form.note.data or "")
        try:
            if request.form.get("verdict") == CORRECT:
                ended_at = form.ended_at.data if form.ended_at is not None else None
                energy_wh = round((form.energy_kwh.data or 0) * WH_PER_KWH)
                reviews.correct(database(), charging_session, look, energy_wh, _same_minute(charging_session, ended_at))
            else:
                reviews.confirm(database(), charging_session, look)
        except ReviewError as error:
            return FAULTS[error.fault]
        database().commit()
        return None


def _same_minute(charging_session: ChargingSession, ended_at: Any) -> Any:
    """The form tells minutes: who leaves the end as it was does not cut its seconds off."""
    known = charging_session.ended_at
    if ended_at is None or known is None:
        return None
    return None if ended_at.replace(second=0) == known.replace(second=0, microsecond=0) else ended_at
