"""Users and tags as the subject of an import, and its rows in words."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from portal import formats
from portal.imports.outcomes import Change, Outcome, Verdict
from portal.imports.parsing import Row
from portal.imports.progress import Run
from portal.imports.sheets import Read
from portal.imports.shown import label
from portal.imports.subject import Back, Line, Subject
from portal.imports.users import writing
from portal.imports.users.columns import LAYOUT, ROLE_NAMES, Kind
from portal.imports.users.examples import examples
from portal.imports.users.plan import Plan, plan
from portal.imports.users.rows import Rows, TagRow, UserRow, rows_of
from portal.imports.users.writing import Hashes
from portal.imports.waiting import Waiting
from portal.role_words import role_word


class UsersAndTags(Subject[Rows, Plan]):
    name = "users"
    view = "ImportUsersView"
    layout = LAYOUT
    json = TypeAdapter(Waiting[Rows])
    headings = (lazy_gettext("E-mail or tag"), lazy_gettext("Name or owner"))
    back = Back(lazy_gettext("Users"), "UserView.list")

    def rows(self, files: Iterable[Read], zone: ZoneInfo) -> Rows:
        return rows_of(files, zone)

    def plan(self, db: Session, rows: Rows, user_id: int) -> Plan:
        return plan(db, rows, user_id)

    def prepare(self, run: Run, waiting: Waiting[Rows]) -> Hashes:
        return writing.hashed(run, waiting.rows, waiting.verdicts)

    def write(self, db: Session, run: Run, plan: Plan, prepared: Any) -> None:
        writing.write(db, run, plan, prepared)

    def without_secrets(self, waiting: Waiting[Rows]) -> Waiting[Rows]:
        users = [replace(row, password=None) for row in waiting.rows.users]
        return replace(waiting, rows=replace(waiting.rows, users=users))

    def line(self, row: Row, verdict: Verdict) -> Line:
        if isinstance(row, UserRow):
            kind, name = Kind.USERS, row.email
            person = " ".join(filter(None, (row.first_name, row.last_name)))
        else:
            assert isinstance(row, TagRow)  # noqa: S101 - there is no third kind
            kind, name, person = Kind.TAGS, row.tag, row.owner
        details = [(label(self, kind, problem.field), problem.text) for problem in verdict.problems]
        is_new = verdict.outcome is Outcome.CREATED
        details += [
            (label(self, kind, change.field), _change(change, is_new))
            for change in verdict.changes
            if _is_told(change, is_new)
        ]
        if is_new and kind is Kind.USERS and not any(change.field == "password" for change in verdict.changes):
            without = gettext("none yet: the person uses “Forgot the password?”")
            details.append((label(self, kind, "password"), without))
        return Line(row.place, kind, name, person, verdict.outcome, details)

    def named(self, row: Row) -> tuple[str, str]:
        if isinstance(row, UserRow):
            return "user", row.email
        assert isinstance(row, TagRow)  # noqa: S101 - there is no third kind
        return "tag", row.tag

    def examples(self, kind: str, language: str) -> Sequence[Sequence[str]]:
        return examples(Kind(kind), language)

    def choices(self, kind: str, language: str) -> dict[str, Sequence[str]]:
        return {"role": [names[language] for names in ROLE_NAMES.values()]} if kind == Kind.USERS else {}

    def sheet_names(self) -> dict[str, str]:
        return {Kind.USERS: gettext("Users"), Kind.TAGS: gettext("Tags")}


def _is_told(change: Change, is_new: bool) -> bool:
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
