"""The form of a regular export: when it is due, and where it goes."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, PasswordField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional, StopValidation

from config import get_settings
from domain.export_schedules import HOURS, LONGEST_MONTH
from domain.models import ExportEvery, ExportSchedule, ExportTarget
from domain.models.export import LONGEST_TITLE
from portal.export_words import DAYS, EVERY, TARGETS
from portal.exports import LABELS
from portal.exports.targets import DeliveryError
from portal.exports.targets.folder import folder_of
from portal.forms import text
from portal.mail.sending import can_send

HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9a-fA-F:]{2,45}")
SERVERS = (ExportTarget.SFTP, ExportTarget.FTPS)


def _host(form: "ScheduleForm", field: Any) -> None:
    if form.chosen_target not in SERVERS:
        raise StopValidation
    if not HOST.fullmatch(field.data or ""):
        raise StopValidation(_("Write the name of the server, such as files.example.com."))


def _account(form: "ScheduleForm", field: Any) -> None:
    if form.chosen_target in SERVERS and not field.data:
        raise StopValidation(_("This is needed."))


def _folder(form: "ScheduleForm", field: Any) -> None:
    if form.chosen_target is not ExportTarget.FOLDER:
        return
    try:
        folder_of(field.data or "")
    except DeliveryError:
        raise StopValidation(_("This folder leads outside of the one for exports.")) from None


class ScheduleForm(FlaskForm):
    name = text(_l("Name"), LONGEST_TITLE, required=True)
    file_type = SelectField(_l("File"))
    every = SelectField(_l("How often"), choices=[SelectChoice(*each) for each in EVERY.items()])
    weekday = SelectField(
        _l("Day of the week"), coerce=int, choices=[SelectChoice(*each) for each in DAYS.items()], default=1
    )
    month_day = SelectField(
        _l("Day of the month"),
        coerce=int,
        choices=[SelectChoice(day, str(day)) for day in range(1, LONGEST_MONTH + 1)],
        default=1,
        description=_l("A shorter month has it on its last day."),
    )
    hour = SelectField(
        _l("At"), coerce=int, choices=[SelectChoice(hour, f"{hour:02}:00") for hour in range(HOURS)], default=6
    )
    target = SelectField(_l("Goes to"))
    host = text(_l("Server"), 255, _host)
    port = IntegerField(_l("Port"), [Optional(), NumberRange(1, 65535, _l("A port lies between 1 and 65535."))])
    account = text(_l("Account"), 200, _account)
    password = PasswordField(_l("Password"), [Length(max=500)], render_kw={"autocomplete": "new-password"})
    directory = text(_l("Folder"), 500, _folder)

    def __init__(self, file_types: Sequence[str], schedule: ExportSchedule | None = None) -> None:
        super().__init__(data=_values(schedule) if schedule else None)
        self.file_type.choices = [SelectChoice(name, LABELS[name]) for name in file_types]
        offered = [target for target in ExportTarget if is_offered(target) or (schedule and schedule.target is target)]
        self.target.choices = [SelectChoice(target.value, TARGETS[target]) for target in offered]
        if schedule is not None and schedule.sealed_password:
            self.password.description = _("Leave it empty to keep the one there is.")

    @property
    def chosen_target(self) -> ExportTarget | None:
        """None for a word that is none: the field itself says so."""
        return next((target for target in ExportTarget if target == self.target.data), None)

    @property
    def on_day(self) -> int:
        by = {ExportEvery.WEEK: self.weekday, ExportEvery.MONTH: self.month_day}
        field = by.get(ExportEvery(self.every.data))
        return field.data if field is not None else 1

    @property
    def folder(self) -> str:
        return "" if self.chosen_target is ExportTarget.MAIL else self.directory.data

    @property
    def place(self) -> tuple[str | None, int | None, str | None]:
        """Host, port and account."""
        if self.chosen_target not in SERVERS:
            return None, None, None
        return self.host.data, self.port.data, self.account.data


def is_offered(target: ExportTarget) -> bool:
    match target:
        case ExportTarget.MAIL:
            return can_send()
        case ExportTarget.FOLDER:
            return get_settings().export_folder is not None
        case _:
            return True


def _values(schedule: ExportSchedule) -> dict[str, Any]:
    fields = ("file_type", "every", "hour", "target", "host", "port", "account", "directory")
    values = {name: getattr(schedule, name) for name in fields} | {"name": schedule.title}
    on_day = {ExportEvery.WEEK: "weekday", ExportEvery.MONTH: "month_day"}.get(schedule.every)
    return values | ({on_day: schedule.on_day} if on_day else {})
