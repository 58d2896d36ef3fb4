"""What an envelope says of itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Header:
    """What a message says of itself; what it left out is None."""

    identity: str | None = None
    message_id: str | None = None
    """As it was sent; not always a URN."""
    from_address: str | None = None
    """Where the sender says that it can be called."""
