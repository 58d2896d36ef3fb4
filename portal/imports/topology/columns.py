"""The columns of an import of the topology, which are those of its export."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from flask_babel import gettext, lazy_gettext

from domain.models import Floor, Outlet, OutletMode, Site, Station, StationKind
from domain.supply import USUAL_VOLTAGE_V
from portal.imports.columns import Column, Layout, column, folded

NODES = "nodes"
"""The one kind of sheet: a row for each outlet, or for a station, floor or site that has nothing below it."""

SUPPLY_CONTROLLER = "supply_controller"
"""The column that says behind which one a station stands: another node, and so no plain value."""
FUSE = ("fuse_phases", "fuse", "voltage")
"""The columns that only a supply controller has."""

NEVER_EMPTY = frozenset(("site", "station", "charge_box_id", "kind", "outlet", "uuid", "mode"))
"""The columns whose values a file changes, perhaps, and never empties."""

EMPTY = lazy_gettext("May be empty.")

COLUMNS: Sequence[Column] = (
    column(
        "site",
        ("Site",),
        ("Sted",),
        lazy_gettext("Site"),
        lazy_gettext("Always needed. A site is found by its name; one that is not there yet is created."),
        needed=True,
    ),
    column(
        "site_description",
        ("Site description",),
        ("Stedets beskrivelse",),
        lazy_gettext("Site description"),
        lazy_gettext("What is told of a site may stand in one of its rows, or alike in all of them."),
    ),
    column("street", ("Street", "Address"), ("Gade", "Vej", "Adresse"), lazy_gettext("Street"), EMPTY),
    column("postal_code", ("Postal code", "Zip code"), ("Postnummer",), lazy_gettext("Postal code"), EMPTY),
    column("city", ("City", "Town"), ("By",), lazy_gettext("City"), EMPTY),
    column("country", ("Country",), ("Land",), lazy_gettext("Country"), EMPTY),
    column(
        "latitude",
        ("Latitude",),
        ("Breddegrad",),
        lazy_gettext("Latitude"),
        lazy_gettext("In degrees, such as 55.6727."),
    ),
    column(
        "longitude",
        ("Longitude",),
        ("Længdegrad",),
        lazy_gettext("Longitude"),
        lazy_gettext("In degrees, such as 12.5646."),
    ),
    column(
        "time_zone",
        ("Time zone",),
        ("Tidszone",),
        lazy_gettext("Time zone"),
        lazy_gettext("A name such as Europe/Copenhagen."),
    ),
    column(
        "floor",
        ("Floor", "Level"),
        ("Etage",),
        lazy_gettext("Floor"),
        lazy_gettext(
            "Found by its name on the site, else created. A new station without one stands directly on the site; "
            "a hyphen moves one there."
        ),
    ),
    column(
        "floor_description", ("Floor description",), ("Etagens beskrivelse",), lazy_gettext("Floor description"), EMPTY
    ),
    column(
        "station",
        ("Station", "Station name"),
        ("Ladestation", "Station"),
        lazy_gettext("Station"),
        lazy_gettext("The name that people know it by. A new one without a name is called as its charge box id."),
    ),
    column(
        "charge_box_id",
        ("Charge box id", "Charge point id"),
        ("Ladeboks-id",),
        lazy_gettext("Charge box id"),
        lazy_gettext("Needed for a station: what it is found by. The same as in the station, letter by letter."),
    ),
    column(
        "kind",
        ("Kind", "Type"),
        ("Type",),
        lazy_gettext("Kind"),
        lazy_gettext("Charging station or Supply controller."),
    ),
    column(
        "station_description",
        ("Station description",),
        ("Ladestationens beskrivelse",),
        lazy_gettext("Station description"),
        EMPTY,
    ),
    column(
        "vendor",
        ("Vendor", "Manufacturer"),
        ("Producent",),
        lazy_gettext("Vendor"),
        lazy_gettext("As far as it is known before the station tells it, as are model and serial number."),
    ),
    column("model", ("Model",), ("Model",), lazy_gettext("Model"), EMPTY),
    column("serial_number", ("Serial number",), ("Serienummer",), lazy_gettext("Serial number"), EMPTY),
    column(
        SUPPLY_CONTROLLER,
        ("Supply controller",),
        ("Forsyningscontroller",),
        lazy_gettext("Supply controller"),
        lazy_gettext(
            "The charge box id of the one whose feed it stands behind, on the same site. "
            "Its own row may come before or after."
        ),
    ),
    column(
        "fuse_phases",
        ("Fuse phases", "Phases"),
        ("Sikringens faser", "Faser"),
        lazy_gettext("Fuse phases"),
        lazy_gettext("1 or 3; only of a supply controller, as are the next two."),
    ),
    column(
        "fuse",
        ("Fuse (A)", "Fuse"),
        ("Sikring (A)", "Sikring"),
        lazy_gettext("Fuse (A)"),
        lazy_gettext("In amperes on each phase, a whole number."),
    ),
    column(
        "voltage",
        ("Voltage (V)", "Voltage"),
        ("Spænding (V)", "Spænding"),
        lazy_gettext("Voltage (V)"),
        lazy_gettext("Between a phase and neutral; empty is %(volts)s V.", volts=USUAL_VOLTAGE_V),
    ),
    column(
        "outlet",
        ("Outlet", "Outlet id", "Connector id"),
        ("Udtag", "Udtagets id"),
        lazy_gettext("Outlet"),
        lazy_gettext("Its number, from 1. A station with two outlets has two rows."),
    ),
    column(
        "uuid",
        ("Outlet UUID", "UUID"),
        ("Udtagets UUID",),
        lazy_gettext("Outlet UUID"),
        lazy_gettext("Only of an outlet that had one elsewhere; else it gets one."),
    ),
    column("connector", ("Connector", "Connector type"), ("Stik", "Stiktype"), lazy_gettext("Connector"), EMPTY),
    column("mode", ("Mode",), ("Tilstand",), lazy_gettext("Mode"), lazy_gettext("RFID or OPEN.")),
    column("parking", ("Parking", "Parking space"), ("Parkering", "P-plads"), lazy_gettext("Parking"), EMPTY),
    column(
        "max_current",
        ("Maximum current (A)", "Maximum current"),
        ("Maksimal strøm (A)", "Maksimal strøm"),
        lazy_gettext("Maximum current (A)"),
        lazy_gettext("In amperes on each phase, a whole number."),
    ),
)

KIND_NAMES: Mapping[str, Mapping[str, str]] = {
    StationKind.CHARGING_STATION: {"en": "Charging station", "da": "Ladestation"},
    StationKind.SUPPLY_CONTROLLER: {"en": "Supply controller", "da": "Forsyningscontroller"},
}
MODE_NAMES: Mapping[str, Mapping[str, str]] = {mode: {"en": mode.upper(), "da": mode.upper()} for mode in OutletMode}
"""What is written in a file, by language; a code of ours is understood too."""


def words_of(names: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """What each way to write it means."""
    return {folded(name): code for code, of in names.items() for name in (code, *of.values())}


def _unknown_headings() -> str:
    return gettext(
        "The headings are not known. The first row must name the columns, at least %(site)s.", site=COLUMNS[0].label
    )


LAYOUT = Layout(
    {NODES: COLUMNS},
    _unknown_headings,
    is_exported=True,
    emptiable=frozenset(column.field for column in COLUMNS) - NEVER_EMPTY,
)


class Level(StrEnum):
    """What a row may tell of, from the root down."""

    SITE = "site"
    FLOOR = "floor"
    STATION = "station"
    OUTLET = "outlet"


MODELS: Mapping[Level, type[Site | Floor | Station | Outlet]] = {
    Level.SITE: Site,
    Level.FLOOR: Floor,
    Level.STATION: Station,
    Level.OUTLET: Outlet,
}

NEW: Mapping[Level, str] = {level: f"new_{level}" for level in Level}
"""What the change is called by which a node comes to be."""

ATTRIBUTES: Mapping[Level, Mapping[str, str]] = {
    Level.SITE: {
        "site_description": "description",
        "street": "street",
        "postal_code": "postal_code",
        "city": "city",
        "country": "country",
        "latitude": "latitude",
        "longitude": "longitude",
        "time_zone": "time_zone",
    },
    Level.FLOOR: {"floor_description": "description"},
    Level.STATION: {
        "station": "name",
        "kind": "kind",
        "station_description": "description",
        "vendor": "vendor",
        "model": "model",
        "serial_number": "serial_number",
        SUPPLY_CONTROLLER: "supply_controller_id",
        "fuse_phases": "fuse_phases",
        "fuse": "fuse_a",
        "voltage": "voltage_v",
    },
    Level.OUTLET: {
        "connector": "connector_type",
        "mode": "mode",
        "parking": "parking",
        "max_current": "max_current_a",
    },
}
"""By level the columns that it is not found by, and the attribute of the model behind each."""
