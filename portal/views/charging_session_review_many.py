"""Several sessions of the review list confirmed at once: what is shown here is what is confirmed, and nothing else."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import Select, select

from domain import clock, reviews
from domain.models import ChargingSession
from domain.reviews import Look
from portal.database import database
from portal.forms import NoteForm
from portal.node import node_url
from portal.record import Page
from portal.table.marked import MOST_AT_ONCE, chosen, keys
from portal.viewer import scoped
from portal.views import charging_session_words as words
from portal.views.charging_session_review import ChargingSessionReviewView, mark_of

MARKED = "session"


class ReviewManyView(BaseView):
    route_base = "/review/many"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @has_access
    def index(self) -> Page:
        form = NoteForm()
        if form.validate_on_submit():
            return self._confirm(form.note.data or "")
        found = database().scalars(self._chosen().limit(MOST_AT_ONCE + 1)).all()
        page = self.render_template(
            "charging_session_review_many.html",
            charging_sessions=found[:MOST_AT_ONCE],
            has_more=len(found) > MOST_AT_ONCE,
            most=MOST_AT_ONCE,
            mark_of=mark_of,
            form=form,
            words=words,
        )
        return page, 422 if form.is_submitted() else 200

    def _chosen(self) -> Select[tuple[ChargingSession]]:
        """Those that the address names, or all that the same address lists, the oldest first."""
        view = next(view for view in self.appbuilder.baseviews if isinstance(view, ChargingSessionReviewView))
        order = (ChargingSession.started_at, ChargingSession.id)
        return chosen(view, MARKED).with_only_columns(ChargingSession, maintain_column_froms=True).order_by(*order)

    def _confirm(self, note: str) -> Any:
        """Those that stand as they were shown; of the others it is said that they do not."""
        seen = dict(text.split(":", 1) for text in request.form.getlist("seen")[:MOST_AT_ONCE] if ":" in text)
        look = Look(current_user.id, clock.now(), note)
        same = [each for each in _locked(seen) if seen[str(each.id)] == mark_of(each)]
        for charging_session in same:
            reviews.confirm(database(), charging_session, look)
        database().commit()
        changed = len(seen) - len(same)
        if same:
            flash(ngettext("%(num)d session was reviewed.", "%(num)d sessions were reviewed.", len(same)), "success")
        if changed:
            text = ngettext(
                "%(num)d session changed meanwhile and was left as it is. Look at it once more.",
                "%(num)d sessions changed meanwhile and were left as they are. Look at them once more.",
                changed,
            )
            flash(text, "error")
        return redirect(node_url("ChargingSessionReviewView.list"))


def _locked(seen: dict[str, str]) -> Sequence[ChargingSession]:
    """Always in the same order, so that two who confirm the same ones only wait for each other."""
    found = scoped(select(ChargingSession), ChargingSession).where(
        ChargingSession.id.in_(keys(list(seen))), ChargingSession.needs_review.is_(True)
    )
    locked = found.order_by(ChargingSession.id).with_for_update(of=ChargingSession)
    return database().scalars(locked.execution_options(populate_existing=True)).all()
