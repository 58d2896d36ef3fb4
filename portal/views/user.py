"""Users: provisioning by administrators (manual, "Brugerklargøring"); site administrators see who charged at theirs."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext, lazy_gettext, ngettext
from sqlalchemy import Select, or_, select
from werkzeug.wrappers import Response

from domain import erasures, own_account, users
from domain.models import IdToken, PortalUser, site_administrator, site_driver
from domain.nodes import Node, NodeKind
from domain.privacy import sees_all_of_users
from domain.roles import RoleName
from domain.user_details import FIELDS_OF_ROLE, UserDetails, UserError
from portal import alarm_mail_words, personal_data
from portal.database import database
from portal.formats import at
from portal.messages import in_words
from portal.node import node_url
from portal.node_view import selected_ids
from portal.record import Fact, Page, RecordView, status_of
from portal.role_words import role_word
from portal.security import stay_signed_in
from portal.table import Action, Column, Row
from portal.viewer import viewer
from portal.views.user_columns import COLUMNS, EXTRAS, FOR_SITE_ADMINISTRATORS, LAST_HERE
from portal.views.user_form import UserForm

ADD_TITLES = {
    RoleName.EV_USER: lazy_gettext("Add EV user"),
    RoleName.SITE_ADMINISTRATOR: lazy_gettext("Add site administrator"),
    RoleName.SUPPORT: lazy_gettext("Add support user"),
    RoleName.ADMINISTRATOR: lazy_gettext("Add administrator"),
}
ABOUT_ROLES = {
    RoleName.EV_USER: lazy_gettext("Charges with an RFID tag and sees their own sessions."),
    RoleName.SITE_ADMINISTRATOR: lazy_gettext("Sees and configures the assigned sites, and those only."),
    RoleName.SUPPORT: lazy_gettext("Configures and monitors all stations; sees no personal data of drivers."),
    RoleName.ADMINISTRATOR: lazy_gettext("May do everything."),
}
"""In the order in which they are offered."""


class UserView(RecordView):
    datamodel = SQLAInterface(PortalUser)
    route_base = "/users"
    form = UserForm
    list_template = "users.html"
    show_template = "user_show.html"
    delete_template = "user_delete.html"
    list_title = lazy_gettext("Users")
    add_title = lazy_gettext("Add user")
    edit_title = lazy_gettext("Edit user")
    nothing_yet = lazy_gettext("There is nobody here yet.")
    default_sort = "last_name"
    columns = COLUMNS
    extras = EXTRAS
    filter_column = "last_name"

    def base(self) -> Select[Any]:
        return select(self.key).outerjoin(PortalUser.roles)

    def offered(self) -> tuple[Column, ...]:
        return COLUMNS if sees_all_of_users(viewer()) else FOR_SITE_ADMINISTRATORS

    def within(self, statement: Select[Any], node: Node) -> Select[Any]:
        """Those who charged at the site or administer it."""
        site_id = selected_ids().get(NodeKind.SITE)
        if site_id is None:
            return statement
        tables = (site_driver, site_administrator)
        here = (PortalUser.id.in_(select(table.c.user_id).where(table.c.site_id == site_id)) for table in tables)
        return statement.where(or_(*here))

    def row_actions(self, row: Row) -> list[Action]:
        candidates = (
            ("show", Action(gettext("Show"), self.link_to("show", row))),
            ("edit", Action(gettext("Edit"), self.link_to("edit", row), dialog=True)),
            ("data", Action(gettext("Export personal data"), self.link_to("data", row))),
            ("delete", Action(gettext("Delete and erase"), self.link_to("delete", row), danger=True, dialog=True)),
            ("add", Action(gettext("Add user"), node_url(".add"), dialog=True)),
        )
        return [action for method, action in candidates if self.allows(method)]

    def adds(self) -> list[Action]:
        if not self.allows("add"):
            return []
        adds = [Action(role_word(role), node_url(".add", role=role.value), dialog=True) for role in ABOUT_ROLES]
        if self.appbuilder.sm.has_access("can_index", "ImportUsersView"):
            adds.append(Action(gettext("Import from a file"), url_for("ImportUsersView.index")))
        return adds

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s user", "%(text)s users", number, text=text)

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Page:
        role = _asked_role()
        if role is None:
            return self._ask_role(self.add_title)
        form = UserForm(role=role)
        return self._write(form) if form.validate_on_submit() else self._page(form)

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: int) -> Page:
        user = self.to_edit(pk)
        if request.method == "POST":
            self._lock(user)
        role = _asked_role() or user.role
        if role is None:
            return self._ask_role(self.edit_title)
        details = users.details_of(database(), user)
        form = UserForm(data={name: getattr(details, name) for name in details.__slots__}, role=role, record=user)
        self.settled(form)
        return self._write(form) if form.validate_on_submit() and not form.clashes else self._page(form)

    def _find(self, pk: int, for_update: bool = False) -> Any:
        """Never locked here: the domain does, in an order in which no two wait for each other."""
        return super()._find(pk)

    def _lock(self, user: PortalUser) -> None:
        try:
            users.lock(database(), user)
        except users.NoSuchUserError:
            self._gone(user.id)

    @expose("/activate/<int:pk>", methods=["POST"])
    @has_access
    def activate(self, pk: int) -> Response:
        return self._set_active(self.record(pk), True, gettext("%(name)s may sign in and charge again."))

    @expose("/deactivate/<int:pk>", methods=["POST"])
    @has_access
    def deactivate(self, pk: int) -> Response:
        return self._set_active(self.record(pk), False, gettext("%(name)s can neither sign in nor charge any more."))

    @expose("/data/<int:pk>", methods=["GET"])
    @has_access
    def data(self, pk: int) -> Response:
        """All that is kept about a person: the file that they get themselves."""
        return personal_data.answer(self.record(pk).id, f"personal-data-{pk}")

    def delete_context(self, record: PortalUser) -> dict[str, Any]:
        return {"running": erasures.running_charges(database(), record)}

    def remove(self, record: PortalUser) -> None:
        users.delete(database(), record, viewer().user_id)

    def show_context(self, record: PortalUser) -> dict[str, Any]:
        sees_all = sees_all_of_users(viewer())
        tags = select(IdToken).where(IdToken.user_id == record.id).order_by(IdToken.id)
        return {
            "facts": self.facts(record),
            "sees_all": sees_all,
            "has_tags": sees_all and record.role is RoleName.EV_USER,
            "tags": database().scalars(tags).all() if sees_all else [],
            "resets_second_factor": record.totp_secret is not None
            and self.appbuilder.sm.has_access("can_reset", "SecondFactorView"),
            "sessions_url": url_for("ChargingSessionView.list", email=f'="{record.email}"'),
        }

    def facts(self, record: PortalUser) -> list[Fact]:
        known_to_all = [
            Fact(gettext("First name"), record.first_name),
            Fact(gettext("Last name"), record.last_name),
            Fact(gettext("E-mail"), record.email, copies=True),
        ]
        if not sees_all_of_users(viewer()):
            return known_to_all
        fields = FIELDS_OF_ROLE[record.role] if record.role else frozenset()
        last_here_at = database().scalar(select(LAST_HERE).where(PortalUser.id == record.id))
        return [
            *known_to_all,
            Fact(gettext("Role"), role_word(record.role) if record.role else ""),
            *([Fact(gettext("Sites"), ", ".join(site.name for site in record.sites))] if "sites" in fields else []),
            *(_alarm_email(record) if "alarm_email" in fields else []),
            Fact(gettext("Active"), _yes_or_no(bool(record.active))),
            Fact(gettext("Second factor"), _yes_or_no(record.totp_secret is not None)),
            Fact(gettext("Last here"), at(last_here_at) or gettext("never")),
        ]

    def _write(self, form: UserForm) -> Page:
        db = database()
        try:
            if form.record:
                user, said = form.record, gettext("%(name)s was saved.")
                if is_own := user.id == viewer().user_id:
                    own_account.refuse_elsewhere(user, form.details())
                users.change(db, user, form.details())
                if is_own:
                    stay_signed_in(user)
            else:
                user, said = users.add(db, form.details()), gettext("%(name)s was created.")
            db.commit()
        except UserError as error:
            db.rollback()
            return self._page(form, form.refuse(error), 422)
        except users.NoSuchUserError:
            abort(404)
        flash(said % {"name": str(user)}, "success")
        return redirect(self.show_url(user))

    def _page(self, form: UserForm, refusals: list[str] | None = None, status: int = 200) -> Page:
        user = form.record
        page = self.render_template(
            "user_form.html",
            form=form,
            user=user,
            title=gettext("Edit %(name)s", name=str(user)) if user else ADD_TITLES[form.role],
            save=gettext("Save") if user else ADD_TITLES[form.role],
            refusals=refusals or [],
            roles=[(role_word(role), self._url_as(role), role is form.role) for role in ABOUT_ROLES],
            cancel_url=self.show_url(user) if user else node_url(".list"),
        )
        return page, max(status, status_of(form))

    def _ask_role(self, title: str) -> str:
        roles = [(role_word(role), about, self._url_as(role)) for role, about in ABOUT_ROLES.items()]
        return self.render_template("user_role.html", title=title, roles=roles, cancel_url=node_url(".list"))

    def _url_as(self, role: RoleName) -> str:
        """The form that one is on, for another role."""
        return node_url(request.endpoint, **(request.view_args or {}), role=role.value)

    def _set_active(self, user: PortalUser, active: bool, said: str) -> Response:
        try:
            users.change(database(), user, UserDetails(active=active))
            database().commit()
            flash(said % {"name": str(user)}, "success")
        except UserError as error:
            database().rollback()
            flash(in_words(error, str(user)), "error")
        except users.NoSuchUserError:
            abort(404)
        return redirect(self.show_url(user))


def _asked_role() -> RoleName | None:
    asked = request.args.get("role")
    return next((role for role in RoleName if role == asked), None)


def _alarm_email(record: PortalUser) -> list[Fact]:
    return [
        Fact(gettext("E-mail on alarm"), _yes_or_no(record.alarm_email)),
        Fact(gettext("Last e-mail about alarms"), alarm_mail_words.latest(record)),
    ]


def _yes_or_no(value: bool) -> str:
    return gettext("yes") if value else gettext("no")
