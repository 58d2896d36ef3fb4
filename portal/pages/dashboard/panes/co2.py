"""The carbon dioxide that charging of the last 30 days avoided, and what that number means."""

from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.co2 import PETROL_G_PER_KM, avoided_g, petrol_km
from domain.models import System
from domain.scope import Viewer
from portal.pages.dashboard.pane import OPERATORS, Figures, Pane
from portal.pages.dashboard.panes import energy

G_PER_KG = 1000


@dataclass(frozen=True, kw_only=True)
class Co2(Figures):
    energy_wh: int
    g_per_kwh: int
    petrol_g_per_km: int = PETROL_G_PER_KM

    @property
    def avoided_kg(self) -> float:
        return avoided_g(self.energy_wh, self.g_per_kwh) / G_PER_KG

    @property
    def petrol_km(self) -> float:
        return petrol_km(avoided_g(self.energy_wh, self.g_per_kwh))


def read(db: Session, viewer: Viewer) -> Co2:
    of_energy = energy.read(db, viewer)
    g_per_kwh = db.scalars(select(System.co2_avoided_g_per_kwh)).one()
    return Co2(read_at=of_energy.read_at, energy_wh=of_energy.total_wh, g_per_kwh=g_per_kwh)


PANE = Pane(
    "co2",
    lazy_gettext("CO₂ avoided, last 30 days"),
    OPERATORS,
    read,
    lazy_gettext("Energy by day"),
    "ChartsView.index",
    {"chart": "energy"},
)
