"""What would a report raise? Asked of the very rules that judge the reports of stations; nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from domain import clock, protocols
from domain.alarms import rules
from domain.alarms.rules import NO_ERROR, Rule
from domain.models import AlarmKind
from domain.reports import StatusReport
from domain.statuses import OutletStatus
from portal.forms import ListedInput, text
from portal.views.outlet import STATUSES


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which rule decides, if any does, and what it raises."""

    rule: Rule | None
    kind: AlarmKind | None
    is_fault: bool
    info: str | None


class AttemptForm(FlaskForm):
    """It is in the address, so that an example can be sent to somebody."""

    class Meta:
        csrf = False  # It asks and changes nothing.

    protocol = SelectField(lazy_gettext("Protocol"))
    error_code = text(
        lazy_gettext("Error code"), 50, description=lazy_gettext("As the station says it; NoError and empty mean none.")
    )
    vendor_error_code = text(lazy_gettext("Manufacturer's code"), 50)
    status = SelectField(lazy_gettext("State"))
    info = text(lazy_gettext("Info"), 255, description=lazy_gettext("Rules do not look at it; it stands in the alarm."))

    def __init__(self, codes: Sequence[str]) -> None:
        # All are there once one is sent; before that the usual ones are chosen.
        super().__init__(request.args if "status" in request.args else None, status=OutletStatus.FAULTED.value)
        self.error_code.widget = ListedInput(codes)
        self.protocol.choices = [SelectChoice(*each) for each in protocols.IN_WORDS.items()]
        self.status.choices = [SelectChoice(*each) for each in STATUSES.items()]

    def is_submitted(self) -> bool:
        return "status" in request.args

    def outcome(self, db: Session) -> Outcome:
        """Of a form that is right in itself."""
        report = self._report()
        in_force = rules.in_force(db) if rules.may_raise(report) else []
        raised = rules.judge(in_force, report, self.protocol.data)
        rule = rules.deciding(in_force, report, self.protocol.data)
        return Outcome(rule, raised.kind if raised else None, rules.is_fault(report), report.status_info)

    def _report(self) -> StatusReport:
        now, told = clock.now(), _told(self.error_code)
        is_none = told is None or told.casefold() == NO_ERROR.casefold()
        status = OutletStatus(self.status.data)
        said = (None if is_none else told, _told(self.vendor_error_code), _told(self.info))
        return StatusReport(0, now, 1, status, now, *said)


def _told(field: Any) -> str | None:
    return field.data or None
