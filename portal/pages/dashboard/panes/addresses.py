"""What is entered in a station so that it calls here."""

from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from config import get_settings
from domain.scope import Viewer
from portal.pages.dashboard.pane import OPERATORS, Figures, Pane


@dataclass(frozen=True, kw_only=True)
class Addresses(Figures):
    ocpp16: str


def read(_db: Session, _viewer: Viewer) -> Addresses:
    return Addresses(ocpp16=get_settings().ocpp16_url)


PANE = Pane(
    "addresses",
    lazy_gettext("Point a station at the portal"),
    OPERATORS,
    read,
    lazy_gettext("All stations"),
    "StationView.list",
)
