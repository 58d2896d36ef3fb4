"""What is known of a station's parameters beforehand: what kind of value they take, and what a wrong one does.

The standard's own (OCPP 1.6, chapter 9, those that 1.5 has besides, and Improved Security for OCPP 1.6-J, 2.2) stand in
one table, and beside them the names that several vendors use for where their stations connect to. Any other is judged
by its name alone. What a parameter is for is said in the portal (portal/pages/parameters/words.py), in its languages.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.secret_parameters import WORD

LONGEST_VALUE = 500
"""OCPP 1.6, 5.4."""


class Kind(StrEnum):
    """What a value is."""

    INTEGER = "integer"
    BOOLEAN = "boolean"
    LIST = "list"
    """Words separated by commas."""
    CHOICE = "choice"
    TEXT = "text"


class Risk(StrEnum):
    """What a wrong value may do."""

    CUTS_LINE = "cuts_line"
    """The station may never connect to us again, and somebody must go there."""
    STOPS_CHARGING = "stops_charging"
    """Drivers may be turned away, or cars not charge, while the station works."""
    FREE_CHARGING = "free_charging"
    """Somebody may charge whom nobody can bill."""
    LOSES_READINGS = "loses_readings"
    """Sessions may have no curve, or a wrong energy."""


@dataclass(frozen=True, slots=True)
class Known:
    kind: Kind = Kind.TEXT
    unit: str = ""
    lowest: int | None = None
    highest: int | None = None
    choices: tuple[str, ...] = ()
    risk: Risk | None = None
    is_readonly: bool = False
    """By the standard; the station has the last word."""


class Fault(StrEnum):
    """Why a value cannot be right."""

    NOT_A_NUMBER = "not_a_number"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    NOT_A_TRUTH = "not_a_truth"
    NOT_A_CHOICE = "not_a_choice"
    EMPTY_WORD = "empty_word"
    TOO_LONG = "too_long"
    READ_ONLY = "read_only"


LARGEST = 2**31 - 1
DAY = 24 * 3600


def _number(unit: str = "", highest: int = LARGEST, risk: Risk | None = None, lowest: int = 0) -> Known:
    return Known(Kind.INTEGER, unit, lowest, highest, risk=risk)


def _told(unit: str = "") -> Known:
    """A limit of the station's own."""
    return Known(Kind.INTEGER, unit, is_readonly=True)


def _truth(risk: Risk | None = None) -> Known:
    return Known(Kind.BOOLEAN, choices=("true", "false"), risk=risk)


READINGS = Known(Kind.LIST, risk=Risk.LOSES_READINGS)
LINE = Known(risk=Risk.CUTS_LINE)

STANDARD: Mapping[str, Known] = {
    # 9.1 Core
    "AllowOfflineTxForUnknownId": _truth(Risk.FREE_CHARGING),
    "AuthorizationCacheEnabled": _truth(),
    "AuthorizeRemoteTxRequests": _truth(),
    "BlinkRepeat": _number(),
    "ClockAlignedDataInterval": _number("s", DAY),
    "ConnectionTimeOut": _number("s", DAY, Risk.STOPS_CHARGING),
    "ConnectorPhaseRotation": Known(Kind.LIST),
    "ConnectorPhaseRotationMaxLength": _told(),
    "GetConfigurationMaxKeys": _told(),
    "HeartbeatInterval": _number("s", DAY, Risk.CUTS_LINE),
    "LightIntensity": _number("%", 100),
    "LocalAuthorizeOffline": _truth(Risk.STOPS_CHARGING),
    "LocalPreAuthorize": _truth(),
    "MaxEnergyOnInvalidId": _number("Wh", risk=Risk.FREE_CHARGING),
    "MeterValuesAlignedData": READINGS,
    "MeterValuesAlignedDataMaxLength": _told(),
    "MeterValuesSampledData": READINGS,
    "MeterValuesSampledDataMaxLength": _told(),
    "MeterValueSampleInterval": _number("s", DAY, Risk.LOSES_READINGS),
    "MinimumStatusDuration": _number("s", DAY),
    "NumberOfConnectors": _told(),
    "ResetRetries": _number(),
    "StopTransactionOnEVSideDisconnect": _truth(),
    "StopTransactionOnInvalidId": _truth(Risk.STOPS_CHARGING),
    "StopTxnAlignedData": READINGS,
    "StopTxnAlignedDataMaxLength": _told(),
    "StopTxnSampledData": READINGS,
    "StopTxnSampledDataMaxLength": _told(),
    "SupportedFeatureProfiles": Known(Kind.LIST, is_readonly=True),
    "SupportedFeatureProfilesMaxLength": _told(),
    "TransactionMessageAttempts": _number(risk=Risk.LOSES_READINGS),
    "TransactionMessageRetryInterval": _number("s", DAY),
    "UnlockConnectorOnEVSideDisconnect": _truth(),
    "WebSocketPingInterval": _number("s", DAY, Risk.CUTS_LINE),
    # 9.2 Local Auth List Management
    "LocalAuthListEnabled": _truth(Risk.STOPS_CHARGING),
    "LocalAuthListMaxLength": _told(),
    "SendLocalListMaxLength": _told(),
    # 9.3 Reservation
    "ReserveConnectorZeroSupported": Known(Kind.BOOLEAN, is_readonly=True),
    # 9.4 Smart Charging
    "ChargeProfileMaxStackLevel": _told(),
    "ChargingScheduleAllowedChargingRateUnit": Known(Kind.LIST, is_readonly=True),
    "ChargingScheduleMaxPeriods": _told(),
    "ConnectorSwitch3to1PhaseSupported": Known(Kind.BOOLEAN, is_readonly=True),
    "MaxChargingProfilesInstalled": _told(),
    # Firmware Management, of the errata to chapter 9
    "SupportedFileTransferProtocols": Known(Kind.LIST, is_readonly=True),
    # OCPP 1.5 alone
    "ProximityContactRetries": _number(),
    "ProximityLockRetries": _number(),
    # Improved Security for OCPP 1.6-J, 2.2
    "AdditionalRootCertificateCheck": Known(Kind.BOOLEAN, is_readonly=True),
    "AuthorizationKey": LINE,
    "CertificateSignedMaxChainSize": _told("B"),
    "CertificateStoreMaxLength": _told(),
    "CpoName": Known(risk=Risk.CUTS_LINE),
    "SecurityProfile": Known(Kind.CHOICE, choices=("0", "1", "2", "3"), risk=Risk.CUTS_LINE),
}
"""By the name that the standard writes; the table of the portal's words has the same keys."""

VENDORS: Mapping[str, Known] = {
    **dict.fromkeys(
        ("BackendURL", "CentralSystemURL", "OcppServerURL", "ServerURL", "EndpointURL", "WebSocketURL"), LINE
    ),
    **dict.fromkeys(("APN", "ApnName", "ApnUser", "ApnPassword", "GsmApn", "SimPin"), LINE),
    **dict.fromkeys(("ChargeBoxId", "ChargePointId", "NetworkInterface", "WifiSSID", "WifiPassword"), LINE),
}
"""Names in use with more than one vendor."""

_BY_NAME = {name.lower(): (name, known) for name, known in {**STANDARD, **VENDORS}.items()}

CUTS_LINE = frozenset(
    {
        *("address", "apn", "backend", "cert", "certificate", "cpo", "dhcp", "dns", "domain"),
        *("endpoint", "ethernet", "firewall", "gateway", "gprs", "gsm", "heartbeat", "host", "hostname"),
        *("identity", "ip", "lan", "lte", "modem", "netmask", "network", "password", "ping"),
        *("port", "profile", "proxy", "roaming", "server", "sim", "ssid", "ssl", "subnet"),
        *("tls", "uri", "url", "vpn", "websocket", "wifi", "wlan", "ws", "wss"),
    }
)
RUN_TOGETHER = re.compile(
    r"apn|backend|cert|endpoint|gateway|heartbeat|hostname|ipaddr|network|password|pinginterval|proxy|server|ssid|ssl|uri$|url|wifi"
)
"""In names that tell no words apart, such as `backendurl`."""
NO_LINE = frozenset({"charge", "charging", "schedule", "phase", "stack"})
"""`ChargingProfileLimit` is no security profile."""


def find(key: str) -> tuple[str, Known] | None:
    """The standard's or the vendors' own writing of a key, and what is known of it (OCPP 1.6, 7.29: of any case)."""
    return _BY_NAME.get(key.lower())


def risk_of(key: str) -> Risk | None:
    """What a wrong value may do; judged by the name alone where the parameter is not known."""
    found = find(key)
    if found is not None:
        return found[1].risk
    words = [word.lower() for word in WORD.findall(key)]
    if not NO_LINE.isdisjoint(words):
        return None
    if not CUTS_LINE.isdisjoint(words) or any(RUN_TOGETHER.search(word) for word in words):
        return Risk.CUTS_LINE
    return None


def fault(key: str, value: str, told: str | None = None) -> Fault | None:
    """Why a value cannot be right for a parameter that is known; `told` is the station's own."""
    if len(value) > LONGEST_VALUE:
        return Fault.TOO_LONG
    found = find(key)
    if found is None:
        return None
    known = found[1]
    if known.is_readonly:
        return Fault.READ_ONLY
    match known.kind:
        case Kind.INTEGER:
            return _fault_of_number(known, value)
        case Kind.BOOLEAN:
            # Some stations say 0 and 1.
            is_truth = value.lower() in known.choices or (told in ("0", "1") and value in ("0", "1"))
            return None if is_truth else Fault.NOT_A_TRUTH
        case Kind.CHOICE:
            return None if value in known.choices else Fault.NOT_A_CHOICE
        case Kind.LIST:
            return Fault.EMPTY_WORD if value and not all(word.strip() for word in value.split(",")) else None
        case Kind.TEXT:
            return None


def _fault_of_number(known: Known, value: str) -> Fault | None:
    if not re.fullmatch(r"-?[0-9]{1,12}", value):
        return Fault.NOT_A_NUMBER
    if known.lowest is not None and int(value) < known.lowest:
        return Fault.TOO_SMALL
    if known.highest is not None and int(value) > known.highest:
        return Fault.TOO_LARGE
    return None


def looks_odd(key: str, value: str, told: str | None) -> bool:
    """Whether a value is of another kind than the station's own, of a parameter that nothing else is known of."""
    if find(key) is not None or not told:
        return False
    return any(re.fullmatch(kind, told.lower()) and not re.fullmatch(kind, value.lower()) for kind in KINDS_SEEN)


KINDS_SEEN = (r"-?\d+", r"true|false", r"wss?://.+", r"https?://.+|ftps?://.+")
