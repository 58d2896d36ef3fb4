"""Regular exports: what a user gets, when, and where to; nobody sees another's."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from sqlalchemy import inspect
from werkzeug.wrappers import Response

from domain import clock, export_schedules
from domain.export_files import MOST_UNDER_WAY, TooManyExportsError
from domain.export_schedules import MOST, TooManySchedulesError
from domain.models import ExportEvery, ExportSchedule
from domain.models.columns import LARGEST_BIG_KEY
from domain.secrets import encrypt
from portal.database import database
from portal.export_words import FAULTS, TARGETS, when_text
from portal.exports import KINDS, scheduled
from portal.language import DEFAULT, current_language
from portal.pages.export_schedule_form import ScheduleForm
from portal.record import Page
from portal.table import TableView
from portal.viewer import viewer


class ExportSchedulesView(BaseView):
    route_base = "/export_schedules"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Page:
        return self.render_template(
            "export_schedules.html",
            schedules=export_schedules.of_user(database(), viewer().user_id),
            kinds=KINDS,
            targets=TARGETS,
            faults=FAULTS,
            when=when_text,
        )

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Page | Response:
        """Of the table that the address names, as the address asks for it."""
        table = self._table()
        query = table.query()
        if query.errors or query.notes:
            abort(400, _("Some of these filters or columns are not understood. Go back to the table and correct them."))
        form = ScheduleForm(file_types=table.file_types)
        if form.validate_on_submit():
            wanted = table.wanted(form.file_type.data, query)
            schedule = ExportSchedule(
                user_id=viewer().user_id,
                table_name=wanted.table_name,
                query=wanted.query,
                language=current_language() or DEFAULT,
            )
            _fill(schedule, form)
            try:
                export_schedules.add(database(), schedule, clock.now())
            except TooManySchedulesError:
                database().rollback()
                flash(_("At most %(most)s regular exports. Remove one first.", most=MOST), "error")
            else:
                database().commit()
                flash(_("The export is set up."), "success")
            return redirect(url_for(".index"))
        if not form.is_submitted():
            form.name.data = str(table.list_title)
        return self._form_page(form, _("Export regularly"), describe=str(table.list_title), query=query)

    @expose("/<int:pk>/edit", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: int) -> Page | Response:
        schedule = self._mine(pk)
        table = next((each for each in self._tables() if each.endpoint == schedule.table_name), None)
        form = ScheduleForm(file_types=table.file_types if table else (schedule.file_type,), schedule=schedule)
        if form.validate_on_submit():
            _fill(schedule, form)
            if any(inspect(schedule).attrs[name].history.has_changes() for name in ("every", "on_day", "hour")):
                export_schedules.reset(database(), schedule, clock.now())
            database().commit()
            flash(_("The export was changed."), "success")
            return redirect(url_for(".index"))
        return self._form_page(form, _("Change the regular export"), describe=schedule.title, query=None)

    @expose("/<int:pk>/pause", methods=["POST"])
    @has_access
    def pause(self, pk: int) -> Response:
        """Or go on, if it is paused."""
        schedule = self._mine(pk)
        schedule.is_paused = not schedule.is_paused
        export_schedules.reset(database(), schedule, clock.now())
        database().commit()
        flash(_("The export is paused.") if schedule.is_paused else _("The export goes on."), "success")
        return redirect(url_for(".index"))

    @expose("/<int:pk>/run", methods=["POST"])
    @has_access
    def run(self, pk: int) -> Response:
        """Now, beside when it is due."""
        try:
            file = export_schedules.run(database(), self._mine(pk), clock.now(), is_limited=True)
        except TooManyExportsError:
            flash(_("At most %(most)s files at once. Wait for one, or cancel it.", most=MOST_UNDER_WAY), "error")
            return redirect(url_for(".index"))
        database().commit()
        scheduled.queue(file.id)
        flash(_("It is being made and then delivered. How far it is stands below Exports."), "success")
        return redirect(url_for(".index"))

    @expose("/<int:pk>/remove", methods=["POST"])
    @has_access
    def remove(self, pk: int) -> Response:
        export_schedules.remove(database(), self._mine(pk))
        database().commit()
        flash(_("The regular export was removed."), "success")
        return redirect(url_for(".index"))

    def _form_page(self, form: ScheduleForm, title: str, **more: Any) -> Page:
        page = self.render_template("export_schedule_form.html", form=form, title=title, **more)
        return page, 422 if form.is_submitted() else 200

    def _mine(self, pk: int) -> ExportSchedule:
        schedule = export_schedules.find(database(), viewer().user_id, pk) if pk <= LARGEST_BIG_KEY else None
        return schedule or abort(404)

    def _tables(self) -> list[TableView]:
        views = (view for view in self.appbuilder.baseviews if isinstance(view, TableView))
        return [view for view in views if view.allows("export")]

    def _table(self) -> TableView:
        asked = request.args.get("table")
        return next((table for table in self._tables() if table.endpoint == asked), None) or abort(404)


def _fill(schedule: ExportSchedule, form: ScheduleForm) -> None:
    schedule.title = form.name.data
    schedule.file_type = form.file_type.data
    schedule.every = ExportEvery(form.every.data)
    schedule.on_day = form.on_day
    schedule.hour = form.hour.data
    was = (schedule.target, schedule.host, schedule.port)
    schedule.target, schedule.directory = form.chosen_target, form.folder
    schedule.host, schedule.port, schedule.account = form.place
    if form.password.data:
        schedule.sealed_password = encrypt(form.password.data)
    if (schedule.target, schedule.host, schedule.port) != was:
        # Another server has another key, and gets no password that was meant for the one before.
        schedule.host_key = None
        if not form.password.data:
            schedule.sealed_password = None
