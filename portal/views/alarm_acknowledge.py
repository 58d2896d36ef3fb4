"""Alarms acknowledged, one or many at once, with a note or without: what is shown here is what is acknowledged."""

from collections.abc import Sequence

from flask import flash, redirect, request
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import Select, select
from sqlalchemy.orm import lazyload

from domain import clock
from domain.alarms import acknowledging
from domain.alarms.acknowledging import IS_NEW, SHOWN, Word
from domain.models import Alarm
from portal import alarm_words as words
from portal.database import database
from portal.forms import NoteForm
from portal.node import node_url
from portal.record import Page
from portal.table.marked import MOST_AT_ONCE, chosen, keys
from portal.viewer import scoped
from portal.views.alarm import AlarmView

MARKED = "alarm"


class AlarmAcknowledgeView(BaseView):
    route_base = "/alarms/acknowledge"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @has_access
    def index(self) -> Page:
        form = NoteForm()
        if form.validate_on_submit():
            return self._acknowledge(keys(request.form.getlist(MARKED)[:MOST_AT_ONCE]), form.note.data or "")
        found = database().scalars(self._chosen().limit(MOST_AT_ONCE + 1)).all()
        page = self.render_template(
            "alarm_acknowledge.html",
            alarms=found[:MOST_AT_ONCE],
            has_more=len(found) > MOST_AT_ONCE,
            most=MOST_AT_ONCE,
            form=form,
            words=words,
        )
        return page, 422 if form.is_submitted() else 200

    def _chosen(self) -> Select[tuple[Alarm]]:
        """Those that the address names, or all that the same address lists, the latest first."""
        view = next(view for view in self.appbuilder.baseviews if isinstance(view, AlarmView))
        order = (Alarm.raised_at.desc(), Alarm.id.desc())
        found = chosen(view, MARKED).where(IS_NEW)
        return found.with_only_columns(Alarm, maintain_column_froms=True).order_by(*order)

    def _acknowledge(self, ids: set[int], note: str) -> Page:
        alarms = _locked(ids)
        acknowledging.acknowledge(database(), alarms, Word(current_user.id, clock.now(), note))
        database().commit()
        if alarms:
            text = ngettext("%(num)d alarm was acknowledged.", "%(num)d alarms were acknowledged.", len(alarms))
            flash(text, "success")
        if over := len(ids) - len(alarms):
            text = ngettext("%(num)d alarm was over by then.", "%(num)d alarms were over by then.", over)
            flash(text, "info")
        return redirect(node_url("AlarmView.list"))


def _locked(ids: set[int]) -> Sequence[Alarm]:
    """Always in the same order, so that two who acknowledge the same ones only wait for each other."""
    found = scoped(select(Alarm), Alarm).where(Alarm.id.in_(ids), SHOWN).order_by(Alarm.id)
    locked = found.with_for_update(of=Alarm).options(lazyload("*"))
    return database().scalars(locked.execution_options(populate_existing=True)).all()
