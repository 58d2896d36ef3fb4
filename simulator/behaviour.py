"""How a station answers the central system: as it should, or in one of the ways in which real ones fail.

Told for each action, or for all with `*`: `Reset=silent,UnlockConnector=late:5,*=refuses`.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

ALL = "*"
LATE_SECONDS = 5.0
Payload = dict[str, Any]


class Manner(StrEnum):
    REFUSES = "refuses"
    """Says no, in the words that OCPP has for it."""
    SILENT = "silent"
    LATE = "late"
    """Obeys and answers, after a pause."""
    ERROR = "error"
    """Answers with a CALLERROR; over SOAP with a fault."""
    WRONG_PAYLOAD = "wrong_payload"
    BROKEN = "broken"
    """Breaks off in the middle of the answer, so that it is no JSON and no XML."""
    WRONG_ID = "wrong_id"
    WRONG_NAMESPACE = "wrong_namespace"
    """Over SOAP alone, as are the following, up to the statuses of HTTP."""
    WRONG_SOAP = "wrong_soap"
    """Answers in SOAP 1.1."""
    EMPTY = "empty"
    HTTP_404 = "http_404"
    HTTP_500 = "http_500"
    LEAVES = "leaves"
    """Cuts the line in place of an answer."""


@dataclass(frozen=True)
class Behaviour:
    """The manner of each action that is not answered as it should be, and for the late ones the pause."""

    manners: Mapping[str, tuple[Manner, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> "Behaviour":
        """Raises ValueError with a sentence."""
        manners = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            action, _, told = part.partition("=")
            manner, _, seconds = told.partition(":")
            if manner not in list(Manner):
                raise ValueError(f"{part!r} is no behaviour; one looks like Reset=silent, out of {', '.join(Manner)}.")
            manners[action] = (Manner(manner), float(seconds or LATE_SECONDS))
        return cls(manners)

    def check(self, possible: Container[Manner]) -> None:
        """Raises ValueError with a sentence where the protocol has no such wrong answers."""
        for manner, _ in self.manners.values():
            if manner not in COMMON and manner not in possible:
                raise ValueError(f"In this protocol nobody can answer {manner}.")

    def towards(self, action: str) -> tuple[Manner, float] | None:
        return self.manners.get(action, self.manners.get(ALL))


COMMON = frozenset({Manner.REFUSES, Manner.SILENT, Manner.LATE, Manner.ERROR, Manner.LEAVES})
"""Whatever the protocol."""

ERROR_FRAME = '[4,{id},"GenericError","told to refuse everything",{{}}]'
WRONG_FRAMES: Mapping[Manner, str] = {
    Manner.WRONG_PAYLOAD: '[3,{id},{{"status":"Perhaps","listVersion":"three"}}]',
    Manner.BROKEN: '[3,{id},{{"status":',
    Manner.WRONG_ID: '[3,"nobody asked this",{{"status":"Accepted"}}]',
}
"""Of OCPP-J; those of SOAP are in `soap/wrong.py`."""


REFUSALS: Mapping[str, Payload] = {
    "UnlockConnector": {"status": "UnlockFailed"},
    "SendLocalList": {"status": "Failed"},
    "GetLocalListVersion": {"listVersion": -1},
    "ClearChargingProfile": {"status": "Unknown"},
    # These can only be agreed to: without a file there is nothing to upload, and firmware fails later.
    "GetDiagnostics": {},
    "UpdateFirmware": {},
}


def refusal(action: str, payload: Payload) -> Payload:
    """The payload that says no; a question for parameters is answered with the ones that one does not have."""
    if action == "GetConfiguration":
        return {"unknownKey": payload.get("key", [])}
    return REFUSALS.get(action, {"status": "Rejected"})
