"""How the messages of a version that is spoken over SOAP are read and checked: by the schemas of its table of types."""

from collections.abc import Callable

from engine import schemas
from engine.ocpp1.commands.question import Questions
from engine.ocpp1.tolerance import Read, reader_of
from ocpp_soap.kinds import Version
from ocpp_soap.schema import schema_of


def reader(version: Version) -> Callable[[str], Read]:
    """By action: how a station's messages are read."""
    return lambda action: reader_of(schema_of(version.central_system.operation(action).request))


def others(version: Version) -> list[str]:
    """The actions that a station does not call."""
    return [each.name for each in version.charge_point.operations]


def questions(version: Version) -> Questions:
    """What a station can be asked."""
    operation = version.charge_point.operation
    return Questions(
        lambda action: schemas.check_of(schema_of(operation(action).request)),
        lambda action: reader_of(schema_of(operation(action).answer)),
    )
