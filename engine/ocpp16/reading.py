"""How payloads of OCPP 1.6 are read: with the schemas that the `ocpp` package ships."""

from engine import schemas
from engine.ocpp1.tolerance import Read, reader_of
from engine.ocpp16 import VERSION


def reader(action: str) -> Read:
    """Of an answer, `action` is such as ResetResponse."""
    return reader_of(schemas.load(VERSION, action))
