"""The field of each parameter, made from the model that says what a command needs (domain/command_parameters.py)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le, MaxLen
from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from pydantic import AwareDatetime
from pydantic.fields import FieldInfo
from wtforms import BooleanField, Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import NumberInput, TextInput

from domain.command_parameters import OF_THE_SECURITY_EXTENSION
from portal.forms import ZonedDateTimeField, stripped
from portal.pages.control import words

MOST_RADIOS = 3


@dataclass(frozen=True)
class Offers:
    """What can be chosen among at one station, or at many."""

    outlets: Mapping[int, str] | None = None
    """None where the stations are many."""
    no_outlet: Any = words.WHOLE_STATION
    """What it means that none is chosen."""
    firmware: Mapping[int, str] | None = None
    reservations: Mapping[int, str] | None = None
    suggests_tags: bool = False
    is_secured: bool = True
    """Whether the messages of the security extension are spoken; for many stations each is judged by itself."""


class Needed:
    """Marks a field as needed; that it is, the model says."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, _form: Any, _field: Field) -> None:
        """Nothing."""


class Moment(ZonedDateTimeField):
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("Enter a day and a time.")) from error


class Lines(TextAreaField):
    """Several, one on each line."""

    def process_data(self, value: Any) -> None:
        self.data = "\n".join(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in (self.data or "").splitlines() if line.strip()]


class TagInput(TextInput):
    """A text field that suggests the tags of users."""

    def __call__(self, field: Field, **kwargs: Any) -> Any:
        source = url_for("ChoiceView.tags")
        return super().__call__(field, autocomplete="off", spellcheck="false", data_suggestions=source, **kwargs)


def field_of(name: str, info: FieldInfo, offers: Offers) -> Any:
    """The field of one parameter; what is written in it is checked by the model, not here."""
    if name in SPECIAL:
        made = SPECIAL[name](info, offers)
        if made is not None:
            return made
    kind = _kind(info.annotation)
    about = {"description": words.HELPS.get(name, "")}
    label = words.LABELS[name]
    needed = [Needed()] if info.is_required() else []
    if name in words.CHOICES:
        return choice(
            label, words.CHOICES[name], None if info.is_required() or info.default is not None else "", **about
        )
    if kind is bool:
        return BooleanField(label, **about)
    if kind in (datetime, AwareDatetime):
        return Moment(label, [Optional()], **about)
    if kind in (int, float):
        return StringField(label, needed, filters=[stripped], widget=_number(info, kind), **about)
    return StringField(label, needed, filters=[stripped], **about)


def choice(label: Any, table: Mapping[Any, Any], empty: Any = None, **more: Any) -> Any:
    """A choice among words; `empty` is what the line for none says."""
    choices = [SelectChoice(str(value), text) for value, text in table.items()]
    if empty is not None:
        choices.insert(0, SelectChoice("", empty))
    kind = RadioField if empty is None and len(choices) <= MOST_RADIOS else SelectField
    return kind(label, choices=choices, coerce=_word, validate_choice=False, **more)


def _word(value: Any) -> str:
    """As it stands in a form: what is true or false too."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _kind(annotation: Any) -> Any:
    """The plain type below `Annotated` and `| None`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kind(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return _kind(next(each for each in get_args(annotation) if each is not NoneType))
    if origin is Literal or (isinstance(annotation, type) and issubclass(annotation, StrEnum)):
        return str
    return annotation


def _number(info: FieldInfo, kind: type) -> NumberInput:
    lowest = next((each.ge for each in info.metadata if isinstance(each, Ge)), None)
    highest = next((each.le for each in info.metadata if isinstance(each, Le)), None)
    return NumberInput(step=1 if kind is int else "any", min=lowest, max=highest)


def _outlet(info: FieldInfo, offers: Offers) -> Any:
    if offers.outlets is None:
        return None
    return choice(words.LABELS["outlet"], offers.outlets, None if info.is_required() else offers.no_outlet)


def _tag(_info: FieldInfo, offers: Offers) -> Any:
    widget = TagInput() if offers.suggests_tags else TextInput()
    about = {"description": words.HELPS["id_token"]}
    return StringField(words.LABELS["id_token"], [Needed()], filters=[stripped], widget=widget, **about)


def _firmware(_info: FieldInfo, offers: Offers) -> Any:
    about = {"description": "" if offers.firmware else words.NO_IMAGE}
    return choice(words.LABELS["firmware"], offers.firmware or {}, _l("Choose one"), **about)


def _reservation(_info: FieldInfo, offers: Offers) -> Any:
    return (
        None
        if offers.reservations is None
        else choice(words.LABELS["reservation"], offers.reservations, _l("Choose one"))
    )


def _long(name: str) -> Callable[[FieldInfo, Offers], Any]:
    def field(info: FieldInfo, _offers: Offers) -> Any:
        longest = next((each.max_length for each in info.metadata if isinstance(each, MaxLen)), None)
        return TextAreaField(words.LABELS[name], render_kw={"maxlength": longest}, description=words.HELPS[name])

    return field


def _message(_info: FieldInfo, offers: Offers) -> Any:
    spoken = {
        value: text
        for value, text in words.CHOICES["message"].items()
        if offers.is_secured or value not in OF_THE_SECURITY_EXTENSION
    }
    return choice(words.LABELS["message"], spoken)


SPECIAL: Mapping[str, Callable[[FieldInfo, Offers], Any]] = {
    "outlet": _outlet,
    "id_token": _tag,
    "firmware": _firmware,
    "reservation": _reservation,
    "data": _long("data"),
    "message": _message,
    "keys": lambda _info, _offers: Lines(words.LABELS["keys"], description=words.HELPS["keys"]),
}
"""The parameters whose field is another one than their type would give; None where it is not after all."""
