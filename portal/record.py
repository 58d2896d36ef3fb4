"""The pages of one record: show, add, edit, delete.

Flask-AppBuilder's own handlers lose what was typed when saving fails, show a database's error text to the user, share
one filter object among all requests and act on GET; so the routes, names and permissions are its, the handlers ours.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel.speaklater import LazyString
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from domain.audit_rules import kind_of_table
from domain.errors import DomainError
from domain.models.columns import LARGEST_KEY
from domain.roles import RoleName
from portal import edits
from portal.database import database
from portal.forms import RecordForm
from portal.messages import in_words
from portal.node import node_url
from portal.table.view import TableView
from portal.viewer import viewer

Page = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Fact:
    """One line on a record's page; `copies` puts a button beside it, and `code_url` another."""

    label: str
    value: object
    copies: bool = False
    code_url: str | None = None
    """Where the value is shown as a QR code."""


def status_of(form: RecordForm) -> int:
    """Of the page with this form."""
    return 422 if form.errors else 409 if form.clashes or form.questions else 200


class RecordView(TableView):
    """What a kind of record adds: its form, its words and its facts."""

    form: ClassVar[type[RecordForm]]
    show_template = "record.html"
    add_template = edit_template = "form.html"
    delete_template = "table_delete.html"
    add_title: LazyString
    edit_title: LazyString
    # The table filters by its own columns; Flask-AppBuilder need not prepare filters for each of the model's.
    search_columns = ["id"]
    # They would act on any row, whatever the view's own filters say.
    exclude_route_methods = {"download", "action", "action_post"}

    def __init__(self, **kwargs: Any) -> None:
        self.add_form = self.edit_form = self.form
        super().__init__(**kwargs)

    @expose("/show/<int:pk>", methods=["GET"])
    @has_access
    def show(self, pk: int) -> Page:
        record = self.record(pk)
        self.selects(record)
        return self.render_template(self.show_template, view=self, record=record, **self.show_context(record))

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Page:
        form = self.form(data=self.defaults())
        if not form.validate_on_submit():
            return self._form_page(form, self.add_title, url_for(f"{self.endpoint}.list"))
        return self._save(form, self.datamodel.obj(), is_new=True)

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: int) -> Page:
        record = self.to_edit(pk)
        self.selects(record)
        form = self.settled(self.edit_form_of(record))
        if not form.validate_on_submit() or form.clashes or form.questions:
            return self._form_page(form, self.edit_title, self.show_url(record), record)
        return self._save(form, record, is_new=False)

    @expose("/delete/<int:pk>", methods=["GET", "POST"])
    @has_access
    def delete(self, pk: int) -> Page:
        """Ask on GET, delete on POST."""
        record = self.record(pk)
        if request.method == "GET":
            context = self.delete_context(record)
            return self.render_template(
                self.delete_template, title=self.list_title, item=record, back=self.show_url(record), **context
            )
        name, after = str(record), self.url_after_delete(record)
        try:
            self.remove(record)
            database().commit()
        except DomainError as error:
            database().rollback()
            flash(in_words(error, name), "error")
            return redirect(self.show_url(record))
        flash(gettext("%(name)s was deleted.", name=name), "success")
        return redirect(after)

    def record(self, pk: int) -> Any:
        """The record, if there is one that this user may see."""
        return self._find(pk) or abort(404)

    def to_edit(self, pk: int) -> Any:
        """The same; once a form is sent, as it is now and locked until the commit."""
        return self._find(pk, for_update=request.method == "POST") or self._gone(pk)

    def settled(self, form: RecordForm) -> RecordForm:
        """The form of a record that is there, after a look at what others did meanwhile."""
        edits.settle(form, self.kind)
        return form

    @property
    def kind(self) -> str:
        """What its rows are called in the audit log."""
        return kind_of_table(self.datamodel.obj.__tablename__) or ""

    # What a kind of record may do its own way.

    def selects(self, record: Any) -> None:
        """Make a node the selected one while its own page is open."""

    def show_context(self, record: Any) -> dict[str, Any]:
        return {"facts": self.facts(record)}

    def delete_context(self, record: Any) -> dict[str, Any]:
        """What else the page that asks before a deletion tells."""
        return {}

    def facts(self, record: Any) -> list[Fact]:
        return []

    def edit_form_of(self, record: Any) -> RecordForm:
        return self.form(obj=record, record=record)

    def defaults(self) -> dict[str, Any]:
        """What a new record's form begins with."""
        return {}

    def keep(self, record: Any) -> None:
        """Add a new record."""
        database().add(record)

    def remove(self, record: Any) -> None:
        """Delete a record.

        Raises:
            DomainError: a rule forbids it.
        """
        database().delete(record)

    def show_url(self, record: Any) -> str:
        return node_url(f"{self.endpoint}.show", pk=record.id)

    def url_after_delete(self, record: Any) -> str:
        return node_url(f"{self.endpoint}.list")

    # The common way.

    def _find(self, pk: int, for_update: bool = False) -> Any:
        if pk > LARGEST_KEY:
            return None
        model = self.datamodel.obj
        rows = self.scoped(self.base()).where(self.key == pk).with_only_columns(model, maintain_column_froms=True)
        if for_update:
            rows = rows.with_for_update(of=model).execution_options(populate_existing=True)
        return database().scalar(rows)

    def _gone(self, pk: int) -> NoReturn:
        """Whoever sent a form for what is not there any more gets back what was typed."""
        if request.method != "POST":
            abort(404)
        page = self.render_template(
            "record_gone.html",
            title=self.edit_title,
            typed=edits.typed_in(self.form),
            deed=edits.deletion(self.kind, pk) if viewer().role is RoleName.ADMINISTRATOR else None,
            list_url=node_url(f"{self.endpoint}.list") if "list" not in self.exclude_route_methods else None,
        )
        abort(Response(page, 404))

    def _save(self, form: RecordForm, record: Any, is_new: bool) -> Page:
        form.populate_obj(record)
        try:
            if is_new:
                self.keep(record)
            database().commit()
        except IntegrityError:
            # Somebody else took the name between our check and our writing.
            database().rollback()
            flash(gettext("Somebody else saved the same at this moment. Check the entries, then save again."), "error")
            return self._form_page(
                form, self.add_title if is_new else self.edit_title, node_url(f"{self.endpoint}.list")
            )
        text = gettext("%(name)s was created.") if is_new else gettext("%(name)s was saved.")
        flash(text % {"name": str(record)}, "success")
        return redirect(self.show_url(record))

    def _form_page(self, form: RecordForm, title: LazyString, cancel_url: str, record: Any = None) -> Page:
        template = self.edit_template if record else self.add_template
        page = self.render_template(template, view=self, form=form, title=title, record=record, cancel_url=cancel_url)
        return page, status_of(form)
