"""Saved views: what a user's own menu of a table offers, kept and taken away.

A view is kept as the table itself understood the request, so that nothing stands in it that the table does not know.
"""

from flask import abort, flash, redirect, request
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain import saved_views
from domain.models.columns import LARGEST_KEY
from domain.models.saved_view import LONGEST_NAME
from domain.saved_views import MOST, TooManyViewsError
from portal.database import database
from portal.table import TableView
from portal.viewer import viewer


class SavedViewView(BaseView):
    route_base = "/saved_views"
    default_view = "save"

    @expose("/save", methods=["POST"])
    @has_access
    def save(self) -> Response:
        """The table that the address asks for, as it asks for it, under the name sent."""
        table = self._table()
        name = " ".join(request.form.get("name", "").split())
        query = table.saved_query()
        try:
            saved_views.save(database(), viewer().user_id, table.endpoint, name, query)
        except TooManyViewsError:
            flash(_("At most %(most)s views of one table. Remove one first.", most=MOST), "error")
        except ValueError:
            flash(_("A view needs a name of at most %(most)s characters.", most=LONGEST_NAME), "error")
        else:
            database().commit()
            flash(_("The view “%(name)s” is saved.", name=name), "success")
        return redirect(table.link_with(query))

    @expose("/remove/<int:pk>", methods=["POST"])
    @has_access
    def remove(self, pk: int) -> Response:
        table = self._table()
        if pk > LARGEST_KEY or not saved_views.remove(database(), viewer().user_id, pk):
            abort(404)
        database().commit()
        flash(_("The view was removed. What it showed stays."), "success")
        return redirect(table.link_with(table.saved_query()))

    def _table(self) -> TableView:
        """The one that the address names (`?table=ChargingSessionView`), if the user may see it."""
        endpoint = request.args.get("table")
        tables = (view for view in self.appbuilder.baseviews if isinstance(view, TableView) and view.allows("list"))
        return next((table for table in tables if table.endpoint == endpoint), None) or abort(404)
