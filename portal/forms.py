"""Forms of records: text that is really text, and what must be unique said in words."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Flask, request
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute
from werkzeug.datastructures import CombinedMultiDict
from wtforms import DateTimeLocalField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError
from wtforms.widgets import TextInput

from domain.writing import is_writable
from portal.database import database
from portal.formats import user_time_zone

if TYPE_CHECKING:
    from portal.edits import Clash

NEEDED = InputRequired(lazy_gettext("This is needed."))


SURE = "sure"
"""The name of the ticks that answer questions."""


@dataclass(frozen=True)
class Question:
    """What is asked once more before a form is saved; a tick answers it, for just what was typed then."""

    key: str
    text: str
    answer: str


class RecordForm(FlaskForm):
    """A form for one kind of record; `record` is the one that is edited."""

    seen = HiddenField()
    """Marks of the values that it was opened with; see portal/edits.py."""

    def __init__(self, *args: Any, record: Any = None, **kwargs: Any) -> None:
        self.record = record
        self.clashes: Sequence[Clash] = ()
        """What somebody else changed since then."""
        super().__init__(*args, **kwargs)
        if record is None:
            del self.seen

    def asks(self) -> Iterable[Question]:
        """What is asked of a form that is right in itself."""
        return ()

    @property
    def questions(self) -> list[Question]:
        """Those that nobody has answered yet."""
        if not self.is_submitted() or self.errors:
            return []
        answered = request.form.getlist(SURE)
        return [question for question in self.asks() if question.key not in answered]

    def beside(self) -> dict[str, tuple[str, str]]:
        """What else must not change unseen: label and value by name."""
        return {}

    def column_of(self, name: str) -> str:
        """The column that a field is kept in."""
        return name

    def populate_obj(self, obj: Any) -> None:
        for name, field in self._fields.items():
            if name != "seen":
                field.populate_obj(obj, name)


def stripped(text: str | None) -> str:
    return (text or "").strip()


def writable(_form: RecordForm, field: Field) -> None:
    if not is_writable(field.data or "", lines=isinstance(field, TextAreaField)):
        raise StopValidation(gettext("This contains characters that cannot be written."))


def text(label: LazyString, longest: int, *validators: Callable, required: bool = False, **kwargs: Any) -> StringField:
    """One line of text, without blanks around it."""
    checks = [writable, Length(max=longest, message=lazy_gettext("At most %(max)d characters."))]
    if required:
        checks.insert(0, NEEDED)
        checks.append(not_blank)
    return StringField(label, [*checks, *validators], filters=[stripped], **kwargs)


class ListedInput(TextInput):
    """One line of text, with what is usual to choose from; anything else may be typed."""

    def __init__(self, usual: Sequence[str]) -> None:
        super().__init__()
        self.usual = usual

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        options = Markup("").join(Markup('<option value="{}"></option>').format(each) for each in self.usual)
        listed = Markup('<datalist id="{}-usual">{}</datalist>').format(field.id, options)
        return super().__call__(field, list=f"{field.id}-usual", **kwargs) + listed


def long_text(label: LazyString, longest: int = 2000) -> TextAreaField:
    checks = [writable, Length(max=longest, message=lazy_gettext("At most %(max)d characters."))]
    return TextAreaField(label, checks, filters=[stripped])


class NoteForm(FlaskForm):
    """What may be said of several things at once."""

    note = long_text(lazy_gettext("Note"))


def not_blank(_form: RecordForm, field: Field) -> None:
    if not field.data:
        raise StopValidation(gettext("This is needed."))


def unique(
    column: InstrumentedAttribute[Any],
    message: LazyString,
    within: Callable[[RecordForm], ColumnElement[bool]] | None = None,
    folded: Callable[[Any], Any] = lambda value: value,
) -> Callable[[RecordForm, Field], None]:
    """No other record has this value; `within` narrows who the others are, `folded` says which values are the same."""

    def check(form: RecordForm, field: Field) -> None:
        model = column.class_
        others = select(model.id).where(folded(column) == folded(field.data))
        if within is not None:
            others = others.where(within(form))
        if form.record is not None:
            others = others.where(model.id != form.record.id)
        if database().scalar(others.limit(1)) is not None:
            raise ValidationError(str(message))

    return check


def number_or_none(written: Any) -> int | None:
    """How a choice among records travels; the empty choice is None."""
    return int(written) if written not in (None, "", "None") else None


class RecordChoice(SelectField):
    """A choice among records, by key; `empty` is the line for none."""

    def __init__(
        self, label: LazyString, validators: Sequence[Callable] = (), *, empty: LazyString, **kwargs: Any
    ) -> None:
        self.empty = empty
        super().__init__(label, validators, coerce=number_or_none, choices=[], **kwargs)

    def offer(self, records: Iterable[tuple[int, str]], group: str | None = None) -> None:
        """Add what can be chosen, perhaps under a heading."""
        self.choices = self.choices or [SelectChoice("", str(self.empty))]
        self.choices += [SelectChoice(str(key), name, optgroup=group) for key, name in records]


def chosen(_form: RecordForm, field: Field) -> None:
    if field.data is None:
        raise StopValidation(gettext("Choose one."))


class ZonedDateTimeField(DateTimeLocalField):
    """A moment, typed and shown in the user's time zone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"format": ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]} | kwargs)

    def process_data(self, value: Any) -> None:
        self.data = value.astimezone(user_time_zone()) if value else None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = self.data.replace(tzinfo=ZoneInfo(user_time_zone().key))


_all_sent = FlaskForm.Meta.wrap_formdata


def _sent(meta: Any, form: FlaskForm, formdata: Any) -> Any:
    """What was sent, without files: no form of ours has a field for one (uploads are read from the request)."""
    found = _all_sent(meta, form, formdata)
    return (request.form or None) if isinstance(found, CombinedMultiDict) else found


def init_app(_app: Flask) -> None:
    """On the base of all forms, for those that are no record's too."""
    FlaskForm.Meta.wrap_formdata = _sent
