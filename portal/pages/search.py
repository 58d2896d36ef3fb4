"""Finding a site or a station anywhere, by name or charge box id."""

from dataclasses import dataclass

from flask import redirect, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from domain.models import Site, Station
from portal.node import database, key_of

MOST_FOUND = 50
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Hit:
    """A node that was found, and where it stands."""

    key: str
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
            return redirect(url_for("ConfigurationView.index", node=hits[0].key))
        return self.render_template("search.html", words=words, hits=hits[:MOST_FOUND], more=len(hits) > MOST_FOUND)


def find(db: Session, words: str) -> list[Hit]:
    """Sites and stations with these words in their name or charge box id, one more than are shown at the most."""
    sites = db.scalars(
        select(Site).where(Site.name.icontains(words, autoescape=True)).order_by(Site.name).limit(MOST_FOUND + 1)
    )
    stations = db.scalars(
        select(Station)
        .where(Station.name.icontains(words, autoescape=True) | Station.charge_box_id.icontains(words, autoescape=True))
        .options(joinedload(Station.site), joinedload(Station.floor))
        .order_by(Station.name)
        .limit(MOST_FOUND + 1)
    )
    found = [Hit(key_of(site), site.name, gettext("Site"), site.city) for site in sites]
    found += [Hit(key_of(station), station.name, gettext("Station"), _where(station)) for station in stations]
    return found[: MOST_FOUND + 1]


def _where(station: Station) -> str:
    place = [station.site.name, *([station.floor.name] if station.floor else [])]
    name = [station.charge_box_id] if station.charge_box_id != station.name else []
    return " / ".join(place + name)
