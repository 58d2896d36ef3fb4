"""Asking a station for something: the one door through which each command of a person or the API comes.

The parameters are checked first by themselves (domain/command_parameters.py) and then against the station: its outlets,
its charges, its reservations. Who may ask which station is checked by the caller (portal/roles.py, domain/scope.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import commands
from domain.command_parameters import MODELS, Parameters
from domain.errors import DomainError
from domain.models import Action, Command, Outlet, Station


class IfOffline(StrEnum):
    """What becomes of a command to a station that is not connected."""

    FAIL = "fail"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one parameter: a word for the screen, and an English sentence for the API."""

    word: str
    message: str


class ParametersError(DomainError):
    """A command cannot be asked like this; the problems by the name of the parameter, such as `profile.periods.0`."""

    def __init__(self, problems: Mapping[str, list[Problem]]) -> None:
        super().__init__("; ".join(f"{name}: {problem.message}" for name, some in problems.items() for problem in some))
        self.problems = problems


def ask(
    db: Session,
    station: Station,
    action: Action,
    parameters: Mapping[str, Any],
    user_id: int | None,
    now: datetime,
    if_offline: IfOffline = IfOffline.FAIL,
    batch_id: int | None = None,
) -> Command:
    """Make the command. The caller commits and sends it (`portal.commands.send`). Raises ParametersError."""
    asked = checked(action, parameters)
    outlet = getattr(asked, "outlet", None)
    return commands.make(
        db,
        station,
        action,
        asked.model_dump(mode="json", exclude_none=True),
        user_id,
        now,
        outlet_id=None if outlet is None else _outlet_id(db, station, outlet),
        waits=if_offline is IfOffline.WAIT,
        batch_id=batch_id,
    )


def checked(action: Action, parameters: Mapping[str, Any]) -> Parameters:
    """The parameters by themselves. Raises ParametersError."""
    try:
        return MODELS[action].model_validate(dict(parameters))
    except ValidationError as error:
        problems: dict[str, list[Problem]] = {}
        for each in error.errors(include_url=False):
            name = ".".join(str(step) for step in each["loc"]) or "parameters"
            problems.setdefault(name, []).append(Problem(each["type"], each["msg"]))
        raise ParametersError(problems) from error


def _outlet_id(db: Session, station: Station, number: int) -> int:
    outlet_id = db.scalar(select(Outlet.id).where(Outlet.station_id == station.id, Outlet.number == number))
    if outlet_id is None:
        problem = Problem("no_such_outlet", f"The station has no outlet {number}")
        raise ParametersError({"outlet": [problem]})
    return outlet_id
