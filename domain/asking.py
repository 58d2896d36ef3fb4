"""Asking a station for something: the one door through which each command of a person or the API comes.

The parameters are checked first by themselves (domain/command_parameters.py) and then against the station
(domain/command_checks.py). Who may ask which station is checked by the caller (portal/roles.py, domain/scope.py). To
ask many stations the same, see domain/batches.py.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from domain import command_checks, commands
from domain.addressees import Addressee
from domain.command_parameters import MODELS, Parameters
from domain.models import Action, Command, Station
from domain.problems import ParametersError as ParametersError
from domain.problems import Problem as Problem
from domain.problems import one

NEVER_WAITING = frozenset({Action.REMOTE_START, Action.REMOTE_STOP, Action.UNLOCK})
"""Somebody stands at the outlet: what happens there hours later would meet another."""


class IfOffline(StrEnum):
    """What becomes of a command to a station that is not connected."""

    FAIL = "fail"
    WAIT = "wait"


def ask(
    db: Session,
    station: Station,
    action: Action,
    parameters: Parameters | Mapping[str, Any],
    user_id: int | None,
    now: datetime,
    if_offline: IfOffline = IfOffline.FAIL,
    batch_id: int | None = None,
) -> Command:
    """Make the command. The caller commits and sends it (`portal.commands.send`). Raises ParametersError.

    A list of tags may take several commands; then this is the last of them, which is accepted only if all were.
    """
    asked = parameters if isinstance(parameters, Parameters) else checked(action, parameters)
    waits = check_waiting(action, if_offline)
    addressee = Addressee(**{name: getattr(station, name) for name in Addressee.__slots__})
    found = command_checks.fit(db, action, asked, [addressee], now)[station.id]
    if isinstance(found, Mapping):
        raise ParametersError(found)
    made = [
        commands.make(
            db, station, action, fit.parameters, user_id, now, fit.outlet_id, fit.charging_session_id, waits, batch_id
        )
        for fit in found
    ]
    return made[-1]


def check_waiting(action: Action, if_offline: IfOffline) -> bool:
    """Whether the command waits for a station that is offline. Raises ParametersError."""
    waits = if_offline is IfOffline.WAIT
    if waits and action in NEVER_WAITING:
        raise ParametersError(one("if_offline", "never_waits", "Must be fail: somebody stands at the outlet now"))
    return waits


def checked(action: Action, parameters: Mapping[str, Any]) -> Parameters:
    """The parameters by themselves, as a form sends them: numbers may be texts. Raises ParametersError."""
    try:
        return MODELS[action].model_validate(dict(parameters))
    except ValidationError as error:
        raise _refused(error) from error


def checked_json(action: Action, parameters: Mapping[str, Any]) -> Parameters:
    """The same as a program sends them: each of just its own JSON type. Raises ParametersError."""
    try:
        return MODELS[action].model_validate_json(json.dumps(parameters), strict=True)
    except ValidationError as error:
        raise _refused(error) from error
    except RecursionError as error:
        raise ParametersError(one("parameters", "too_deep", "Nested too deep")) from error


def _refused(error: ValidationError) -> ParametersError:
    problems: dict[str, list[Problem]] = {}
    for each in error.errors(include_url=False):
        name = ".".join(str(step) for step in each["loc"]) or "parameters"
        message = each["msg"].removeprefix("Value error, ")  # Of a rule of ours: pydantic's own word for it.
        problems.setdefault(name, []).append(Problem(each["type"], message, each.get("ctx", {})))
    return ParametersError(problems)
