"""The one table widget: a Flask-AppBuilder view whose list is ours.

A view declares its columns and gets filters, order, paging, column choice, menus, exports and the count:

    class SiteView(TableView):
        datamodel = SQLAInterface(Site)
        route_base = "/sites"
        list_title = _l("Sites")
        columns = (
            Text("name", _l("Name"), Site.name),
            Text("city", _l("City"), Site.city),
            Number("id", _l("Id"), Site.id, default=False),
        )
        default_sort = "name"
        nothing_yet = _l("There is no site yet. Add the first one.")

The rest of Flask-AppBuilder's view (add, edit, show, delete, permissions) stays as it is. The rows are those that the
user may see (domain/scope.py). Hooks, all optional: `base` joins other tables, `offered` hides columns, `within` keeps
to the rows of the selected node, `row_actions` makes a row's menu, `complete` adds to the rows of a page what no column
has, `counted` names what is counted.
"""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, abort, flash, redirect, request, url_for
from flask_appbuilder import ModelView, expose, has_access
from flask_appbuilder.hooks import before_request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from domain import export_files
from domain.clock import now
from domain.export_files import MOST_UNDER_WAY, TooManyExportsError, Wanted
from domain.nodes import Node
from portal import audit, exports, formats
from portal.database import database
from portal.exports.queueing import queue
from portal.language import DEFAULT, current_language
from portal.node import ROOT_KEY, selected, selected_key
from portal.table.actions import Action, ForMarked
from portal.table.column import Column, Expression, Row
from portal.table.columns import Number
from portal.table.page import Page, load
from portal.table.paging import Order
from portal.table.query import RESERVED, TableQuery, parse_query
from portal.viewer import scoped, viewer

FOREIGN_PARAMETERS = ("_flt_", "_oc_", "_od_", "page_", "psize_")


class TableView(ModelView):
    """A model's pages, with the one table as its list."""

    columns: tuple[Column, ...] = ()
    """All columns that can be shown, in their usual order."""
    extras: dict[str, Expression] = {}
    """What else each row carries, for `render`, `row_actions` and `complete`."""
    default_sort = "-id"
    """A column's name, with a minus in front for descending."""
    page_size = 25
    nothing_yet: Any = _l("There is nothing here yet.")
    """What an empty table says that no filter empties: ideally what to do."""
    filter_column: str | None = None
    """Whose value a row's menu offers to filter by when no cell was pointed at; else the first text column."""
    list_template = "table.html"
    buttons_template: str | None = None
    """What stands beside the heading before the usual buttons."""
    file_types: tuple[str, ...] = ("xlsx", "csv", "csv.gz", "parquet")
    """As what it can be exported."""
    for_marked: ForMarked | None = None
    """What can be done with many rows at once; those who may not do it have nothing to mark."""

    def __init__(self, **kwargs: Any) -> None:
        names = [column.name for column in self.columns] + list(self.extras)
        if len(set(names)) != len(names) or RESERVED.intersection(names):
            raise ValueError(f"{type(self).__name__}: the names of columns must differ, and from {sorted(RESERVED)}")
        # The filters are ours; Flask-AppBuilder would make some of every column and warn of the types it does not know.
        self.search_exclude_columns = self.datamodel.get_search_columns_list()
        super().__init__(**kwargs)

    @property
    def key(self) -> Expression:
        """What tells rows apart, a number: it breaks ties in every order, and names the row in URLs."""
        return self.datamodel.obj.id

    def base(self) -> Select[Any]:
        """The rows before any filter, with the joins that the columns need: `select(self.key).join(Station.site)`."""
        return select(self.key)

    def scoped(self, statement: Select[Any]) -> Select[Any]:
        """Only the rows that this user may see. Page, count, export and whatever else reads rows pass through here."""
        return scoped(statement, self.datamodel.obj)

    def offered(self) -> tuple[Column, ...]:
        """The columns that this user may see: shown, filtered, sorted, exported."""
        return self.columns

    def within(self, statement: Select[Any], node: Node) -> Select[Any]:
        """Only the rows that belong to the selected node."""
        return statement

    def row_actions(self, row: Row) -> list[Action]:
        """The row's menu: by default to show, edit and delete it, as far as the user may."""
        candidates = (
            ("show", Action(_("Show"), self.link_to("show", row))),
            ("edit", Action(_("Edit"), self.link_to("edit", row))),
            ("delete", Action(_("Delete"), self.link_to("delete", row), danger=True)),
        )
        return [action for method, action in candidates if self.allows(method)]

    def adds(self) -> list[Action]:
        """What the user may add: one thing, or one of several kinds."""
        node = None if selected_key() == ROOT_KEY else selected_key()
        return [Action(_("Add"), url_for(".add", node=node))] if self.allows("add") else []

    def complete(self, db: Session, rows: list[Row]) -> None:
        """Add to the rows of one page, in one query for all of them, what is not in a column."""

    def counted(self, number: int, text: str) -> str:
        """So many of what the rows are; `text` is the number as it is to be written."""
        return ngettext("%(text)s row", "%(text)s rows", number, text=text)

    # What follows is not meant to be replaced.

    @expose("/")
    @has_access
    def list(self) -> str:
        query = self.query()
        return self.render_template(self.list_template, title=self.list_title, table=self.page(query))

    @expose("/export/<string:file_type>", methods=["GET", "POST"])
    @has_access
    def export(self, file_type: str) -> BaseResponse:
        """The rows that the same URL lists, all of them, in that order, with those columns.

        To GET a large file that cannot be streamed explains; to POST asks for it, and a job makes it.
        """
        if file_type == "csv" and request.args.get("gzip") == "yes":
            file_type = "csv.gz"
        if file_type not in self.file_types:
            abort(404)
        query = self.query()
        if query.errors or query.notes:
            # Rather no file than one that holds something else than was asked for.
            return Response(self.render_template("table_refused.html", title=self.list_title, query=query), 400)
        if request.method == "GET" and not exports.KINDS[file_type].is_streamed and self.is_large(query):
            most = exports.AT_ONCE_ROWS
            return Response(self.render_template("table_large.html", title=self.list_title, query=query, most=most))
        audit.exported(self.datamodel.obj, query.node, file_type, [c.name for c in query.columns], query.filters)
        if request.method == "POST":
            return self._ask_for(file_type, query)
        return exports.answer(self.content(query), file_type)

    def _ask_for(self, file_type: str, query: TableQuery) -> BaseResponse:
        try:
            file = export_files.ask(database(), viewer().user_id, self.wanted(file_type, query), now())
        except TooManyExportsError:
            flash(_("At most %(most)s files at once. Wait for one, or cancel it.", most=MOST_UNDER_WAY), "error")
        else:
            database().commit()
            queue(file.id)
        return redirect(url_for("ExportsView.index"), 303)

    def wanted(self, file_type: str, query: TableQuery) -> Wanted:
        """What this user asks for, to be made elsewhere and later (portal/exports/asking.py)."""
        params = query.params(rows=None, columns=",".join(column.name for column in query.columns))
        language = current_language() or DEFAULT
        zone = formats.user_time_zone().key
        return Wanted(str(self.list_title), file_type, self.endpoint, urlencode(params), language, zone)

    def is_large(self, query: TableQuery) -> bool:
        """Whether a file of it takes longer than anybody waits for."""
        return self.count_rows(query, exports.AT_ONCE_ROWS + 1) > exports.AT_ONCE_ROWS

    def count_rows(self, query: TableQuery, most: int | None = None) -> int:
        """Exactly; those above `most` are not looked at."""
        rows = self.select(query, (), one=literal(1)).limit(most).subquery()
        return self.datamodel.session.scalar(select(func.count()).select_from(rows))

    def content(self, query: TableQuery) -> "exports.Content":
        """All rows that a query asks for, as they go into a file."""
        order = Order(query.sort.column.expression, self.key, query.sort.descending)
        rows = order.apply(self.narrowed().where(*query.conditions))
        zone = formats.user_time_zone()
        return exports.Content(str(self.list_title), rows, query.columns, zone, now(), _describe(query))

    def query(self) -> TableQuery:
        """What the request asks for."""
        query = parse_query(
            request.args,
            self.offered(),
            default_sort=self.default_sort,
            default_page_size=self.page_size,
            zone=formats.user_time_zone(),
            remembered_columns=request.cookies.get(self.columns_cookie, ""),
        )
        query.node = None if selected_key() == ROOT_KEY else selected_key()
        return query

    def select(self, query: TableQuery, columns: tuple[Column, ...], **more: Expression) -> Select[Any]:
        """The rows that a query asks for, unordered: the one way to the rows of this table."""
        statement = self.narrowed().where(*query.conditions)
        fields = [column.expression.label(column.name) for column in columns]
        fields += [expression.label(name) for name, expression in more.items()]
        return statement.with_only_columns(*fields, maintain_column_froms=True)

    def narrowed(self) -> Select[Any]:
        """All rows that the user may see at the selected node."""
        return self.within(self.scoped(self.base()), selected())

    def page(self, query: TableQuery) -> Page:
        """The page that a query asks for."""
        return load(self, self.datamodel.session, query)

    def totals(self) -> tuple[Number, ...]:
        """The columns whose sum the footer tells."""
        return tuple(column for column in self.offered() if isinstance(column, Number) and column.total)

    @property
    def columns_cookie(self) -> str:
        """Where a browser keeps its user's choice of columns."""
        return f"columns-{self.endpoint}"

    def allows(self, method: str) -> bool:
        """Whether the user may call a method of this view, and the view has it."""
        has_route = f"can_{method}" in self.base_permissions
        return has_route and self.appbuilder.sm.has_access(f"can_{method}", self.class_permission_name)

    def marks(self) -> ForMarked | None:
        """As `for_marked`, if the user may do it."""
        view, _dot, method = self.for_marked.endpoint.partition(".") if self.for_marked else ("", "", "")
        return self.for_marked if view and self.appbuilder.sm.has_access(f"can_{method}", view) else None

    def link_to(self, method: str, row: Row) -> str:
        return url_for(f".{method}", pk=row["key"], node=None if selected_key() == ROOT_KEY else selected_key())

    def list_url(self) -> str:
        return url_for(".list", node=None if selected_key() == ROOT_KEY else selected_key())

    def saved_query(self) -> str:
        """What the request asks for besides the node, as it is kept under a name (portal/pages/saved_views.py)."""
        return urlencode(self.query().params(node=None))

    def link_with(self, query: str) -> str:
        """The table at the selected node, as a query string asks for it."""
        node = None if selected_key() == ROOT_KEY else selected_key()
        return url_for(f"{self.endpoint}.list", **{"node": node, **dict(parse_qsl(query))})

    @before_request
    def refuse_foreign_parameters(self) -> None:
        """Flask-AppBuilder's own list parameters are not ours, and nonsense in them is an error 500 there."""
        if any(name.startswith(FOREIGN_PARAMETERS) for name in request.args):
            abort(400)


def _describe(query: TableQuery) -> str:
    """The filters in words, for the properties of a file."""
    by_name = {column.name: column for column in query.columns}
    return "; ".join(f"{by_name[name].heading}: {text}" for name, text in query.filters.items())
