"""The commands that a station of OCPP 1.6 understands (chapter 5), in one table.

To add one, write how its payload is built and how its answer is read, and add its line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.models import Action, CommandState
from engine import schemas
from engine.ocpp16.routes import VERSION
from engine.schemas import Check

Parameters = Mapping[str, Any]
Payload = dict[str, Any]
ToPayload = Callable[[Parameters], Payload]
ToState = Callable[[Payload], CommandState]


@dataclass(frozen=True, slots=True)
class Question:
    """How one command is said, and how its answer is read. Both checks raise CallError."""

    action: str
    check: Check
    check_answer: Check
    payload: ToPayload
    state: ToState


def remote_start(parameters: Parameters) -> Payload:
    """RemoteStartTransaction (5.11)."""
    return {"connectorId": parameters["outlet"], "idTag": parameters["id_token"]}


def remote_stop(parameters: Parameters) -> Payload:
    """RemoteStopTransaction (5.12): our number of the charge is the station's transactionId."""
    return {"transactionId": parameters["charging_session"]}


def by_status(answer: Payload) -> CommandState:
    """Most answers hold one word, and all but one of the words mean no."""
    return CommandState.ACCEPTED if answer["status"] == "Accepted" else CommandState.REJECTED


TABLE: Mapping[Action, tuple[str, ToPayload, ToState]] = {
    Action.REMOTE_START: ("RemoteStartTransaction", remote_start, by_status),
    Action.REMOTE_STOP: ("RemoteStopTransaction", remote_stop, by_status),
}

QUESTIONS = {
    action: Question(name, schemas.check(VERSION, name), schemas.check(VERSION, f"{name}Response"), payload, state)
    for action, (name, payload, state) in TABLE.items()
}
