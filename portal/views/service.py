"""Services of third parties (manual, system level, "Tjenester"): set up, watched, tried out. For administrators."""

from typing import Any

from flask import abort, flash, redirect, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext, lazy_gettext, ngettext
from markupsafe import Markup
from sqlalchemy import case, func, select
from werkzeug.wrappers import Response

from domain import clock
from domain.models import DeliveryState, Service, ServiceDelivery, ServiceKind
from domain.models.columns import LARGEST_BIG_KEY
from domain.services import outbox, setting_up
from domain.services.map_feed import reading
from domain.services.setting_up import NotReadyError
from portal import commands
from portal.database import database
from portal.forms import RecordForm
from portal.record import Page, RecordView
from portal.table import Row
from portal.table.columns import Choice, Date, Number, Text
from portal.views import service_words as words
from portal.views.service_facts import facts
from portal.views.service_forms import AddServiceForm, form_of

MOST_DELIVERIES = 50
STATE = case((~Service.is_enabled, "disabled"), (Service.failing_since_at.is_not(None), "trouble"), else_="working")
WAITING = (
    select(func.count())
    .where(ServiceDelivery.service_id == Service.id, ServiceDelivery.state == DeliveryState.WAITING)
    .correlate(Service)
    .scalar_subquery()
)


class ServiceView(RecordView):
    datamodel = SQLAInterface(Service)
    route_base = "/services"
    form = AddServiceForm
    show_template = "service.html"
    list_title = lazy_gettext("Services")
    add_title = lazy_gettext("Add service")
    edit_title = lazy_gettext("Configure the service")
    nothing_yet = lazy_gettext(
        "There is no service yet. Add one: a map that shows your outlets, a provider of parking payment, or a system of"
        " yours that wants to hear what happens."
    )
    default_sort = "name"
    columns = (
        Text("name", lazy_gettext("Name"), Service.name, render=lambda row: _link(row), width=30),
        Choice("kind", lazy_gettext("Kind"), Service.kind, words.KINDS),
        Choice("state", lazy_gettext("State"), STATE, words.STATES, render=lambda row: words.state_chip(row["state"])),
        Date("failing_since_at", lazy_gettext("In trouble since"), Service.failing_since_at),
        Number("waiting", lazy_gettext("Messages waiting"), WAITING),
        Date("told_at", lazy_gettext("Last told"), Service.told_at),
        Date("asked_at", lazy_gettext("Last seen"), Service.asked_at),
        Text("trouble", lazy_gettext("What went wrong"), Service.trouble, default=False, width=40),
        Number("id", lazy_gettext("Id"), Service.id, default=False),
    )

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s service", "%(text)s services", number, text=text)

    def show_context(self, record: Service) -> dict[str, Any]:
        return self.shown_now(record) | {"about": words.ABOUT[record.kind], "facts": facts(record), "shown_once": {}}

    def shown_now(self, record: Service) -> dict[str, Any]:
        """What changes while one looks."""
        adapter = setting_up.adapter_of(record)
        return {
            "service": record,
            "words": words,
            "state": "disabled" if not record.is_enabled else "trouble" if record.failing_since_at else "working",
            "missing": setting_up.missing_in(record),
            "has_secrets": adapter.is_called or adapter.comes,
            "is_called": adapter.is_called,
            "deliveries": outbox.latest(database(), record.id, MOST_DELIVERIES) if adapter.is_called else [],
            "shown": reading.shown(database(), record.id) if record.kind is ServiceKind.MAP_FEED else None,
            "waiting": outbox.waiting(database(), [record.id]).get(record.id, 0),
        }

    def edit_form_of(self, record: Service) -> RecordForm:
        return form_of(record)

    def _save(self, form: Any, record: Service, is_new: bool) -> Page:
        page = super()._save(form, record, is_new)
        if not is_new and isinstance(page, Response):
            commands.check_service(record.id)
        return page

    @expose("/now/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def now(self, pk: int) -> str:
        """For the page's script (static/live_parts.js)."""
        return self.render_template("service_now.html", view=self, **self.shown_now(self.record(pk)))

    @expose("/secrets/<int:pk>", methods=["POST"])
    @has_access
    @permission_name("edit")
    def secrets(self, pk: int) -> str:
        """Make new ones, and show them this once."""
        service: Service = self.record(pk)
        made = setting_up.make_secrets(service)
        database().commit()
        context = self.show_context(service) | {"shown_once": made}
        return self.render_template(self.show_template, view=self, record=service, **context)

    @expose("/enable/<int:pk>", methods=["POST"])
    @has_access
    @permission_name("edit")
    def enable(self, pk: int) -> Response:
        service: Service = self.record(pk)
        try:
            setting_up.enable(service)
        except NotReadyError as error:
            flash(str(words.MISSING[error.missing]), "error")
            return redirect(self.show_url(service))
        return self._kept(service, gettext("%(name)s is enabled.", name=service.name))

    @expose("/disable/<int:pk>", methods=["POST"])
    @has_access
    @permission_name("edit")
    def disable(self, pk: int) -> Response:
        service: Service = self.record(pk)
        setting_up.disable(service)
        return self._kept(service, gettext("%(name)s is disabled.", name=service.name))

    @expose("/test/<int:pk>", methods=["POST"])
    @has_access
    @permission_name("edit")
    def test(self, pk: int) -> Response:
        service: Service = self.record(pk)
        if not setting_up.adapter_of(service).is_called:
            abort(404)
        if not service.is_enabled:
            flash(gettext("Enable the service first."), "error")
            return redirect(self.show_url(service))
        setting_up.test(database(), service, clock.now())
        return self._kept(service, gettext("The test is on its way. What the service answers stands below."))

    @expose(f"/send_again/<int:pk>/<int(max={LARGEST_BIG_KEY}):delivery>", methods=["POST"])
    @has_access
    @permission_name("edit")
    def send_again(self, pk: int, delivery: int) -> Response:
        service: Service = self.record(pk)
        if not setting_up.send_again(database(), service, delivery, clock.now()):
            abort(404)
        return self._kept(service, gettext("The message is sent again."))

    def _kept(self, service: Service, said: str) -> Response:
        database().commit()
        commands.check_service(service.id)
        flash(said, "success")
        return redirect(url_for(".show", pk=service.id))


def _link(row: Row) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url_for("ServiceView.show", pk=row["key"]), row["name"])
