"""A secret in a command (`value` of a parameter such as AuthorizationKey) is encrypted from when it is asked for.

It is in the clear in the frame to the station alone: a command may wait for days, and one that is never answered stays.
What is shown of it is a mask either way (domain/secret_parameters.py).
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from domain.errors import GoneError
from domain.models import Command
from domain.secret_parameters import MASK, is_secret
from domain.secrets import UnreadableSecretError, decrypt, encrypt

SEAL = "sealed:"

Parameters = dict[str, Any]


def sealed(parameters: Parameters) -> Parameters:
    """The parameters of a command as they are stored, made of what was typed: a text that looks sealed is a text."""
    value = parameters.get("value")
    if not value or value == MASK or not _is_secret(parameters):
        return parameters
    return {**parameters, "value": SEAL + encrypt(value)}


def unsealed(parameters: Parameters) -> Parameters:
    """The parameters as they were typed, to ask the same once more. Raises UnreadableSecretError."""
    return {**parameters, "value": value_of(parameters)} if "value" in parameters else parameters


def value_of(parameters: Parameters) -> str | None:
    """The value in the clear; None if there is none. Raises UnreadableSecretError."""
    value: str | None = parameters.get("value")
    is_sealed = value is not None and value.startswith(SEAL) and _is_secret(parameters)
    return decrypt(value.removeprefix(SEAL)) if value and is_sealed else value


def opened(_db: Session, command: Command, _now: datetime) -> Parameters:
    """What an order is told in place of it. Raises GoneError."""
    try:
        return {"value": value_of(command.parameters)}
    except UnreadableSecretError as error:
        raise GoneError(str(error)) from error


def _is_secret(parameters: Parameters) -> bool:
    return is_secret(str(parameters.get("key")))
