"""Why a station is not called."""

from domain.models import CommandReason

LONGEST_DETAIL = 200


class NotCalledError(Exception):
    """The station never saw the command."""

    def __init__(self, reason: CommandReason, detail: str | None = None) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail and detail[:LONGEST_DETAIL]
        """What the system said, for those who look after networks."""
