"""Which of a station's parameters hold a secret, by their names: what is in these is written and never shown again.

OCPP knows one, `AuthorizationKey`, the station's password at the portal (Improved security for OCPP 1.6-J, 2.2). The
others are the vendors' own, such as the password of an access point, so that their names have to be judged: word by
word, since `GetConfigurationMaxKeys` and `MeterPublicKey` are no secrets. Where a name leaves it open, it is one.
"""

import re
from typing import Any

MASK = "••••••"
"""What is shown in place of a secret."""

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
"""`WifiPSK`, `apn_password` and `FTP.Password` are two words each."""
SECRET = frozenset(
    {"credentials", "passcode", "passphrase", "passwd", "password", "pin", "psk", "puk", "pwd", "secret"}
)
SECRET_AT_THE_END = frozenset({"key", "token"})
"""`KeyLockEnabled` and `TokenTimeout` are about something else."""
KNOWN_TO_ALL = frozenset({("public", "key"), ("id", "token")})
ABOUT = frozenset({"attempts", "enabled", "expiry", "interval", "length", "lifetime", "required", "size", "timeout"})
"""How something is to be handled, not the thing itself: `PasswordMinLength`."""
RUN_TOGETHER = re.compile(
    r"apikey|authkey|authorizationkey|credential|passcode|passphrase|passwd|password|secret|simpin"
)
"""In names that tell no words apart, such as `WIFIPASSWORD`."""


def is_secret(key: str) -> bool:
    """Whether the value of this parameter is never to be shown, logged or exported."""
    words = [word.lower() for word in WORD.findall(key)]
    if not words or words[-1] in ABOUT:
        return False
    if tuple(words[-2:]) in KNOWN_TO_ALL:
        return False
    if words[-1] in SECRET_AT_THE_END or not SECRET.isdisjoint(words):
        return True
    return any(RUN_TOGETHER.search(word) for word in words)


def masked(key: str, value: str) -> str:
    """The value as it may be shown; that a secret is empty may be."""
    return MASK if value and is_secret(key) else value


def without_secrets(document: Any) -> Any:
    """A copy of what a command asked or a station answered, with each secret value masked.

    The domain and OCPP write a parameter alike, with `key` and `value` in one object, however deep it lies.
    """
    match document:
        case {"key": str(key), "value": str(value)}:
            return {**document, "value": masked(key, value)}
        case dict():
            return {name: without_secrets(each) for name, each in document.items()}
        case list():
            return [without_secrets(each) for each in document]
        case _:
            return document
