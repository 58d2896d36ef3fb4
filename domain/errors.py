"""What can go wrong in the domain. The edges turn these into a message, a CALLERROR or a SOAP fault."""


class DomainError(Exception):
    """A rule was broken; the text says which, in words a user understands."""


class HasChildrenError(DomainError):
    """A node cannot be removed while others stand below it."""

    def __init__(self, children: list[str]) -> None:
        super().__init__(", ".join(children))
        self.children = children


class GoneError(DomainError):
    """What a command speaks of is not there any more; it cannot be sent."""
