"""An import in the words of the page."""

from collections import Counter
from typing import Any

from flask_babel import gettext, lazy_gettext, lazy_pgettext

from portal.imports.outcomes import WRITING, Outcome
from portal.imports.progress import State
from portal.imports.subject import Line, Subject
from portal.imports.waiting import Waiting

PAGE_ROWS = 100

OUTCOME_WORDS = {
    Outcome.CREATED: lazy_gettext("will be created"),
    Outcome.CHANGED: lazy_gettext("will be changed"),
    Outcome.UNCHANGED: lazy_gettext("unchanged"),
    Outcome.REFUSED: lazy_gettext("refused"),
    Outcome.SKIPPED: lazy_gettext("example, skipped"),
}
DONE_WORDS = {
    Outcome.CREATED: lazy_gettext("created"),
    Outcome.CHANGED: lazy_pgettext("import", "changed"),
}
"""Once it is written; the others stay what they were."""

STATE_WORDS = {
    State.QUEUED: lazy_gettext("Waiting for a worker"),
    State.HASHING: lazy_gettext("Passwords are being hashed"),
    State.WRITING: lazy_gettext("Rows are being checked and written"),
    State.DONE: lazy_gettext("All accepted rows were written"),
    State.CANCELLED: lazy_gettext("Cancelled: nothing was written"),
    State.CHANGED: lazy_gettext("Something has changed since the preview: nothing was written"),
    State.EXPIRED: lazy_gettext("The rows had waited for too long: nothing was written"),
    State.FAILED: lazy_gettext("The import broke off: nothing was written"),
}


def page(
    subject: Subject[Any, Any], waiting: Waiting[Any], outcome: Outcome | None, asked: int
) -> tuple[list[Line], int, int]:
    """The lines of a page in the order of the rows, perhaps only those with one outcome; its number, and the last."""
    everything = zip(waiting.rows.everything, waiting.verdicts, strict=True)
    rows = [(row, verdict) for row, verdict in everything if outcome in (None, verdict.outcome)]
    last = max(1, -(-len(rows) // PAGE_ROWS))
    number = min(max(asked, 1), last)
    shown = rows[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]
    return [subject.line(row, verdict) for row, verdict in shown], number, last


def counts(waiting: Waiting[Any]) -> dict[Outcome, int]:
    """Each outcome that there is, in the usual order."""
    counted = Counter(verdict.outcome for verdict in waiting.verdicts)
    return {outcome: counted[outcome] for outcome in Outcome if counted[outcome]}


def writing_count(waiting: Waiting[Any]) -> int:
    return sum(verdict.outcome in WRITING for verdict in waiting.verdicts)


def label(subject: Subject[Any, Any], kind: str, field: str) -> str:
    found = subject.layout.column(kind, field)
    return str(found.label) if found else gettext("The row")
