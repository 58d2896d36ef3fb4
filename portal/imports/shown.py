"""An import in the words of the page."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, lazy_gettext, lazy_pgettext

from portal import formats
from portal.imports.columns import Kind, column
from portal.imports.outcomes import WRITING, Change, Outcome, Verdict
from portal.imports.progress import State
from portal.imports.rows import TagRow, UserRow
from portal.imports.waiting import Waiting
from portal.role_words import role_word

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


@dataclass(frozen=True)
class Line:
    """One row of the preview."""

    place: str
    kind: Kind
    name: str
    person: str
    outcome: Outcome
    details: list[tuple[str, str]]
    """Field and text: what changes, or what is wrong."""


def page(waiting: Waiting, outcome: Outcome | None, asked: int) -> tuple[list[Line], int, int]:
    """The lines of a page in the order of the rows, perhaps only those with one outcome; its number, and the last."""
    everything = zip(waiting.all_rows, waiting.verdicts, strict=True)
    rows = [(row, verdict) for row, verdict in everything if outcome in (None, verdict.outcome)]
    last = max(1, -(-len(rows) // PAGE_ROWS))
    number = min(max(asked, 1), last)
    return [line(*each) for each in rows[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]], number, last


def line(row: UserRow | TagRow, verdict: Verdict) -> Line:
    if isinstance(row, UserRow):
        kind, name = Kind.USERS, row.email
        person = " ".join(filter(None, (row.first_name, row.last_name)))
    else:
        kind, name, person = Kind.TAGS, row.tag, row.owner
    details = [(label(kind, problem.field), problem.text) for problem in verdict.problems]
    is_new = verdict.outcome is Outcome.CREATED
    details += [
        (label(kind, change.field), _change(change, is_new)) for change in verdict.changes if _tells(change, is_new)
    ]
    if is_new and kind is Kind.USERS and not any(change.field == "password" for change in verdict.changes):
        details.append((label(kind, "password"), gettext("none yet: the person uses “Forgot the password?”")))
    return Line(row.place, kind, name, person, verdict.outcome, details)


def counts(waiting: Waiting) -> dict[Outcome, int]:
    """Each outcome that there is, in the usual order."""
    counted = Counter(verdict.outcome for verdict in waiting.verdicts)
    return {outcome: counted[outcome] for outcome in Outcome if counted[outcome]}


def writing_count(waiting: Waiting) -> int:
    return sum(verdict.outcome in WRITING for verdict in waiting.verdicts)


def label(kind: Kind, field: str) -> str:
    found = column(kind, field)
    return str(found.label) if found else gettext("The row")


def _tells(change: Change, is_new: bool) -> bool:
    """The names of somebody new stand in the line already."""
    return not (is_new and change.field in ("first_name", "last_name"))


def _change(change: Change, is_new: bool) -> str:
    if change.field == "password":
        return gettext("as in the file") if is_new else gettext("a new one, as in the file")
    if is_new or not change.before:
        return _value(change.field, change.after)
    return f"{_value(change.field, change.before)} → {_value(change.field, change.after)}"


def _value(field: str, text: str) -> str:
    if field == "role":
        return role_word(text)
    if field in ("alarm_email", "blocked"):
        return gettext("yes") if text == "yes" else gettext("no")
    if field in ("valid_from_at", "expires_at") and text:
        return formats.at(datetime.fromisoformat(text))
    return text or gettext("nothing")
