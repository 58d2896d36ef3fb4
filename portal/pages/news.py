"""The news, for everybody. A piece counts as read when its reader opens it, and the page then says so by POST:

to load a page changes nothing, since browsers load pages that nobody reads.
"""

from flask import abort, redirect, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from werkzeug.wrappers import Response

from domain import news
from portal.api.fields import LARGEST_KEY
from portal.database import database
from portal.errors import wants_json
from portal.markdown import to_html
from portal.viewer import viewer

PAGE_SIZE = 10


class NewsView(BaseView):
    route_base = "/news"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> str:
        number = _page_number()
        found = news.page(database(), viewer(), limit=PAGE_SIZE + 1, offset=(number - 1) * PAGE_SIZE)
        return self.render_template(
            "news.html",
            items=found[:PAGE_SIZE],
            to_html=to_html,
            newer=number - 1,
            older=number + 1 if len(found) > PAGE_SIZE else None,
        )

    @expose("/<int:pk>/read", methods=["POST"])
    @has_access
    def read(self, pk: int) -> Response | dict[str, int]:
        """Note that it was read; a script is told how many are unread still."""
        if pk > LARGEST_KEY or not news.mark_read(database(), viewer(), pk):
            abort(404)
        database().commit()
        if wants_json():
            return {"unread": news.unread_count(database(), viewer())}
        return redirect(url_for("NewsView.index", page=_page_number(), _anchor=f"news-{pk}"))


def _page_number() -> int:
    """Of the address; 1 if that says none."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        abort(404)
    return max(int(text), 1)


def unread_count() -> int:
    """For the button in the top bar."""
    return news.unread_count(database(), viewer())
