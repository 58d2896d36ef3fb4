"""Two who edit the same record: the second is told what the first changed, and loses nothing typed.

Theory. A form carries, hidden, a mark of each value that it was opened with. When it is sent, the marks are compared
with the record, which is locked by then. A value that only the other one changed is taken over; where both changed the
same, the form keeps what was typed, and a tick takes the other's instead. Either way the form is shown once more, with
new marks, before anything is written: whoever saves then does so knowingly. Only what stands in the form is compared,
so that what stations report is no edit.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import orjson
from flask import request
from flask_babel import gettext
from wtforms import BooleanField, Field, FileField, HiddenField, PasswordField, SelectField, SelectMultipleField
from wtforms.csrf.core import CSRFTokenField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField

from domain import who_changed
from domain.models import PortalUser
from domain.who_changed import Deed
from portal import formats
from portal.choices import SearchedChoice
from portal.database import database
from portal.forms import RecordForm
from portal.views.audit_entry_words import actor

TAKEN = "theirs"
"""The name of the ticks by which the other's values are taken."""
MARK_LETTERS = 16
UNWATCHED = (CSRFTokenField, HiddenField, PasswordField, FileField)
EMPTY = "–"


@dataclass(frozen=True)
class Clash:
    """One value that somebody else changed since the form was opened."""

    name: str
    label: str
    theirs: str
    mine: str | None
    """What was typed, if that is another change of the same."""
    who: str
    at: str


def settle(form: RecordForm, kind: str) -> None:
    """Mark the form of a record, or compare its marks if it was sent; what is found stands in `form.clashes`."""
    if not form.is_submitted():
        form.seen.data = _marks(form)
        return
    taken = request.form.getlist(TAKEN)
    for field in _watched(form):
        if field.name in taken:
            _take_theirs(field)
    form.clashes = _clashes(form, kind, _read(form.seen.data))
    if form.clashes:
        form.seen.data = _marks(form)


def _clashes(form: RecordForm, kind: str, seen: Mapping[str, str]) -> list[Clash]:
    changed = [field for field in _watched(form) if _has_changed(seen, field.name, _theirs(field))]
    beside = [(name, *said) for name, said in form.beside().items() if _has_changed(seen, name, said[1])]
    if not changed and not beside:
        return []
    deeds = who_changed.by_column(database(), kind, form.record.id)
    names = _names(deeds)
    found = []
    for field in changed:
        mine = None
        if field.process_errors or _mark(_mine(field)) not in (seen[field.name], _mark(_theirs(field))):
            mine = _typed(field)
        else:
            _take_theirs(field)
        who = _told(deeds.get(form.column_of(field.name)), names)
        found.append(Clash(field.name, str(field.label.text), _in_words(field, _theirs(field)), mine, *who))
    for name, label, value in beside:
        found.append(Clash(name, label, value, None, *_told(deeds.get(form.column_of(name)), names)))
    return found


def _has_changed(seen: Mapping[str, str], name: str, now: Any) -> bool:
    """What the form did not have when it was opened was not seen to be otherwise."""
    return name in seen and seen[name] != _mark(now)


def deletion(kind: str, object_id: int) -> str | None:
    """Who deleted a record and when, in words, if somebody did."""
    deed = who_changed.deletion(database(), kind, object_id)
    if deed is None:
        return None
    who, at = _told(deed, _names({"": deed}))
    return gettext("%(who)s deleted it at %(at)s.", who=who, at=at)


def typed_in(form: type[RecordForm]) -> list[tuple[str, str]]:
    """What was sent in the fields of a form, just as it was: label and value."""
    found = []
    for name in request.form:
        field = getattr(form, name, None)
        if not isinstance(field, UnboundField) or issubclass(field.field_class, UNWATCHED):
            continue
        value = ", ".join(filter(None, request.form.getlist(name)))
        label = field.args[0] if field.args else field.kwargs.get("label", name)
        found += [(str(label), value)] if value else []
    return found


# Values


def _watched(form: RecordForm) -> Iterator[Field]:
    return (field for field in form if not isinstance(field, UNWATCHED))


def _theirs(field: Field) -> Any:
    """What the record holds."""
    return bool(field.object_data) if isinstance(field, BooleanField) else field.object_data


def _mine(field: Field) -> Any:
    """What was typed, even if it stands for nothing."""
    return field.written if isinstance(field, SearchedChoice) and field.data is None else field.data


def _marks(form: RecordForm) -> str:
    marks = {field.name: _mark(_theirs(field)) for field in _watched(form)}
    return orjson.dumps(marks | {name: _mark(value) for name, (_, value) in form.beside().items()}).decode()


def _read(sent: str | None) -> Mapping[str, str]:
    """A form without marks, which a program may send, knows what it does."""
    try:
        found = orjson.loads(sent or "{}")
    except orjson.JSONDecodeError:
        return {}
    return {name: str(mark) for name, mark in found.items()} if isinstance(found, dict) else {}


def _mark(value: Any) -> str:
    return hashlib.sha256(_plain(value).encode(errors="surrogatepass")).hexdigest()[:MARK_LETTERS]


def _plain(value: Any) -> str:
    """The same for what a form would write and read as the same."""
    match value:
        case None:
            return ""
        case Enum():
            return _plain(value.value)
        case str():
            return value.replace("\r\n", "\n").strip()
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="minutes")
        case list() | tuple() | set() | frozenset():
            return "\n".join(sorted(map(_plain, value)))
        case _:
            return str(value)


def _take_theirs(field: Field) -> None:
    """As if the record's own value had been sent."""
    field.raw_data, field.process_errors = None, []
    field.process_data(field.object_data)
    for convert in field.filters:
        field.data = convert(field.data)
    written = field._value() if hasattr(field, "_value") else field.data
    several = written if isinstance(written, list | tuple) else [] if written is None else [written]
    field.raw_data = [_plain(each) for each in several]


# Words


def _typed(field: Field) -> str:
    if field.process_errors:
        return ", ".join(map(str, field.raw_data or ())) or EMPTY
    return _in_words(field, _mine(field))


def _in_words(field: Field, value: Any) -> str:
    if value is None or value in ("", [], ()):
        return _choices(field).get("", EMPTY)
    if isinstance(value, bool):
        return _choices(field).get(str(value)) or (gettext("yes") if value else gettext("no"))
    if isinstance(value, datetime):
        return formats.at(value)
    if isinstance(field, SearchedChoice):
        return field.text_of(value) or EMPTY if isinstance(value, int) else value
    several: Sequence[Any] = value if isinstance(value, list | tuple) else (value,)
    return ", ".join(_choices(field).get(_plain(each), _plain(each)) for each in several)


def _choices(field: Field) -> Mapping[str, str]:
    """The label of each choice, by what the form reads it as."""
    if not isinstance(field, SelectField | SelectMultipleField):
        return {}
    pairs = ((each.value, each.label) if isinstance(each, SelectChoice) else each[:2] for each in field.choices or ())
    return {_plain(field.coerce(value)): str(label) for value, label in pairs}


def _names(deeds: Mapping[str, Deed]) -> Mapping[int, str]:
    ids = {deed.user_id for deed in deeds.values() if deed.user_id is not None}
    found = (database().get(PortalUser, user_id) for user_id in ids)
    return {user.id: str(user) for user in found if user is not None}


def _told(deed: Deed | None, names: Mapping[int, str]) -> tuple[str, str]:
    """Who and when."""
    if deed is None:
        return gettext("somebody"), ""
    return actor(deed.user_id, deed.address, names), formats.at(deed.at)
