"""What a program sends to ask something of stations: `{"action": "reset", "type": "hard", "if_offline": "wait"}`."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, TypeVar

from domain.asking import IfOffline, ParametersError, checked_json
from domain.command_parameters import Parameters
from domain.models import Action
from portal.api.body import json_body
from portal.api.errors import refuse

Word = TypeVar("Word", bound=StrEnum)


def json_object() -> dict[str, Any]:
    """The body; 422 for JSON that is something else."""
    body = json_body()
    return body if isinstance(body, dict) else refuse(422, {"_schema": ["Invalid input type."]})


def asked(body: dict[str, Any]) -> tuple[Action, Parameters, IfOffline]:
    """What is to be asked; 422 with the name of what is wrong."""
    parameters = dict(body)
    if "action" not in parameters:
        refuse(422, {"action": ["Missing data for required field."]})
    action = _one_of(Action, "action", parameters.pop("action"))
    if_offline = _one_of(IfOffline, "if_offline", parameters.pop("if_offline", IfOffline.FAIL.value))
    with refusing():
        return action, checked_json(action, parameters), if_offline


def _one_of(words: type[Word], name: str, value: Any) -> Word:
    try:
        return words(value)
    except ValueError:
        refuse(422, {name: [f"Must be one of: {', '.join(words)}."]})


@contextmanager
def refusing() -> Iterator[None]:
    """Says what is wrong with the parameters, by name."""
    try:
        yield
    except ParametersError as error:
        refuse(422, {name: [problem.message for problem in some] for name, some in error.problems.items()})
