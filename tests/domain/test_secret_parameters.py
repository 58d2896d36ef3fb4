"""Which parameters of a station are never shown."""

import pytest

from domain.secret_parameters import MASK, is_secret, masked, without_secrets


@pytest.mark.parametrize(
    "key",
    [
        "AuthorizationKey",
        "authorizationkey",
        "authorization_key",
        "WifiPassword",
        "WIFIPASSWORD",
        "wifi.password",
        "FTP-Password",
        "WifiPSK",
        "APNPassword2",
        "SimPin",
        "SIMPIN",
        "SIM_PIN",
        "SimPUK",
        "ClientSecret",
        "SecretForBackend",
        "ApiKey",
        "apikey",
        "EncryptionKey",
        "AccessToken",
        "BackendCredentials",
        "vpnpassphrase",
        "AdminPwd",
        "Password[1]",
    ],
)
def test_a_secret_is_known_by_its_name(key):
    assert is_secret(key)


@pytest.mark.parametrize(
    "key",
    [
        "GetConfigurationMaxKeys",
        "HeartbeatInterval",
        "MeterPublicKey",
        "MeterPublicKey[1]",
        "PasswordMinLength",
        "PinRequired",
        "KeyLockEnabled",
        "TokenTimeout",
        "DefaultIdToken",
        "ShippingMode",
        "SpinUpSeconds",
        "SecurityProfile",
        "AuthorizationCacheEnabled",
        "CertificateStoreMaxLength",
        "MinimumStatusDuration",
        "1234",
        "",
        "Ærø",
    ],
)
def test_what_only_sounds_so_is_none(key):
    assert not is_secret(key)


def test_a_secret_is_masked_unless_it_is_empty():
    assert masked("AuthorizationKey", "s3cret") == MASK
    assert masked("AuthorizationKey", "") == ""
    assert masked("HeartbeatInterval", "300") == "300"


def test_secrets_are_masked_wherever_they_lie():
    asked = {"key": "AuthorizationKey", "value": "s3cret"}
    answer = {
        "configurationKey": [
            {"key": "WifiPassword", "readonly": False, "value": "hunter2"},
            {"key": "HeartbeatInterval", "readonly": False, "value": "300"},
            {"key": "SimPin", "readonly": True},
            {"key": "ApiKey", "value": None},
        ],
        "unknownKey": ["AuthorizationKey"],
    }
    assert without_secrets(asked) == {"key": "AuthorizationKey", "value": MASK}
    assert without_secrets(answer) == {
        "configurationKey": [
            {"key": "WifiPassword", "readonly": False, "value": MASK},
            {"key": "HeartbeatInterval", "readonly": False, "value": "300"},
            {"key": "SimPin", "readonly": True},
            {"key": "ApiKey", "value": None},
        ],
        "unknownKey": ["AuthorizationKey"],
    }
    assert asked["value"] == "s3cret"
    assert [without_secrets(each) for each in (None, 1, "x", [], {})] == [None, 1, "x", [], {}]
