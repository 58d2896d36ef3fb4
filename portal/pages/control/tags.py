"""The tag that somebody typed for a station, as that station is to be told it."""

from typing import Any

from sqlalchemy.orm import Session

from domain import authorization
from domain.id_tokens import TagError, checked, identity_of
from domain.models import Station
from domain.problems import ParametersError, one
from portal.tag_words import FAULTS

TAGS = ("id_token", "parent_token")


def written_for(db: Session, station: Station, parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters with each tag in the station's writing; a text that is no number stays as it is.

    Raises ParametersError.
    """
    return parameters | {name: _written(db, station, name, parameters[name]) for name in TAGS if parameters.get(name)}


def _written(db: Session, station: Station, name: str, typed: str) -> str:
    try:
        identity = identity_of(checked(typed))
    except TagError as error:
        raise ParametersError(one(name, error.fault.name.lower(), str(FAULTS[error.fault]))) from error
    return authorization.written_for_station(db, station.id, identity) if identity.isdecimal() else typed
