"""The form of a command: made from the model of its parameters, filled in, read, and told what is wrong."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from domain.asking import NEVER_WAITING, IfOffline
from domain.command_parameters import MODELS
from domain.models import Action
from domain.problems import Problems
from portal.pages.control import schedule
from portal.pages.control.fields import Lines, Offers, field_of
from portal.problem_words import in_words

LEFT_OUT = {"charging_session", "profile"}
"""The charge follows from the outlet; a profile has fields of its own, and none of a start."""
SECURED_ALONE = {"extended", "install_at"}
"""What means something to the security extension alone."""
FIELD_OF_STEP = {"start_seconds": "start"}
MOMENTS = {"expires_at", "install_at", "retrieve_at", "since", "start_at", "until", "valid_from", "valid_to"}


class CommandForm(FlaskForm):
    """What is common to all."""

    action: Action

    @property
    def has_profile(self) -> bool:
        return "periods" in self

    def parameters(self) -> dict[str, Any]:
        """What was written, in the domain's words; the model checks it."""
        told = {name: _value(self[name]) for name in MODELS[self.action].model_fields if name in self}
        if self.has_profile:
            told["profile"] = schedule.profile_of(self)
        return {name: value for name, value in told.items() if value not in (None, "", [])}

    def wait_or_fail(self) -> IfOffline:
        waits = "if_offline" in self and self["if_offline"].data == IfOffline.WAIT
        return IfOffline.WAIT if waits else IfOffline.FAIL

    def tell(self, problems: Problems) -> None:
        """Say at each field what is wrong with it, and what belongs to none at the head."""
        for name, some in problems.items():
            field = self._field(name)
            # Where each step is wrong, the model finds none that is right.
            is_about_parts = any(other.startswith(f"{name}.") for other in problems)
            texts = [in_words(problem) for problem in some if not (is_about_parts and problem.word == "too_short")]
            if field is None:
                self.form_errors += texts
            else:
                field.errors = [*field.errors, *texts]

    def _field(self, name: str) -> Any:
        """The field of a problem such as `profile.periods.0.limit`."""
        steps = name.split(".")
        if steps[0] == "profile" and self.has_profile:
            steps = steps[1:] or ["periods"]
        if steps[0] == "recurs":
            steps[0] = "kind"
        if steps[0] not in self:
            return None
        field = self[steps[0]]
        if steps[0] != "periods" or len(steps) < 3:
            return field
        entry = schedule.filled(self)[int(steps[1])].form
        return entry[FIELD_OF_STEP.get(steps[2], steps[2])]


def form_for(action: Action, offers: Offers) -> type[CommandForm]:
    """The form's class, with a field for each parameter."""
    model = MODELS[action].model_fields
    left_out = LEFT_OUT if offers.is_secured else LEFT_OUT | SECURED_ALONE
    fields = {name: field_of(name, info, offers) for name, info in model.items() if name not in left_out}
    if action is Action.SET_CHARGING_PROFILE:
        fields |= schedule.fields()
    if action not in NEVER_WAITING:
        fields["if_offline"] = RadioField(
            _l("If the station is offline"),
            choices=[
                SelectChoice(IfOffline.FAIL.value, _l("Fail at once")),
                SelectChoice(IfOffline.WAIT.value, _l("Wait until it is back")),
            ],
            default=IfOffline.FAIL.value,
            validate_choice=False,
        )
    return type("ActionForm", (CommandForm,), {"action": action, **fields})


def filled_in(action: Action, parameters: Mapping[str, Any], *, waits: bool = False) -> dict[str, Any]:
    """What a form begins with, for a command that was or is to be asked with these."""
    told = {name: info.default for name, info in MODELS[action].model_fields.items() if not info.is_required()}
    told |= parameters
    if action is Action.SET_CHARGING_PROFILE:
        usual = {"purpose": "default", "kind": "relative", "unit": "A", "stack_level": 0}
        profile = told.pop("profile", None)
        told |= usual | (schedule.flattened(profile) if profile else {})
    for name, value in told.items():
        if name in MOMENTS:
            told[name] = datetime.fromisoformat(value) if isinstance(value, str) else value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            told[name] = f"{value:g}" if isinstance(value, float) else str(value)
    return told | {"if_offline": IfOffline.WAIT.value if waits else IfOffline.FAIL.value}


def _value(field: Any) -> Any:
    if isinstance(field, Lines):
        return field.lines
    return field.data
