"""The words for what nodes are."""

from flask_babel import lazy_gettext

from domain.models import OutletMode, StationKind

KINDS = {
    StationKind.CHARGING_STATION.value: lazy_gettext("Charging station"),
    StationKind.SUPPLY_CONTROLLER.value: lazy_gettext("Supply controller"),
}
MODES = {OutletMode.OPEN.value: lazy_gettext("OPEN"), OutletMode.RFID.value: lazy_gettext("RFID")}
