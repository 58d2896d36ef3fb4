"""A table as its user's browser would ask for it, where there is no browser: in jobs.

Whatever holds for a request holds here: who it is, what the role may, whose rows these are, the language and the zone.
All is read anew, so that who lost a role between asking and making gets nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Flask, g, request
from sqlalchemy.orm.attributes import set_committed_value

from domain.export_files import Wanted
from domain.models import ExportFault, PortalUser
from portal.database import database
from portal.node import find

if TYPE_CHECKING:
    from portal.table.query import TableQuery
    from portal.table.view import TableView


class RefusedExportError(Exception):
    """There is no such table for this user."""

    def __init__(self, fault: ExportFault) -> None:
        super().__init__(fault)
        self.fault = fault


@lru_cache
def _portal() -> Flask:
    from portal.app import create_portal  # It has all views, and they have this.

    return create_portal()


@contextmanager
def asked(user_id: int, wanted: Wanted) -> Iterator[tuple["TableView", "TableQuery"]]:
    """The table and the query, within a request of this user.

    Raises:
        RefusedExportError: the user may not have it, or the table does not understand it any more.
    """
    app = _portal()
    table = table_named(app, wanted.table_name)
    if table is None:
        raise RefusedExportError(ExportFault.NOT_UNDERSTOOD)
    with app.test_request_context(f"{table.route_base}/", query_string=wanted.query):
        _come_in(user_id, wanted)
        if not table.allows("export"):
            raise RefusedExportError(ExportFault.NOT_ALLOWED)
        if "node" in request.args and find(request.args["node"]) is None:
            raise RefusedExportError(ExportFault.NODE_GONE)
        query = table.query()
        if query.errors or query.notes or wanted.file_type not in table.file_types:
            raise RefusedExportError(ExportFault.NOT_UNDERSTOOD)
        yield table, query


def table_named(app: Flask, name: str) -> "TableView | None":
    from portal.table.view import TableView

    views = (view for view in app.appbuilder.baseviews if isinstance(view, TableView))  # type: ignore[attr-defined]
    return next((view for view in views if view.endpoint == name), None)


def _come_in(user_id: int, wanted: Wanted) -> None:
    user = database().get(PortalUser, user_id)
    if user is None or not user.active or user.role is None:
        raise RefusedExportError(ExportFault.NOT_ALLOWED)
    # As they were when it was asked for; nothing of this is written.
    set_committed_value(user, "language", wanted.language)
    set_committed_value(user, "time_zone", wanted.time_zone)
    g.user = g._login_user = user
