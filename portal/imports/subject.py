"""What an import is of: all in which users and tags differ from the topology."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from flask_babel.speaklater import LazyString
from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import PortalUser
from portal.imports.columns import Layout
from portal.imports.outcomes import Outcome, Verdict
from portal.imports.parsing import Row
from portal.imports.progress import Run
from portal.imports.sheets import Read
from portal.imports.waiting import R, Waiting
from portal.roles import allows


class Plan(Protocol):
    """What would be done for each row."""

    @property
    def verdicts(self) -> list[Verdict]:
        """In the order of the rows."""


P = TypeVar("P", bound=Plan)


@dataclass(frozen=True)
class Line:
    """One row of the preview."""

    place: str
    kind: str
    name: str
    about: str
    """Beside the name: whose or of what it is."""
    outcome: Outcome
    details: list[tuple[str, str]]
    """Field and text: what changes, or what is wrong."""


@dataclass(frozen=True)
class Back:
    """Where one goes from an import."""

    label: LazyString
    endpoint: str


class Subject(ABC, Generic[R, P]):
    name: ClassVar[str]
    """In keys and jobs."""
    view: ClassVar[str]
    """The pages of this import, whose right to confirm is that to import."""
    layout: ClassVar[Layout]
    json: ClassVar[TypeAdapter[Waiting[Any]]]
    """How its rows wait."""
    headings: ClassVar[tuple[LazyString, LazyString]]
    """Over the name of a row and what stands beside it."""
    back: ClassVar[Back]

    @abstractmethod
    def rows(self, files: Iterable[Read], zone: ZoneInfo) -> R:
        """
        Raises:
            UnreadableFileError: a file as a whole is no good.
        """

    def is_open_to(self, db: Session, user_id: int) -> bool:
        """Whether this person may import it now: who confirmed may have lost the role since."""
        importer = db.scalar(select(PortalUser).where(PortalUser.id == user_id, PortalUser.active))
        return importer is not None and importer.role is not None and allows(importer.role, self.view, "can_confirm")

    @abstractmethod
    def plan(self, db: Session, rows: R, user_id: int) -> P:
        """What would become of each row; nothing is written. The queries do not grow with the rows."""

    def prepare(self, run: Run, waiting: Waiting[R]) -> Any:
        """What takes long and needs no transaction; handed on to `write`."""
        return None

    @abstractmethod
    def write(self, db: Session, run: Run, plan: P, prepared: Any) -> None:
        """
        Raises:
            CancelledError: somebody does not want it any more.
            ChangedError: a row cannot be written as it was planned.
        """

    def without_secrets(self, waiting: Waiting[R]) -> Waiting[R]:
        """What may be kept after the end."""
        return waiting

    # In words

    @abstractmethod
    def line(self, row: Row, verdict: Verdict) -> Line:
        """A row of the preview."""

    @abstractmethod
    def named(self, row: Row) -> tuple[str, str]:
        """What a row is and how it is called, for the report: words that a program reads."""

    @abstractmethod
    def examples(self, kind: str, language: str) -> Sequence[Sequence[str]]:
        """The rows of the template, recognised and skipped if they stay in."""

    @abstractmethod
    def choices(self, kind: str, language: str) -> dict[str, Sequence[str]]:
        """The words of those columns that hold one of a few, for Excel to offer."""

    @abstractmethod
    def sheet_names(self) -> dict[str, str]:
        """What the sheets of the template are called, by kind."""
