"""The examples of the template for the topology."""

from portal.imports.topology.columns import COLUMNS, KIND_NAMES, MODE_NAMES
from portal.imports.topology.plan import EXAMPLE

SITE = {
    "site": "Harbour",
    "street": "Havnegade 1",
    "postal_code": "1058",
    "city": "København K",
    "country": "Denmark",
    "latitude": "55.6790",
    "longitude": "12.5950",
    "time_zone": "Europe/Copenhagen",
}
STATION = SITE | {
    "floor": "P1",
    "station": "Harbour 1",
    "charge_box_id": f"{EXAMPLE}1",
    "kind": "charging_station",
    "vendor": "CTEK",
    "model": "CGC-100",
    "supply_controller": f"{EXAMPLE}2",
}
OUTLETS = (
    STATION | {"outlet": "1", "connector": "Type 2", "mode": "rfid", "parking": "P-17", "max_current": "32"},
    STATION | {"outlet": "2", "connector": "Type 2", "mode": "open", "parking": "P-18", "max_current": "32"},
    {
        "site": "Harbour",
        "station": "Harbour feed",
        "charge_box_id": f"{EXAMPLE}2",
        "kind": "supply_controller",
        "fuse_phases": "3",
        "fuse": "250",
    },
)
WORDS = {"kind": KIND_NAMES, "mode": MODE_NAMES}


def examples(language: str) -> list[list[str]]:
    """A station with two outlets on a floor, and the supply controller before it, directly on the site."""
    return [[_cell(row.get(column.field, ""), column.field, language) for column in COLUMNS] for row in OUTLETS]


def _cell(value: str, field: str, language: str) -> str:
    return WORDS[field][value][language] if field in WORDS and value else value
