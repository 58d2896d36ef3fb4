"""The editor of a charging profile: a few fields, and steps that each hold from a time on."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, Form, FormField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import NumberInput

from domain.command_parameters import ChargingProfile
from portal.forms import stripped
from portal.pages.control import words
from portal.pages.control.fields import Offers, field_of

FIRST_FIELDS = ("purpose", "unit")
LAST_FIELDS = ("kind", "start_at", "stack_level", "valid_from", "valid_to")
STEPS_AT_FIRST = 4
MOST_STEPS = 100
CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?")
RECURRING = ("daily", "weekly")


class StepForm(Form):
    """From when on how much may be drawn; without both the line is empty."""

    start = StringField(_l("From"), filters=[stripped], render_kw={"placeholder": "0:00", "size": 6})
    limit = StringField(_l("Limit"), filters=[stripped], widget=NumberInput(step="any", min=0))
    phases = SelectField(
        _l("Phases"),
        choices=[SelectChoice("", _l("all")), SelectChoice("1", "1"), SelectChoice("2", "2"), SelectChoice("3", "3")],
        validate_choice=False,
    )

    @property
    def is_empty(self) -> bool:
        return not self.start.data and not self.limit.data


def fields() -> dict[str, Any]:
    """Those of a profile."""
    made = _made(FIRST_FIELDS)
    made["periods"] = FieldList(
        FormField(StepForm),
        words.LABELS["periods"],
        min_entries=STEPS_AT_FIRST,
        max_entries=MOST_STEPS,
        description=_l("The first begins at 0:00. Hours and minutes after the beginning."),
    )
    return made | _made(LAST_FIELDS)


def _made(names: Iterable[str]) -> dict[str, Any]:
    return {name: field_of(name, ChargingProfile.model_fields[name], Offers()) for name in names}


def profile_of(form: Any) -> dict[str, Any]:
    """What the fields say, in the domain's words; what is no time is left for the model to refuse."""
    told: dict[str, Any] = {name: form[name].data for name in FIRST_FIELDS + LAST_FIELDS}
    if told["kind"] in RECURRING:
        told |= {"kind": "recurring", "recurs": told["kind"]}
    told["periods"] = [_step(entry.form) for entry in filled(form)]
    return {name: value for name, value in told.items() if value not in (None, "")}


def filled(form: Any) -> list[Any]:
    """The lines that say something."""
    return [entry for entry in form["periods"] if not entry.form.is_empty]


def _step(step: StepForm) -> dict[str, Any]:
    told = {"start_seconds": _seconds(step.start.data), "limit": step.limit.data, "phases": step.phases.data}
    return {name: value for name, value in told.items() if value not in (None, "")}


def _seconds(text: str | None) -> int | str:
    found = CLOCK.fullmatch(text or "0:00")
    if found is None:
        return text or ""
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return (hours * 60 + minutes) * 60 + seconds


def flattened(profile: Mapping[str, Any]) -> dict[str, Any]:
    """A profile as the fields hold it: `profile_of` backwards."""
    told = dict(profile)
    told["kind"] = told.pop("recurs", None) or told.get("kind", "relative")
    told["periods"] = [
        {"start": _clock(each["start_seconds"]), "limit": f"{each['limit']:g}", "phases": str(each.get("phases") or "")}
        for each in profile["periods"]
    ]
    return told


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    text = f"{minutes // 60}:{minutes % 60:02}"
    return f"{text}:{rest:02}" if rest else text
