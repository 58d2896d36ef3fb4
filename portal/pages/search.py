"""Finding a site, a station or a user anywhere: by name, charge box id or e-mail."""

from dataclasses import dataclass

from flask import redirect, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from domain.models import PortalUser, Site, Station
from domain.nodes import Node
from portal.database import database
from portal.node import key_of
from portal.viewer import scoped

MOST_FOUND = 50
LONGEST_SEARCH = 100
FULL_NAME = PortalUser.first_name + " " + PortalUser.last_name


@dataclass(frozen=True)
class Hit:
    """What was found, and where it stands."""

    url: str
    label: str
    kind: str
    where: str


class SearchView(BaseView):
    """A single hit opens at once."""

    route_base = "/search"

    @expose("/")
    @has_access
    def index(self) -> str | Response:
        words = request.args.get("q", "").strip()[:LONGEST_SEARCH].replace("\0", "")
        hits = find(database(), words) if words else []
        if len(hits) == 1:
            return redirect(hits[0].url)
        return self.render_template("search.html", words=words, hits=hits[:MOST_FOUND], more=len(hits) > MOST_FOUND)


def find(db: Session, words: str) -> list[Hit]:
    """What this user may see with these words in it; one more than are shown at the most."""
    sites = db.scalars(
        scoped(select(Site), Site)
        .where(Site.name.icontains(words, autoescape=True))
        .order_by(Site.name)
        .limit(MOST_FOUND + 1)
    )
    stations = db.scalars(
        scoped(select(Station), Station)
        .where(Station.name.icontains(words, autoescape=True) | Station.charge_box_id.icontains(words, autoescape=True))
        .options(joinedload(Station.site), joinedload(Station.floor))
        .order_by(Station.name)
        .limit(MOST_FOUND + 1)
    )
    # Who may see no user finds none: scope says so.
    users = db.scalars(
        scoped(select(PortalUser), PortalUser)
        .where(FULL_NAME.icontains(words, autoescape=True) | PortalUser.email.icontains(words, autoescape=True))
        .order_by(PortalUser.last_name, PortalUser.first_name, PortalUser.id)
        .limit(MOST_FOUND + 1)
    )
    found = [Hit(_node_url(site), site.name, gettext("Site"), site.city) for site in sites]
    found += [Hit(_node_url(station), station.name, gettext("Station"), _where(station)) for station in stations]
    found += [Hit(url_for("UserView.show", pk=user.id), str(user), gettext("User"), user.email) for user in users]
    return found[: MOST_FOUND + 1]


def _node_url(node: Node) -> str:
    return url_for("ConfigurationView.index", node=key_of(node))


def _where(station: Station) -> str:
    place = [station.site.name, *([station.floor.name] if station.floor else [])]
    name = [station.charge_box_id] if station.charge_box_id != station.name else []
    return " / ".join(place + name)
