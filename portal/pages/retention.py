"""What is kept for how long, as an administrator decides it."""

from typing import Any

from flask import flash, redirect, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional

from domain import retention
from domain.models import Kept
from domain.retention import LEAST_DAYS, LONGEST_DAYS
from portal.database import database

Words = tuple[Any, Any]
WORDS: dict[Kept, Words] = {
    Kept.MESSAGES: (_l("Messages of stations"), _l("Each frame, for those who look for a fault. Many.")),
    Kept.EVENTS: (_l("Event log"), _l("What happened at stations.")),
    Kept.ALARMS: (_l("Alarm history"), _l("Alarms that are over, and what people said of them.")),
    Kept.METER_VALUES: (
        _l("Meter values"),
        _l("The course of each charge. Its energy stays with the session. Most of what is stored."),
    ),
    Kept.STATES: (
        _l("States of outlets"),
        _l("Each change, from which the uptime of floors, stations and outlets is counted. That of sites stays."),
    ),
    Kept.COMMANDS: (_l("Commands"), _l("What was asked of stations, and what they answered.")),
    Kept.DELIVERIES: (_l("Messages to services"), _l("What services of third parties were told.")),
    Kept.MAILS: (_l("E-mails about alarms"), _l("To whom one went and when, or why it did not. No texts.")),
    Kept.FILES: (_l("Files from stations"), _l("Diagnostics and logs that stations have uploaded.")),
    Kept.PERSONS: (
        _l("Who charged"),
        _l("User, e-mail and tag in sessions. Sessions and their energy stay, without the person."),
    ),
}


def _field(kept: Kept) -> IntegerField:
    label, about = WORDS[kept]
    least = LEAST_DAYS[kept]
    wrong = _l("Between %(least)s and %(most)s days, or empty for ever.", least=least, most=LONGEST_DAYS)
    return IntegerField(label, [Optional(), NumberRange(least, LONGEST_DAYS, wrong)], description=about)


class RetentionForm(FlaskForm):
    """A number of days for each kind; empty is for ever."""

    messages = _field(Kept.MESSAGES)
    events = _field(Kept.EVENTS)
    alarms = _field(Kept.ALARMS)
    meter_values = _field(Kept.METER_VALUES)
    states = _field(Kept.STATES)
    commands = _field(Kept.COMMANDS)
    deliveries = _field(Kept.DELIVERIES)
    mails = _field(Kept.MAILS)
    files = _field(Kept.FILES)
    persons = _field(Kept.PERSONS)


class RetentionView(BaseView):
    route_base = "/retention"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @has_access
    def index(self) -> str | tuple[str, int] | Response:
        before = retention.days_of(database())
        form = RetentionForm(data={kept.value: days for kept, days in before.items()})
        if form.validate_on_submit():
            for kept, days in before.items():
                if form[kept.value].data != days:
                    retention.decide(database(), kept, form[kept.value].data)
            database().commit()
            flash(_("Saved. What is past its time goes tonight."), "success")
            return redirect(url_for("RetentionView.index"))
        page = self.render_template("retention.html", form=form, oldest=retention.oldest(database()), kinds=list(Kept))
        return page, 422 if form.is_submitted() else 200
