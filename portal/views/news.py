"""What administrators tell their users: written, planned, and read by how many."""

from typing import Any

from flask import request
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext, lazy_gettext, ngettext
from markupsafe import Markup
from sqlalchemy import func, select
from wtforms import Field, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from domain.clock import begins_before_end, now
from domain.models import News, news_read
from domain.news import NewsState, state_at
from portal.database import database
from portal.formats import at
from portal.forms import NEEDED, RecordForm, ZonedDateTimeField, not_blank, stripped, text, writable
from portal.markdown import to_html
from portal.record import Fact, RecordView
from portal.role_words import ROLE_WORDS, role_word
from portal.table.columns import Choice, Date, Number, Text

LONGEST_BODY = 20_000
STATES = {
    NewsState.PLANNED: lazy_gettext("planned"),
    NewsState.PUBLISHED: lazy_gettext("published"),
    NewsState.OVER: lazy_gettext("over"),
}
EVERYBODY = lazy_gettext("everybody")
READERS = select(func.count()).where(news_read.c.news_id == News.id).correlate(News).scalar_subquery()


class NewsForm(RecordForm):
    title = text(lazy_gettext("Title"), 200, required=True)
    body = TextAreaField(
        lazy_gettext("Text"),
        [
            NEEDED,
            writable,
            Length(max=LONGEST_BODY, message=lazy_gettext("At most %(max)d characters.")),
            not_blank,
        ],
        filters=[stripped],
    )
    published_from_at = ZonedDateTimeField(lazy_gettext("From"), [NEEDED])
    published_until_at = ZonedDateTimeField(lazy_gettext("Until"), [Optional()])
    roles = SelectMultipleField(
        lazy_gettext("For"),
        choices=[SelectChoice(role.value, word) for role, word in ROLE_WORDS.items()],
        option_widget=CheckboxInput(),
        description=lazy_gettext("Nothing ticked means everybody."),
    )

    def validate_published_until_at(self, field: Field) -> None:
        if not begins_before_end(self.published_from_at.data, field.data):
            raise ValidationError(gettext("The end must be later than the beginning."))


def for_whom(roles: list[str]) -> str:
    """The roles that a piece of news is for, in words."""
    return ", ".join(role_word(role) for role in roles) or str(EVERYBODY)


class NewsItemView(RecordView):
    datamodel = SQLAInterface(News)
    route_base = "/news_items"
    form = NewsForm
    add_template = edit_template = "news_item_form.html"
    show_template = "news_item.html"
    list_title = lazy_gettext("News")
    add_title = lazy_gettext("Add news")
    edit_title = lazy_gettext("Edit news")
    nothing_yet = lazy_gettext("There is no news yet. Add what your users should know.")
    default_sort = "-published_from_at"
    columns = (
        Text("title", lazy_gettext("Title"), News.title, width=40),
        Choice("state", lazy_gettext("State"), state_at(func.now()), STATES),
        Date("published_from_at", lazy_gettext("From"), News.published_from_at),
        Date("published_until_at", lazy_gettext("Until"), News.published_until_at, empty=lazy_gettext("without end")),
        Text(
            "roles",
            lazy_gettext("For"),
            func.array_to_string(News.roles, ", "),
            render=lambda row: for_whom(row["role_names"]),
            width=30,
        ),
        Number("read_by", lazy_gettext("Read by"), READERS),
        Number("id", lazy_gettext("Id"), News.id, default=False),
    )
    extras = {"role_names": News.roles}

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s piece of news", "%(text)s pieces of news", number, text=text)

    def defaults(self) -> dict[str, Any]:
        return {"published_from_at": now()}

    def show_context(self, record: News) -> dict[str, Any]:
        return super().show_context(record) | {"html": to_html(record.body)}

    def facts(self, record: News) -> list[Fact]:
        figures = select(state_at(func.now()), READERS).select_from(News).where(News.id == record.id)
        state, readers = database().execute(figures).one()
        return [
            Fact(gettext("State"), STATES[NewsState(state)]),
            Fact(gettext("From"), at(record.published_from_at)),
            Fact(gettext("Until"), at(record.published_until_at) or gettext("without end")),
            Fact(gettext("For"), for_whom(record.roles)),
            Fact(gettext("Read by"), ngettext("%(num)s person", "%(num)s people", readers)),
        ]

    @expose("/preview", methods=["POST"])
    @has_access
    def preview(self) -> Markup:
        """The text of a form that is being written, as its readers will see it."""
        return to_html(request.form.get("body", "")[:LONGEST_BODY])
