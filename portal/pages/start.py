"""The first page: what there is, the address that stations need, and what to do next."""

from dataclasses import dataclass
from datetime import timedelta

from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from config import get_settings
from domain.clock import now
from domain.models import ChargingSession, IdToken, Outlet, Site, Station, UnknownStation
from domain.statuses import SHOWN, Shown
from portal.node import database

MOST_UNKNOWN_SHOWN = 5
RECENT = timedelta(days=7)
IN_USE = tuple(status for status, shown in SHOWN.items() if shown is Shown.CHARGING)


@dataclass(frozen=True)
class Counts:
    """How many there are, in the whole system."""

    sites: int
    stations: int
    online: int
    in_use: int
    recent_sessions: int
    id_tokens: int
    unknown_stations: int


class StartView(BaseView):
    route_base = ""
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> str:
        db = database()
        unknown = select(UnknownStation).order_by(UnknownStation.last_seen_at.desc()).limit(MOST_UNKNOWN_SHOWN)
        return self.render_template(
            "start.html", counts=count(db), unknown=db.scalars(unknown).all(), ocpp16_url=get_settings().ocpp16_url
        )


def count(db: Session) -> Counts:
    """In one query; of the sessions only the recent ones, since to count them all would read them all."""

    def number(model: type, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
        return select(func.count()).select_from(model).where(*conditions).scalar_subquery()

    row = db.execute(
        select(
            number(Site),
            number(Station),
            number(Station, Station.online),
            number(Outlet, Outlet.status.in_(IN_USE), Outlet.station.has(Station.online)),
            number(ChargingSession, ChargingSession.started_at > now() - RECENT),
            number(IdToken),
            number(UnknownStation),
        )
    ).one()
    return Counts(*row)
