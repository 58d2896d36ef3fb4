"""Sheets become rows of the topology. What a cell cannot be is noted with its row; nobody is asked yet."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import InstrumentedAttribute

from domain.models import Floor, Outlet, Site, Station
from domain.outlets import HIGHEST_NUMBER, MOST_CURRENT_A
from domain.supply import LEAST_VOLTAGE_V, MOST_FUSE_A, MOST_VOLTAGE_V, PHASES
from portal.imports.columns import folded
from portal.imports.parsing import Parse, Parsers, Row, parse, plain
from portal.imports.sheets import Read
from portal.imports.topology.columns import ATTRIBUTES, KIND_NAMES, LAYOUT, MODE_NAMES, NODES, Level, words_of
from portal.imports.values import (
    Value,
    ValueProblemError,
    exact_text_of,
    number_of,
    text_of,
    uuid_of,
    whole_of,
    zone_of,
)

LONGEST_DESCRIPTION = 2000


@dataclass(frozen=True, kw_only=True)
class NodeRow(Row):
    """What a file tells of an outlet and of all above it."""

    site: str = ""
    site_description: str | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    time_zone: str | None = None
    floor: str | None = None
    floor_description: str | None = None
    station: str | None = None
    charge_box_id: str | None = None
    kind: str | None = None
    station_description: str | None = None
    vendor: str | None = None
    model: str | None = None
    serial_number: str | None = None
    supply_controller: str | None = None
    fuse_phases: int | None = None
    fuse: int | None = None
    voltage: int | None = None
    outlet: int | None = None
    uuid: str | None = None
    connector: str | None = None
    mode: str | None = None
    parking: str | None = None
    max_current: int | None = None

    def says(self, column: str) -> bool:
        """Whether its cell holds something, be it that the value is to be emptied."""
        return getattr(self, column) is not None or column in self.emptied

    def said_of(self, level: Level) -> dict[str, Any]:
        """By column what it says of a node beside what that is found by; None empties it."""
        return {column: getattr(self, column) for column in ATTRIBUTES[level] if self.says(column)}


@dataclass(frozen=True)
class Rows:
    """All that an import brings."""

    nodes: list[NodeRow]
    ignored: list[str]
    """Sheets and columns that are not known, in words."""

    @property
    def everything(self) -> list[NodeRow]:
        return self.nodes


def rows_of(files: Iterable[Read], zone: ZoneInfo) -> Rows:
    """
    Raises:
        UnreadableFileError: no sheet of sites is there, a column stands twice, or there are too many rows.
    """
    found, ignored = parse(files, LAYOUT, PARSERS, zone)
    return Rows([NodeRow(**row) for row in found[NODES]], ignored)


def _line(column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]) -> Parse:
    """One line, as long as the column takes it."""
    return plain(lambda value: exact_text_of(value, column.type.length))


def _lines(value: Value) -> str:
    return exact_text_of(value, LONGEST_DESCRIPTION, lines=True)


def _word(names: Mapping[str, Mapping[str, str]]) -> Callable[[Value], str]:
    words = words_of(names)

    def parse_word(value: Value) -> str:
        text = text_of(value)
        code = words.get(folded(text))
        if code is None:
            right = dict.fromkeys(name for of in names.values() for name in of.values())
            raise ValueProblemError("unknown_word", value=text, words=", ".join(right))
        return str(code)

    return parse_word


def _phases(value: Value) -> int:
    number = whole_of(value, min(PHASES), max(PHASES))
    if number not in PHASES:
        raise ValueProblemError("unknown_word", value=str(number), words=", ".join(map(str, PHASES)))
    return number


PARSERS: Parsers = {
    NODES: {
        "site": _line(Site.name),
        "site_description": plain(_lines),
        "street": _line(Site.street),
        "postal_code": _line(Site.postal_code),
        "city": _line(Site.city),
        "country": _line(Site.country),
        "latitude": plain(lambda value: number_of(value, -90, 90)),
        "longitude": plain(lambda value: number_of(value, -180, 180)),
        "time_zone": plain(zone_of),
        "floor": _line(Floor.name),
        "floor_description": plain(_lines),
        "station": _line(Station.name),
        "charge_box_id": _line(Station.charge_box_id),
        "kind": plain(_word(KIND_NAMES)),
        "station_description": plain(_lines),
        "vendor": _line(Station.vendor),
        "model": _line(Station.model),
        "serial_number": _line(Station.serial_number),
        "supply_controller": _line(Station.charge_box_id),
        "fuse_phases": plain(_phases),
        "fuse": plain(lambda value: whole_of(value, 1, MOST_FUSE_A)),
        "voltage": plain(lambda value: whole_of(value, LEAST_VOLTAGE_V, MOST_VOLTAGE_V)),
        "outlet": plain(lambda value: whole_of(value, 1, HIGHEST_NUMBER)),
        "uuid": plain(uuid_of),
        "connector": _line(Outlet.connector_type),
        "mode": plain(_word(MODE_NAMES)),
        "parking": _line(Outlet.parking),
        "max_current": plain(lambda value: whole_of(value, 1, MOST_CURRENT_A)),
    }
}
