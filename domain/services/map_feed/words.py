"""How OCPI 2.2.1 calls what we have."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from domain.statuses import OutletStatus

REMOVED = "REMOVED"
UNKNOWN = "UNKNOWN"

STATUSES: Mapping[OutletStatus, str] = {
    OutletStatus.AVAILABLE: "AVAILABLE",
    OutletStatus.PREPARING: "BLOCKED",
    OutletStatus.CHARGING: "CHARGING",
    OutletStatus.SUSPENDED_EV: "CHARGING",
    OutletStatus.SUSPENDED_EVSE: "CHARGING",
    OutletStatus.FINISHING: "BLOCKED",
    OutletStatus.RESERVED: "RESERVED",
    OutletStatus.UNAVAILABLE: "INOPERATIVE",
    OutletStatus.FAULTED: "OUTOFORDER",
    OutletStatus.OCCUPIED: "CHARGING",
}
"""8.4.22. A car that does not charge, or not yet, blocks the outlet."""

OF_STATION = (OutletStatus.FAULTED, OutletStatus.UNAVAILABLE)
"""What a station says of itself that holds for its outlets."""


def status(is_online: bool, of_station: OutletStatus | None, of_outlet: OutletStatus | None) -> str:
    """The state of an EVSE. Of one whose station is away, or that never spoke, none is known."""
    if not is_online:
        return UNKNOWN
    if of_station in OF_STATION and of_station is not None:
        return STATUSES[of_station]
    return UNKNOWN if of_outlet is None else STATUSES[of_outlet]


@dataclass(frozen=True, slots=True)
class Plug:
    """What one plugs into (8.4.5, 8.4.7, 8.4.19)."""

    standard: str
    format: str
    is_dc: bool = False


PLUGS: tuple[tuple[re.Pattern[str], Plug], ...] = tuple(
    (re.compile(words, re.IGNORECASE), plug)
    for words, plug in (
        (r"chademo", Plug("CHADEMO", "CABLE", is_dc=True)),
        (r"ccs\s*1|combo\s*1|t1.combo", Plug("IEC_62196_T1_COMBO", "CABLE", is_dc=True)),
        (r"ccs|combo", Plug("IEC_62196_T2_COMBO", "CABLE", is_dc=True)),
        (r"nacs|tesla", Plug("TESLA_S", "CABLE", is_dc=True)),
        (r"type\s*1|62196.t1|j1772", Plug("IEC_62196_T1", "CABLE")),
        (r"type\s*3|62196.t3", Plug("IEC_62196_T3C", "SOCKET")),
        (r"schuko|domestic|household|type\s*f|\bcee ?7", Plug("DOMESTIC_F", "SOCKET")),
        (r"type\s*k\b", Plug("DOMESTIC_K", "SOCKET")),
        (r"type\s*g\b|bs ?1363", Plug("DOMESTIC_G", "SOCKET")),
    )
)
USUAL_PLUG = Plug("IEC_62196_T2", "SOCKET")
"""Type 2, which is what an outlet has in Europe that says nothing."""
TETHERED = re.compile(r"cable|kabel|tethered", re.IGNORECASE)


def plug(connector_type: str) -> Plug:
    """What somebody wrote of a connector, such as `Type 2` or `CCS with cable`."""
    found = next((plug for words, plug in PLUGS if words.search(connector_type)), USUAL_PLUG)
    return Plug(found.standard, "CABLE", found.is_dc) if TETHERED.search(connector_type) else found


COUNTRIES: Mapping[str, str] = {
    name: code
    for code, names in {
        "AUT": "AT Austria Österreich Østrig",
        "BEL": "BE Belgium Belgien België Belgique",
        "CHE": "CH Switzerland Schweiz Suisse",
        "CZE": "CZ Czechia Tjekkiet Česko",
        "DEU": "DE Germany Deutschland Tyskland",
        "DNK": "DK Denmark Danmark",
        "ESP": "ES Spain España Spanien",
        "EST": "EE Estonia Eesti Estland",
        "FIN": "FI Finland Suomi",
        "FRA": "FR France Frankrig Frankrike",
        "FRO": "FO Færøerne Føroyar",
        "GBR": "GB UK Storbritannien England Scotland Wales",
        "GRL": "GL Greenland Grønland",
        "IRL": "IE Ireland Irland Éire",
        "ISL": "IS Iceland Island Ísland",
        "ITA": "IT Italy Italia Italien",
        "LTU": "LT Lithuania Lietuva Litauen",
        "LUX": "LU Luxembourg Luxemburg",
        "LVA": "LV Latvia Latvija Letland Lettland",
        "NLD": "NL Netherlands Nederland Nederlandene Holland",
        "NOR": "NO Norway Norge Noreg",
        "POL": "PL Poland Polska Polen",
        "PRT": "PT Portugal",
        "SWE": "SE Sweden Sverige",
    }.items()
    for name in (code.casefold(), *names.casefold().split())
}
"""Each country's names, as people write them, and its code in ISO 3166-1 alpha-3."""


def country(written: str, otherwise: str) -> str:
    return COUNTRIES.get(written.strip().casefold(), otherwise)
