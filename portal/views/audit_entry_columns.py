"""The columns of the audit log that are more than a value: who, on what, and what changed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, url_for
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import BigInteger, ColumnElement, String, cast, func, literal, or_, select

from domain.models import AuditEntry, ChargingSession, Floor, IdToken, News, Outlet, PortalUser, Site, Station, System
from portal.database import database
from portal.table import Number, Row, Text
from portal.views import audit_entry_words as words

FULL_NAME = func.trim(PortalUser.first_name + " " + PortalUser.last_name)
TOLD = cast(func.jsonb_build_object("before", AuditEntry.before, "after", AuditEntry.after), String)
LONGEST_IN_A_CELL = 160
MOST_DIGITS = 9
NOBODY = _l("nobody")
PERSON: Mapping[str, Any] = {"name": FULL_NAME, "email": PortalUser.email}
"""By what a person is found."""

PAGES: Mapping[str, tuple[str, Any, Any]] = {
    "charging_session": ("ChargingSessionView.show", ChargingSession.id, literal("")),
    "floor": ("FloorView.show", Floor.id, Floor.name),
    "id_token": ("IdTokenView.show", IdToken.id, literal("")),
    "news": ("NewsItemView.show", News.id, News.title),
    "outlet": ("OutletView.show", Outlet.id, literal("")),
    "site": ("SiteView.show", Site.id, Site.name),
    "station": ("StationView.show", Station.id, Station.name),
    "system": ("SystemView.show", System.id, System.name),
    "user": ("UserView.show", PortalUser.id, FULL_NAME),
}
"""Where an object of each kind has its page, its number, and its name of today."""


def names_of(user_ids: Iterable[int | None]) -> dict[int, str]:
    """The people of today behind these numbers."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    found = select(PortalUser.id, FULL_NAME).where(PortalUser.id.in_(wanted))
    return dict(database().execute(found).all()) if wanted else {}


def _everybody() -> dict[int, str]:
    """All names, read once in an export; among a million lines there are far fewer people."""
    if "names_of_all" not in g:
        g.names_of_all = dict(database().execute(select(PortalUser.id, FULL_NAME)).all())
    return g.names_of_all


def pages_of(objects: Iterable[tuple[str | None, str | None]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Link and name of those objects that still exist: one query for each kind among them."""
    wanted: dict[str, set[int]] = {}
    for kind, object_id in objects:
        if kind in PAGES and object_id and object_id.isdecimal():
            wanted.setdefault(kind, set()).add(int(object_id))
    found = {}
    for kind, ids in wanted.items():
        endpoint, key, name = PAGES[kind]
        for pk, label in database().execute(select(key, name).where(key.in_(ids))):
            found[kind, str(pk)] = (url_for(endpoint, pk=pk), label)
    return found


@dataclass(frozen=True)
class Who(Number):
    """A person by number, written and found by the name of today; a program gets the number."""

    kind = "text"
    numeric = False

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        if text.isdecimal() and len(text) <= MOST_DIGITS:
            return self.expression == literal(int(text), BigInteger)
        named = (Text(column, "", expression).matches(text, zone) for column, expression in PERSON.items())
        return self.expression.in_(select(PortalUser.id).where(or_(*named)))

    def text(self, value: Any, zone: ZoneInfo) -> str:
        return str(value)

    def excel(self, value: Any, zone: ZoneInfo) -> str | None:
        return None if value is None else words.actor(value, None, _everybody())


@dataclass(frozen=True)
class Exactly(Text):
    """A number or word that is found only whole: `1` must not find 17."""

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        return super().matches(text if text.startswith("=") else f'="{text}"', zone)

    def filter_text(self, value: Any, zone: ZoneInfo) -> str:
        return str(value) if value else "empty"


@dataclass(frozen=True)
class Changes(Text):
    """What an entry tells, in words; a program gets the values."""

    def text(self, value: Any, zone: ZoneInfo) -> str:
        return words.changes(**json.loads(value))

    def excel(self, value: Any, zone: ZoneInfo) -> str:
        return self.text(value, zone)

    def filter_text(self, value: Any, zone: ZoneInfo) -> str:
        """Nobody wants all entries with quite the same values."""
        return ""


def who(row: Row) -> str:
    return words.actor(row["user_id"], row["address_of"], row["names"])


def target(row: Row) -> str | Markup:
    text = words.target(row["kind_of"], row["id_of"])
    page = row["pages"].get((row["kind_of"], row["id_of"]))
    if page is None:
        return text
    link, name = page
    return Markup('<a href="{}">{}</a> {}').format(link, text, name)


def changes(row: Row) -> str:
    """In a cell only the beginning; the entry's page has all of it."""
    text = words.changes(**json.loads(row["told"]))
    return text if len(text) <= LONGEST_IN_A_CELL else f"{text[:LONGEST_IN_A_CELL]} …"
