"""The words for what speaks against a station behind a supply controller."""

from flask_babel import lazy_gettext

from domain.supply import SupplyFault

FAULTS = {
    SupplyFault.NO_SUPPLY_CONTROLLER: lazy_gettext("This is no supply controller."),
    SupplyFault.ON_ANOTHER_SITE: lazy_gettext("The supply controller is on another site."),
    SupplyFault.BEHIND_ANOTHER: lazy_gettext("A supply controller stands behind no other."),
    SupplyFault.HAS_STATIONS: lazy_gettext("Stations stand behind it. Take them from it first."),
}
