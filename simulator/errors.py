"""What can go wrong between a simulated station and the central system."""

from ocpp.exceptions import OCPPError, UnknownCallErrorCodeError


class SimulatorError(Exception):
    """Each message is one sentence that can be shown to a person."""


class NoLine(SimulatorError):
    """The WebSocket could not be opened."""

    def __init__(self, sentence: str, http_status: int | None = None) -> None:
        super().__init__(sentence)
        self.http_status = http_status


class LineLost(SimulatorError):
    """The WebSocket is gone; a call in flight may or may not have been heard."""

    def __init__(self) -> None:
        super().__init__("The line to the central system was lost.")


class NoAnswer(SimulatorError):
    """A call was sent and nothing came back in time."""

    def __init__(self, action: str, seconds: float) -> None:
        super().__init__(f"No answer to {action} within {seconds:g} s.")


REFUSALS = (OCPPError, UnknownCallErrorCodeError, NoAnswer)
"""A call that the line carried but that brought no proper reply: CALLERROR, an invalid reply, silence."""


def reason_of(error: Exception) -> str:
    """In words for a person, without the details that a CALLERROR carries for programs."""
    if isinstance(error, OCPPError):
        return f"{error.code}, {error.description}".removesuffix(", ").removesuffix(".") + "."
    return str(error)
