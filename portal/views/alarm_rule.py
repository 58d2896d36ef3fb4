"""The rules of alarms: which report raises which. An administrator orders, edits and restores them."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, request
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext, lazy_gettext, ngettext
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import ColumnElement
from wtforms import BooleanField, Field, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, ValidationError

from domain import protocols
from domain.alarms import rules
from domain.alarms.rules import NO_ERROR, SHIPPED, STATED_KINDS
from domain.models import AlarmRule
from domain.statuses import OutletStatus
from portal import alarm_words as words
from portal.alarm_rule_words import notes_that_say, why
from portal.database import database
from portal.forms import ListedInput, RecordForm, text
from portal.node import node_url
from portal.record import Fact, Page, RecordView
from portal.table.actions import Action
from portal.table.column import Row
from portal.table.columns import Boolean, Choice, Number, Text
from portal.views.alarm_rule_attempt import AttemptForm
from portal.views.outlet import STATUSES

LONGEST_DURATION_SECONDS = 7 * 86400
ANY, NO_ALARM = lazy_gettext("any"), lazy_gettext("no alarm")
CODES = (NO_ERROR, *dict.fromkeys(rule.error_code for rule in SHIPPED if rule.error_code))


def _or_none(written: Any) -> Any:
    return written or None


class AlarmRuleForm(RecordForm):
    kind = SelectField(
        lazy_gettext("Alarm"),
        coerce=_or_none,
        description=lazy_gettext("Of the rules that fit a report, the first one counts."),
    )
    error_code = text(
        lazy_gettext("Error code"),
        50,
        widget=ListedInput(CODES),
        description=lazy_gettext(
            "As the station says it. Empty means any error, and Faulted without one. NoError means that there is none:"
            " then a code of the manufacturer or the state Fault must be named."
        ),
    )
    vendor_error_code = text(
        lazy_gettext("Manufacturer's code"),
        50,
        description=lazy_gettext("* stands for any characters, ? for one, as in E4*. Empty means any."),
    )
    status = SelectField(lazy_gettext("State"), coerce=_or_none)
    protocol = SelectField(lazy_gettext("Protocol"), coerce=_or_none)
    duration_seconds = IntegerField(
        lazy_gettext("Must last, in seconds"),
        [
            InputRequired(lazy_gettext("This is needed.")),
            NumberRange(0, LONGEST_DURATION_SECONDS, lazy_gettext("Between %(min)d and %(max)d.")),
        ],
        description=lazy_gettext("What is gone before raises no alarm."),
    )
    note = text(lazy_gettext("Why"), 200)
    enabled = BooleanField(lazy_gettext("In force"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [*(SelectChoice(kind.value, words.KINDS[kind]) for kind in STATED_KINDS)]
        self.kind.choices.append(SelectChoice("", NO_ALARM))
        self.status.choices = [SelectChoice("", ANY), *map(SelectChoice, STATUSES, STATUSES.values())]
        self.protocol.choices = [SelectChoice("", ANY)]
        self.protocol.choices += [SelectChoice(*each) for each in protocols.IN_WORDS.items()]

    def populate_obj(self, obj: Any) -> None:
        super().populate_obj(obj)
        obj.error_code, obj.vendor_error_code = obj.error_code or None, obj.vendor_error_code or None

    def validate_error_code(self, field: Field) -> None:
        is_none = (field.data or "").casefold() == NO_ERROR.casefold()
        if is_none and not self.vendor_error_code.data and self.status.data != OutletStatus.FAULTED:
            raise ValidationError(
                gettext(
                    "Without an error, name a manufacturer's code or the state Fault: else it fits nearly everything."
                )
            )


def _what(row: Row) -> Markup | str:
    return words.KINDS[row["kind"]] if row["kind"] else Markup('<span class="muted">{}</span>').format(NO_ALARM)


def _order(row: Row) -> Markup:
    """The place, and buttons that move it; to move is a change and travels by POST."""
    button = Markup('<button class="s q" name="by" value="{}" aria-label="{}" title="{}">{}</button>')
    up = button.format(-1, gettext("Move rule %(number)s up", number=row["position"]), gettext("Up"), "↑")
    down = button.format(1, gettext("Move rule %(number)s down", number=row["position"]), gettext("Down"), "↓")
    form = Markup(
        '{} <form class="inline" method="post" action="{}"><input type="hidden" name="csrf_token" value="{}">'
    )
    url = node_url("AlarmRuleView.move", pk=row["key"])
    return form.format(row["position"], url, generate_csrf()) + up + down + Markup("</form>")


class Why(Text):
    """The reasons that are shipped are shown and found in the language of who looks."""

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        return super().matches(text, zone) | self.expression.in_(notes_that_say(text))

    def text(self, value: Any, zone: ZoneInfo) -> str:
        return why(value)

    def excel(self, value: Any, zone: ZoneInfo) -> str:
        return why(value)


class AlarmRuleView(RecordView):
    datamodel = SQLAInterface(AlarmRule)
    route_base = "/alarm_rules"
    form = AlarmRuleForm
    list_title = lazy_gettext("Rules of alarms")
    list_template = "alarm_rules.html"
    buttons_template = "alarm_rules_buttons.html"
    add_title = lazy_gettext("Add a rule")
    edit_title = lazy_gettext("Edit the rule")
    default_sort = "position"
    page_size = 100
    filter_column = "error_code"
    nothing_yet = lazy_gettext("There is no rule: each fault is a hardware fault.")
    columns = (
        Number("position", lazy_gettext("Order"), AlarmRule.position, render=_order),
        Text("error_code", lazy_gettext("Error code"), AlarmRule.error_code, empty=ANY),
        Text("vendor_error_code", lazy_gettext("Manufacturer's code"), AlarmRule.vendor_error_code, empty=ANY),
        Choice("status", lazy_gettext("State"), AlarmRule.status, STATUSES, empty=ANY),
        Choice("protocol", lazy_gettext("Protocol"), AlarmRule.protocol, protocols.IN_WORDS, empty=ANY),
        Number("duration", lazy_gettext("Must last"), AlarmRule.duration_seconds, unit="s"),
        Choice(
            "kind",
            lazy_gettext("Alarm"),
            AlarmRule.kind,
            {kind.value: words.KINDS[kind] for kind in STATED_KINDS},
            empty=NO_ALARM,
            render=_what,
            width=30,
        ),
        Boolean("enabled", lazy_gettext("In force"), AlarmRule.enabled),
        Why("note", lazy_gettext("Why"), AlarmRule.note, width=60),
    )

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s rule", "%(text)s rules", number, text=text)

    def adds(self) -> list[Action]:
        return [Action(gettext("Add"), node_url("AlarmRuleView.add"), dialog=True)]

    def row_actions(self, row: Row) -> list[Action]:
        return [
            Action(gettext("Edit"), self.link_to("edit", row), dialog=True),
            Action(gettext("Delete"), self.link_to("delete", row), danger=True),
        ]

    def defaults(self) -> dict[str, Any]:
        return {"duration_seconds": 0, "enabled": True}

    def keep(self, record: AlarmRule) -> None:
        """Before the others: a new rule is written because another one does not do."""
        database().add(record)
        record.position = 0
        database().flush()
        rules.move(database(), record, 0)

    def show_url(self, record: Any) -> str:
        return self.list_url()

    def facts(self, record: AlarmRule) -> list[Fact]:
        return [
            Fact(gettext("Alarm"), words.KINDS[record.kind] if record.kind else NO_ALARM),
            Fact(gettext("Error code"), record.error_code or ANY),
            Fact(gettext("Manufacturer's code"), record.vendor_error_code or ANY),
            Fact(gettext("State"), STATUSES[record.status] if record.status else ANY),
            Fact(gettext("Protocol"), protocols.in_words(record.protocol) or ANY),
            Fact(gettext("Must last"), f"{record.duration_seconds} s"),
            Fact(gettext("Why"), why(record.note)),
        ]

    @expose("/move/<int:pk>", methods=["POST"])
    @has_access
    def move(self, pk: int) -> Page:
        """One place up or down."""
        rules.move(database(), self.record(pk), -1 if request.form.get("by") == "-1" else 1)
        database().commit()
        return redirect(self.list_url())

    @expose("/restore", methods=["GET", "POST"])
    @has_access
    def restore(self) -> Page:
        """Back to the rules as they are shipped: asked first, since it takes away what was written here."""
        if request.form.get("sure") != "yes":
            page = self.render_template("alarm_rules_restore.html", back=self.list_url())
            return page, 200 if request.method == "GET" else 422
        rules.restore_shipped(database())
        database().commit()
        flash(gettext("The rules are as they are shipped."), "success")
        return redirect(self.list_url())

    @expose("/attempt", methods=["GET"])
    @has_access
    def attempt(self) -> Page:
        """What a report would raise, with the rule that decides it."""
        form = AttemptForm(CODES)
        outcome = form.outcome(database()) if form.validate_on_submit() else None
        page = self.render_template(
            "alarm_rules_attempt.html", form=form, outcome=outcome, kinds=words.KINDS, why=why, back=self.list_url()
        )
        return page, 422 if form.errors else 200
