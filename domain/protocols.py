"""The versions of OCPP that stations speak here, each with its word for people, and what each has no words for."""

from collections.abc import Mapping
from enum import StrEnum

from domain.models.command import Action


class Protocol(StrEnum):
    """As it is written down of a station; over WebSocket it is the name of the subprotocol (OCPP-J 1.6, 3.1.2)."""

    OCPP16 = "ocpp1.6"
    OCPP16_SOAP = "ocpp1.6-soap"
    OCPP15 = "ocpp1.5"
    OCPP12 = "ocpp1.2"


SOAP = frozenset({Protocol.OCPP16_SOAP, Protocol.OCPP15, Protocol.OCPP12})
"""No line of theirs stays: a station calls us when it has something to say, and is called where it told."""

IN_WORDS: Mapping[str, str] = {
    Protocol.OCPP16: "OCPP 1.6 (WebSocket)",
    Protocol.OCPP16_SOAP: "OCPP 1.6 (SOAP)",
    Protocol.OCPP15: "OCPP 1.5 (SOAP)",
    Protocol.OCPP12: "OCPP 1.2 (SOAP)",
}
"""The same in every language."""

SECURED = frozenset({Protocol.OCPP16})
"""Those with the messages of "Improved security for OCPP 1.6-J": it is about lines of WebSocket alone."""

_NEW_IN_16 = frozenset(
    {
        Action.TRIGGER_MESSAGE,
        Action.SET_CHARGING_PROFILE,
        Action.CLEAR_CHARGING_PROFILE,
        Action.GET_COMPOSITE_SCHEDULE,
        Action.GET_LOG,
    }
)
_NEW_IN_15 = frozenset(
    {
        Action.GET_CONFIGURATION,
        Action.GET_LOCAL_LIST_VERSION,
        Action.SEND_LOCAL_LIST,
        Action.RESERVE,
        Action.CANCEL_RESERVATION,
        Action.DATA_TRANSFER,
    }
)

UNKNOWN_TO: Mapping[str, frozenset[Action]] = {
    Protocol.OCPP16: frozenset(),
    Protocol.OCPP16_SOAP: frozenset({Action.GET_LOG}),
    Protocol.OCPP15: _NEW_IN_16,
    Protocol.OCPP12: _NEW_IN_16 | _NEW_IN_15,
}
"""What a version of OCPP has no words for."""


def knows(protocol: str | None, action: Action) -> bool:
    """Whether a station can be asked this. One that never came is asked anything: its version is not known yet."""
    return action not in UNKNOWN_TO.get(protocol or "", ())


def is_secured(protocol: str | None) -> bool:
    """Whether it may know the security extension; taken for granted of a station that never came."""
    return protocol is None or protocol in SECURED


def has_profiles(protocol: str | None) -> bool:
    """Whether a charge can be started with a charging profile (OCPP 1.6, 5.11; not in 1.5, 5.12)."""
    return knows(protocol, Action.SET_CHARGING_PROFILE)


def in_words(protocol: str | None) -> str:
    """What a person reads; empty of a station that never came."""
    return IN_WORDS.get(protocol or "", protocol or "")
