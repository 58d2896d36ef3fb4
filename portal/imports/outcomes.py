"""What becomes of a row."""

from dataclasses import dataclass, field
from enum import StrEnum

from portal.imports.problems import Problem


class Outcome(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    SKIPPED = "skipped"
    """An example of the template that was left in."""


WRITING = frozenset((Outcome.CREATED, Outcome.CHANGED))
"""Those after which something else stands in the database."""


@dataclass(frozen=True)
class Change:
    """One field that would change. Of a password neither side is told."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Verdict:
    """A row's outcome: what would change, or what is wrong."""

    outcome: Outcome
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def verdict(changes: list[Change], problems: list[Problem], is_new: bool) -> Verdict:
    if problems:
        return Verdict(Outcome.REFUSED, problems=problems)
    if is_new:
        return Verdict(Outcome.CREATED, changes)
    return Verdict(Outcome.CHANGED if changes else Outcome.UNCHANGED, changes)
