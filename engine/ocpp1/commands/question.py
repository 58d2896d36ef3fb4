"""One message to a station: how an order is put into it, and what its answer makes of the command."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.models import Action, CommandState
from domain.reports import Order
from engine.ocpp1.fields import format_at, read_at
from engine.ocpp1.tolerance import Read
from engine.rpc import CallError, ErrorCode
from engine.schemas import Check

Payload = dict[str, Any]
ToPayload = Callable[[Order], Payload]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the station said, in the domain's words; see `CommandReport`."""

    state: CommandState
    outcome: dict[str, Any]


ToVerdict = Callable[[Payload], Verdict]


@dataclass(frozen=True, slots=True)
class Question:
    """Its schemas are found by the action's name; `check` and `read` raise CallError."""

    action: str
    """Its name on the wire."""
    payload: ToPayload
    check: Check
    read: Read
    """What of an answer can be understood, and a remark if that is not all."""
    verdict: ToVerdict


QuestionFor = Callable[[Order], Question]
"""By which message an order goes. Raises CallError for an order that the version has no words for."""


def in_table(table: Mapping[Action, Question], name: str) -> QuestionFor:
    """Each command by one message; `name` is the version's."""

    def question_for(order: Order) -> Question:
        if order.action not in table:
            raise CallError(ErrorCode.NOT_SUPPORTED, f"{name} has no command {order.action}")
        return table[order.action]

    return question_for


class Questions:
    """Makes those of one version."""

    def __init__(self, check: Callable[[str], Check], reader: Callable[[str], Read]) -> None:
        """By action: how its payload is checked, and how its answer is read."""
        self._check = check
        self._reader = reader

    def __call__(self, action: str, payload: ToPayload, verdict: ToVerdict, read: Read | None = None) -> Question:
        return Question(action, payload, self._check(action), read or self._reader(action), verdict)


def nothing(_order: Order) -> Payload:
    return {}


def done(_answer: Payload) -> Verdict:
    """Where any answer means yes."""
    return Verdict(CommandState.ACCEPTED, {})


def by_status(*also_yes: str) -> ToVerdict:
    """Most answers hold one word. "Accepted" means yes and so do these; every other means no."""
    yes = {"Accepted", *also_yes}

    def verdict(answer: Payload) -> Verdict:
        status = answer["status"]
        state = CommandState.ACCEPTED if status in yes else CommandState.REJECTED
        return Verdict(state, {"status": in_domain_words(status)})

    return verdict


def in_domain_words(word: str) -> str:
    """`RebootRequired` is `reboot_required`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in word).lstrip("_")


def renamed(parameters: Mapping[str, Any], names: Mapping[str, str]) -> Payload:
    """Those of the parameters that are there, by their names on the wire."""
    return {wire: parameters[name] for name, wire in names.items() if parameters.get(name) is not None}


def times(parameters: Mapping[str, Any], names: Mapping[str, str]) -> Payload:
    """The same for times."""
    return {wire: format_at(read_at(text, wire)) for wire, text in renamed(parameters, names).items()}


WHOLE_STATION = 0
"""Where a question is not about one connector (3.8)."""


def connector(order: Order) -> int:
    """The connector where one must be named."""
    outlet: int = order.parameters.get("outlet", WHOLE_STATION)
    return outlet
