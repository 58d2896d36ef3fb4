"""What is a driver's own besides the charge that runs: sessions with the sums of months, tags, and all as a file."""

from flask import Response, request
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from sqlalchemy import select, tuple_

from domain import authorization, clock
from domain.models import ChargingSession, IdToken
from domain.models.columns import LARGEST_BIG_KEY
from domain.scope import visible
from portal import personal_data
from portal.database import database
from portal.pages.dashboard.panes import own_energy
from portal.viewer import viewer
from portal.views import charging_session_words

MOST_SESSIONS = 20
MOST_TAGS = 200
OWN_FILES = ("xlsx", "csv", "jsonl")


class OwnSessionsView(BaseView):
    """One's own, whatever the role; Statistics has the same with all columns."""

    route_base = "/charging/sessions"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> str:
        sessions = _sessions(request.args.get("before", type=int))
        months = own_energy.read(database(), viewer()).months if request.args.get("before") is None else []
        return self.render_template(
            "charging_sessions.html",
            months=list(reversed(months)),
            sessions=sessions[:MOST_SESSIONS],
            more=len(sessions) > MOST_SESSIONS,
            authorizations=charging_session_words.AUTHORIZATIONS,
            file_types=OWN_FILES,
        )


def _sessions(before: int | None) -> list[ChargingSession]:
    """The latest first, one more than a page has; `before` is the last one already shown."""
    order = (ChargingSession.started_at, ChargingSession.id)
    own = (visible(ChargingSession, viewer()), ChargingSession.user_id == viewer().user_id)
    statement = select(ChargingSession).where(*own).order_by(*(column.desc() for column in order))
    if before is not None and 0 < before <= LARGEST_BIG_KEY:
        last = select(*order).where(*own, ChargingSession.id == before)
        if (row := database().execute(last).first()) is not None:
            statement = statement.where(tuple_(*order) < tuple_(*row))
    return list(database().scalars(statement.limit(MOST_SESSIONS + 1)))


class OwnTagsView(BaseView):
    """One's own tags, and whether they open an outlet now."""

    route_base = "/charging/tags"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> str:
        own = select(IdToken).where(IdToken.user_id == viewer().user_id).order_by(IdToken.token).limit(MOST_TAGS)
        now = clock.now()
        tags = [(tag, authorization.state_of(tag, now)) for tag in database().scalars(own)]
        return self.render_template("charging_tags.html", tags=tags)


class MoreView(BaseView):
    """What a phone's bottom line has no room for."""

    route_base = "/charging/more"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> str:
        return self.render_template("charging_more.html")

    @expose("/data")
    @has_access
    def data(self) -> Response:
        """All that is kept about whoever asks, as one JSON object that is streamed."""
        return personal_data.answer(viewer().user_id, "my-data")
