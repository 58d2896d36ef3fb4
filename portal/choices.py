"""A choice among too many records for a list: a text field that suggests as one types (static/choice.js).

It also works without the script: what is written in full, such as a user's e-mail, is the choice.
"""

from typing import Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session
from wtforms import Field
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from domain.id_tokens import identity_of
from domain.models import IdToken, PortalUser, Station
from portal.database import database
from portal.viewer import scoped

MOST_SUGGESTED = 10
MOST_WORDS = 5
LONGEST_WORD = 320


class SuggestingInput(TextInput):
    """A text field with the address of its suggestions."""

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        source = url_for(field.source)
        return super().__call__(field, autocomplete="off", spellcheck="false", data_suggestions=source, **kwargs)


class SearchedChoice(Field):
    """A choice among records, by key, whose form is the text of one; empty is None."""

    widget = SuggestingInput()
    source: str
    """The endpoint of the suggestions."""
    unknown: str

    def process_data(self, value: int | None) -> None:
        self.data = value
        self.written = self.text_of(value) if value is not None else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.written = valuelist[0].strip().replace("\0", "")
            self.data = self.key_of(self.written) if self.written else None

    def pre_validate(self, form: Any) -> None:
        if self.written and self.data is None:
            raise StopValidation(self.no_such())

    def _value(self) -> str:
        return self.written

    def text_of(self, key: int) -> str:
        raise NotImplementedError

    def key_of(self, text: str) -> int | None:
        raise NotImplementedError

    def no_such(self) -> str:
        raise NotImplementedError


class UserChoice(SearchedChoice):
    """One of the users that the viewer may see, by e-mail."""

    source = "ChoiceView.users"

    def text_of(self, key: int) -> str:
        return database().scalar(scoped(select(PortalUser.email), PortalUser).where(PortalUser.id == key)) or ""

    def key_of(self, text: str) -> int | None:
        # The username is the e-mail in small letters, and has the index.
        users = scoped(select(PortalUser.id), PortalUser)
        return database().scalar(users.where(PortalUser.username == text.lower()))

    def no_such(self) -> str:
        return gettext("There is no user with this e-mail.")


class StationChoice(SearchedChoice):
    """One of the stations that the viewer may see, by charge box id."""

    source = "ChoiceView.stations"

    def text_of(self, key: int) -> str:
        return database().scalar(scoped(select(Station.charge_box_id), Station).where(Station.id == key)) or ""

    def key_of(self, text: str) -> int | None:
        return database().scalar(scoped(select(Station.id), Station).where(Station.charge_box_id == text))

    def no_such(self) -> str:
        return gettext("There is no station with this charge box id.")


def suggested_users(db: Session, text: str) -> list[dict[str, str]]:
    """The first few whose e-mail, first or last name begin with each of the words."""
    users = scoped(select(PortalUser.email, PortalUser.first_name, PortalUser.last_name), PortalUser)
    rows = db.execute(users.where(*_named(text)).order_by(PortalUser.username).limit(MOST_SUGGESTED))
    return [{"value": row.email, "label": f"{row.first_name} {row.last_name}".strip()} for row in rows]


def suggested_tags(db: Session, text: str) -> list[dict[str, str]]:
    """The tag that is written so, and the first few tags of users who are named so."""
    if not text.strip():
        return []
    tags = scoped(select(IdToken.token, PortalUser.first_name, PortalUser.last_name), IdToken)
    tags = tags.outerjoin(PortalUser, PortalUser.id == IdToken.user_id).limit(MOST_SUGGESTED)
    written = db.execute(tags.where(IdToken.identity == identity_of(text.replace("\0", "")[:LONGEST_WORD]))).all()
    owners = select(PortalUser.id).where(*_named(text)).order_by(PortalUser.username).limit(MOST_SUGGESTED)
    owned = db.execute(tags.where(IdToken.user_id.in_(owners)).order_by(PortalUser.username, IdToken.id)).all()
    return [
        {"value": row.token, "label": f"{row.first_name or ''} {row.last_name or ''}".strip() or gettext("Nobody's")}
        for row in dict.fromkeys([*written, *owned])
    ]


def _named(text: str) -> list[ColumnElement[bool]]:
    """That e-mail, first or last name begin with each of the words."""
    conditions = []
    for word in text.lower().replace("\0", "").split()[:MOST_WORDS]:
        begins = [
            column.startswith(word[:LONGEST_WORD], autoescape=True)
            for column in (PortalUser.username, func.lower(PortalUser.first_name), func.lower(PortalUser.last_name))
        ]
        conditions.append(or_(*begins))
    return conditions


def suggested_stations(db: Session, text: str) -> list[dict[str, str]]:
    """The first few with this in the name or the charge box id."""
    words = text.strip().replace("\0", "")[:LONGEST_WORD]
    if not words:
        return []
    stations = scoped(select(Station.charge_box_id, Station.name), Station).where(
        Station.name.icontains(words, autoescape=True) | Station.charge_box_id.icontains(words, autoescape=True)
    )
    rows = db.execute(stations.order_by(Station.name, Station.id).limit(MOST_SUGGESTED))
    return [{"value": row.charge_box_id, "label": row.name} for row in rows]
