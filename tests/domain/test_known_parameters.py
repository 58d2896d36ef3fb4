"""What is known of parameters by their names, and what is wrong with a value."""

import pytest
from ocpp.v16.enums import ConfigurationKey

from domain.known_parameters import LONGEST_VALUE, STANDARD, Fault, Risk, fault, find, looks_odd, risk_of

OF_ISO_15118 = {
    "CentralContractValidationAllowed",
    "CertSigningWaitMinimum",
    "CertSigningRepeatTimes",
    "ContractValidationOffline",
    "ISO15118PnCEnabled",
}
"""Plug and charge is no part of OCPP 1.6."""


def test_every_key_of_the_standard_is_known():
    assert {key.value for key in ConfigurationKey} - OF_ISO_15118 <= STANDARD.keys()


def test_keys_are_the_same_in_any_case():
    assert (
        find("heartbeatinterval") == find("HEARTBEATINTERVAL") == ("HeartbeatInterval", STANDARD["HeartbeatInterval"])
    )
    assert find("Heartbeat") is None


@pytest.mark.parametrize(
    "key",
    [
        *("HeartbeatInterval", "WebSocketPingInterval", "SecurityProfile", "AuthorizationKey", "BackendURL", "APN"),
        *("backendurl", "OCPP_Server_Host", "gprsApn", "Network.Gateway", "TlsVersion", "WSS_Port", "WIFIPASSWORD"),
        *("CaCertificate", "OcppEndpoint", "proxyAddress", "DnsServer1", "HttpsUri", "SimPin"),
    ],
)
def test_what_can_cut_the_line(key):
    assert risk_of(key) is Risk.CUTS_LINE


@pytest.mark.parametrize(
    ("key", "risk"),
    [
        ("MeterValueSampleInterval", Risk.LOSES_READINGS),
        ("StopTransactionOnInvalidId", Risk.STOPS_CHARGING),
        ("AllowOfflineTxForUnknownId", Risk.FREE_CHARGING),
        ("ResetRetries", None),
        ("ChargingProfileLimit", None),
        ("DisplayBrightness", None),
        ("LedColour", None),
        ("StoppingDistance", None),
        ("", None),
        ("ÆØÅ", None),
    ],
)
def test_what_can_not(key, risk):
    assert risk_of(key) is risk


@pytest.mark.parametrize(
    ("key", "value", "wrong"),
    [
        ("MeterValueSampleInterval", "60", None),
        ("MeterValueSampleInterval", "0", None),
        ("MeterValueSampleInterval", "-1", Fault.TOO_SMALL),
        ("MeterValueSampleInterval", "86401", Fault.TOO_LARGE),
        ("MeterValueSampleInterval", "1.5", Fault.NOT_A_NUMBER),
        ("MeterValueSampleInterval", "", Fault.NOT_A_NUMBER),
        ("MeterValueSampleInterval", "٣", Fault.NOT_A_NUMBER),
        ("MeterValueSampleInterval", "9" * 400, Fault.NOT_A_NUMBER),
        ("LocalPreAuthorize", "TRUE", None),
        ("LocalPreAuthorize", "1", Fault.NOT_A_TRUTH),
        ("SecurityProfile", "2", None),
        ("SecurityProfile", "4", Fault.NOT_A_CHOICE),
        ("MeterValuesSampledData", "", None),
        ("MeterValuesSampledData", "Voltage, SoC", None),
        ("MeterValuesSampledData", "Voltage,,SoC", Fault.EMPTY_WORD),
        ("NumberOfConnectors", "2", Fault.READ_ONLY),
        ("Unknown", "anything", None),
        ("Unknown", "x" * LONGEST_VALUE, None),
        ("Unknown", "x" * (LONGEST_VALUE + 1), Fault.TOO_LONG),
    ],
)
def test_what_is_wrong_with_a_value(key, value, wrong):
    assert fault(key, value) is wrong


def test_a_station_that_says_0_and_1_for_true_and_false_is_told_so():
    assert fault("LocalPreAuthorize", "1", told="0") is None
    assert fault("LocalPreAuthorize", "2", told="0") is Fault.NOT_A_TRUTH


@pytest.mark.parametrize(
    ("key", "told", "value", "is_odd"),
    [
        ("Vendor", "17", "18", False),
        ("Vendor", "17", "many", True),
        ("Vendor", "True", "false", False),
        ("Vendor", "true", "yes", True),
        ("Vendor", "wss://a.example", "wss://b.example", False),
        ("Vendor", "wss://a.example", "b.example", True),
        ("Vendor", "red", "17", False),
        ("Vendor", "", "17", False),
        ("Vendor", None, "17", False),
        ("HeartbeatInterval", "17", "many", False),
    ],
)
def test_what_looks_odd(key, told, value, is_odd):
    assert looks_odd(key, value, told) is is_odd
