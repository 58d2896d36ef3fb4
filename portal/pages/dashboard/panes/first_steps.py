"""The way to the first charge, with what is done already."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from domain.models import ChargingSession, IdToken, Site, Station
from domain.scope import Viewer, visible
from portal.pages.dashboard.pane import BUILDERS, Figures, Pane


@dataclass(frozen=True, kw_only=True)
class FirstSteps(Figures):
    has_site: bool
    has_station: bool
    has_id_token: bool
    has_charged: bool


def read(db: Session, viewer: Viewer) -> FirstSteps:
    def there_is(model: type[Any]) -> ColumnElement[bool]:
        return select(model.id).where(visible(model, viewer)).exists()

    steps = select(*(there_is(model) for model in (Site, Station, IdToken, ChargingSession)))
    has_site, has_station, has_id_token, has_charged = db.execute(steps).one()
    return FirstSteps(has_site=has_site, has_station=has_station, has_id_token=has_id_token, has_charged=has_charged)


PANE = Pane(
    "first_steps",
    lazy_gettext("The first charge"),
    BUILDERS,
    read,
    lazy_gettext("Configuration"),
    "ConfigurationView.index",
)
