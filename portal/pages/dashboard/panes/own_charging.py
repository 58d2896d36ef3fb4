"""What a driver charges now, with power and energy."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from domain import charging_now
from domain.models import ChargingSession
from domain.scope import Viewer, visible
from portal.pages.dashboard.pane import DRIVERS, Figures, Pane
from portal.views.charging_session_chart import Chart

MOST_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class OwnCharging(Figures):
    running: Sequence[charging_now.ChargingNow]

    chart = staticmethod(Chart.of)


def read(db: Session, viewer: Viewer) -> OwnCharging:
    return OwnCharging(running=charging_now.read(db, visible(ChargingSession, viewer), most=MOST_SHOWN))


PANE = Pane(
    "own_charging",
    lazy_gettext("Charging now"),
    DRIVERS,
    read,
    lazy_gettext("My charging"),
    "ChargingView.index",
)
