"""What a station's parameters are for, what a wrong value may do, and what a station answered, in words."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from domain import known_parameters
from domain.known_parameters import Fault, Risk
from domain.models import ParameterResult

DESCRIPTIONS: Mapping[str, LazyString] = {
    "AllowOfflineTxForUnknownId": _l("Unknown tags may charge without network"),
    "AuthorizationCacheEnabled": _l("Remember tags that were accepted"),
    "AuthorizeRemoteTxRequests": _l("Check the tag on remote starts too"),
    "BlinkRepeat": _l("How often the lamp blinks as a signal"),
    "ClockAlignedDataInterval": _l("Time between clock-aligned values, 0 is none"),
    "ConnectionTimeOut": _l("Time to plug in after the tag"),
    "ConnectorPhaseRotation": _l("Order of the phases at each outlet"),
    "ConnectorPhaseRotationMaxLength": _l("Most entries in the order of the phases"),
    "GetConfigurationMaxKeys": _l("Most parameters in one question"),
    "HeartbeatInterval": _l("Time between two signs of life"),
    "LightIntensity": _l("Brightness of the lamp"),
    "LocalAuthorizeOffline": _l("Known tags may charge without network"),
    "LocalPreAuthorize": _l("Known tags start before the portal answers"),
    "MaxEnergyOnInvalidId": _l("Energy that a refused tag still gets"),
    "MeterValuesAlignedData": _l("What is measured at clock-aligned times"),
    "MeterValuesAlignedDataMaxLength": _l("Most measurands at clock-aligned times"),
    "MeterValuesSampledData": _l("What is measured while charging"),
    "MeterValuesSampledDataMaxLength": _l("Most measurands while charging"),
    "MeterValueSampleInterval": _l("Time between values while charging, 0 is none"),
    "MinimumStatusDuration": _l("How long a state lasts before it is told"),
    "NumberOfConnectors": _l("Outlets of this station"),
    "ProximityContactRetries": _l("How often the contact to the cable is tried again"),
    "ProximityLockRetries": _l("How often locking the cable is tried again"),
    "ResetRetries": _l("How often a failed restart is tried again"),
    "StopTransactionOnEVSideDisconnect": _l("End a charge when the cable is pulled at the car"),
    "StopTransactionOnInvalidId": _l("End a charge if its tag is refused"),
    "StopTxnAlignedData": _l("Clock-aligned values that come with the end of a charge"),
    "StopTxnAlignedDataMaxLength": _l("Most of the clock-aligned measurands at the end"),
    "StopTxnSampledData": _l("Values that come with the end of a charge"),
    "StopTxnSampledDataMaxLength": _l("Most measurands at the end of a charge"),
    "SupportedFeatureProfiles": _l("Parts of OCPP that the station knows"),
    "SupportedFeatureProfilesMaxLength": _l("Most parts of OCPP in that list"),
    "TransactionMessageAttempts": _l("How often the start or end of a charge is told again"),
    "TransactionMessageRetryInterval": _l("Time before it is told again"),
    "UnlockConnectorOnEVSideDisconnect": _l("Unlock the cable when it is pulled at the car"),
    "WebSocketPingInterval": _l("Time between pings, 0 is none"),
    "LocalAuthListEnabled": _l("Use the list of tags that the portal sends"),
    "LocalAuthListMaxLength": _l("Most tags in the list"),
    "SendLocalListMaxLength": _l("Most tags in one part of the list"),
    "ReserveConnectorZeroSupported": _l("Can reserve the station without naming an outlet"),
    "ChargeProfileMaxStackLevel": _l("Highest level of charging profiles"),
    "ChargingScheduleAllowedChargingRateUnit": _l("Units of charging profiles: current, power"),
    "ChargingScheduleMaxPeriods": _l("Most periods in a charging profile"),
    "ConnectorSwitch3to1PhaseSupported": _l("Can switch from three phases to one"),
    "MaxChargingProfilesInstalled": _l("Most charging profiles at a time"),
    "SupportedFileTransferProtocols": _l("How the station fetches and uploads files"),
    "AdditionalRootCertificateCheck": _l("A new root certificate must be signed by the old one"),
    "AuthorizationKey": _l("Password of the station at the portal"),
    "CertificateSignedMaxChainSize": _l("Largest chain of certificates"),
    "CertificateStoreMaxLength": _l("Most certificates that the station keeps"),
    "CpoName": _l("Name of the operator in certificates"),
    "SecurityProfile": _l("How the line is secured: 0 not, 1 password, 2 TLS, 3 certificates"),
    **dict.fromkeys(
        ("BackendURL", "CentralSystemURL", "OcppServerURL", "ServerURL", "EndpointURL", "WebSocketURL"),
        _l("Where the station connects to"),
    ),
    **dict.fromkeys(("APN", "ApnName", "GsmApn"), _l("Access point of the mobile network")),
    "ApnUser": _l("User at the access point of the mobile network"),
    "ApnPassword": _l("Password at the access point of the mobile network"),
    "SimPin": _l("PIN of the SIM card"),
    **dict.fromkeys(("ChargeBoxId", "ChargePointId"), _l("The name by which the portal knows the station")),
    "NetworkInterface": _l("By which network the station connects"),
    "WifiSSID": _l("Name of the wireless network"),
    "WifiPassword": _l("Password of the wireless network"),
}
"""Of every parameter in domain/known_parameters.py."""

RISKS: Mapping[Risk, LazyString] = {
    Risk.CUTS_LINE: _l("can cut the line"),
    Risk.STOPS_CHARGING: _l("can stop charging"),
    Risk.FREE_CHARGING: _l("can charge unpaid"),
    Risk.LOSES_READINGS: _l("can lose readings"),
}
DANGERS: Mapping[Risk, LazyString] = {
    Risk.CUTS_LINE: _l(
        "With a wrong value the station may lose the portal and never connect again. Then somebody must go there."
    ),
    Risk.STOPS_CHARGING: _l("With a wrong value drivers may be turned away, though the station works."),
    Risk.FREE_CHARGING: _l("With a wrong value somebody may charge whom nobody can bill."),
    Risk.LOSES_READINGS: _l("With a wrong value sessions may have no curve, or a wrong energy."),
}

FAULTS: Mapping[Fault, LazyString] = {
    Fault.NOT_A_NUMBER: _l("This must be a whole number."),
    Fault.TOO_SMALL: _l("This must be %(lowest)s or more."),
    Fault.TOO_LARGE: _l("This must be %(highest)s or less."),
    Fault.NOT_A_TRUTH: _l("This must be true or false."),
    Fault.NOT_A_CHOICE: _l("This must be one of %(choices)s."),
    Fault.EMPTY_WORD: _l("Words separated by commas, none of them empty."),
    Fault.TOO_LONG: _l("At most %(longest)s characters."),
    Fault.READ_ONLY: _l("The station does not let anybody change this."),
}

RESULTS: Mapping[ParameterResult, tuple[str, str, LazyString]] = {
    ParameterResult.ACCEPTED: ("ok", "✓", _l("Accepted")),
    ParameterResult.REJECTED: ("fault", "✕", _l("Rejected")),
    ParameterResult.NOT_SUPPORTED: ("fault", "✕", _l("Not supported")),
    ParameterResult.REBOOT_REQUIRED: ("warn", "↻", _l("Reboot required")),
}
"""Colour, symbol and word of each answer."""


def description(key: str) -> str:
    """What a parameter is for; nothing if that is not known."""
    found = known_parameters.find(key)
    return str(DESCRIPTIONS[found[0]]) if found else ""


def fault(key: str, reason: Fault) -> str:
    """What would be right."""
    found = known_parameters.find(key)
    known = found[1] if found else known_parameters.Known()
    return str(FAULTS[reason]) % {
        "lowest": known.lowest,
        "highest": known.highest,
        "choices": ", ".join(known.choices),
        "longest": known_parameters.LONGEST_VALUE,
    }
