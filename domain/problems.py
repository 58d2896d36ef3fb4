"""What is wrong with a command that somebody wants to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.errors import DomainError


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one parameter: a word for the screen, and an English sentence for the API."""

    word: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """The numbers and names in the sentence, by which the screen says the same."""


Problems = Mapping[str, Sequence[Problem]]
"""By the name of the parameter, such as `profile.periods.0`; `action` and `if_offline` are names too."""


class ParametersError(DomainError):
    """A command cannot be asked like this."""

    def __init__(self, problems: Problems) -> None:
        super().__init__("; ".join(f"{name}: {problem.message}" for name, some in problems.items() for problem in some))
        self.problems = problems


def one(name: str, word: str, message: str, **values: Any) -> Problems:
    """The only thing that is wrong."""
    return {name: [Problem(word, message.format(**values), values)]}
