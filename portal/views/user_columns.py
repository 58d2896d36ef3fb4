"""The columns of the table of users.

Sites and tags are gathered for each shown row. Nothing could sort a hundred thousand users by them quickly, and a
filter asks the sites and the tags first.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_appbuilder.security.sqla.models import Role
from flask_babel import gettext, lazy_gettext
from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from domain.id_tokens import identity_of
from domain.models import IdToken, PortalUser, Site, site_administrator
from portal.role_words import ROLE_WORDS, role_word
from portal.table.column import Row
from portal.table.columns import Boolean, Choice, Date, Number, Text

SITE_NAMES = (
    select(func.string_agg(Site.name, aggregate_order_by(", ", Site.name)))
    .join(site_administrator, site_administrator.c.site_id == Site.id)
    .where(site_administrator.c.user_id == PortalUser.id)
    .correlate(PortalUser)
    .scalar_subquery()
)
TOKENS = (
    select(func.string_agg(IdToken.token, aggregate_order_by(", ", IdToken.id)))
    .where(IdToken.user_id == PortalUser.id)
    .correlate(PortalUser)
    .scalar_subquery()
)
LAST_HERE = func.timezone("UTC", PortalUser.last_login)
"""Flask-AppBuilder's column says no zone; portal/security.py writes UTC."""


@dataclass(frozen=True)
class Gathered(Text):
    """Words of several rows elsewhere, which a filter searches there rather than gathering them for everybody."""

    def is_empty(self) -> ColumnElement[bool]:
        return PortalUser.id.not_in(self.holders())

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        return PortalUser.id.in_(self.holders(text, zone))

    def holders(self, text: str | None = None, zone: ZoneInfo | None = None) -> Select:
        """The numbers of the users who have such a row."""
        raise NotImplementedError

    def filter_text(self, value: str | None, zone: ZoneInfo) -> str:
        """The first of them."""
        return value.split(", ")[0] if value else "empty"


@dataclass(frozen=True)
class Sites(Gathered):
    """The sites of a site administrator."""

    def holders(self, text: str | None = None, zone: ZoneInfo | None = None) -> Select:
        users = select(site_administrator.c.user_id)
        if text is None or zone is None:
            return users
        named = Text(self.name, self.label, Site.name).matches(text, zone)
        return users.join(Site, Site.id == site_administrator.c.site_id).where(named)


@dataclass(frozen=True)
class Tags(Gathered):
    """Tags: found by what is written, and in any other writing."""

    def holders(self, text: str | None = None, zone: ZoneInfo | None = None) -> Select:
        users = select(IdToken.user_id).where(IdToken.user_id.is_not(None))
        if text is None or zone is None:
            return users
        written = Text(self.name, self.label, IdToken.token).matches(text, zone)
        return users.where(or_(written, IdToken.identity == identity_of(text.removeprefix("="))))


def _role(row: Row) -> str | Markup:
    word = role_word(row["role"]) if row["role"] else ""
    if row["is_active"]:
        return word
    return Markup('{} <span class="muted">· {}</span>').format(word, gettext("deactivated"))


def _alarm(row: Row) -> str:
    """Only the yes catches the eye."""
    return gettext("yes") if row["alarm_email"] else ""


FOR_SITE_ADMINISTRATORS = (
    Text("first_name", lazy_gettext("First name"), PortalUser.first_name),
    Text("last_name", lazy_gettext("Last name"), PortalUser.last_name),
    Text("email", lazy_gettext("E-mail"), PortalUser.email, width=30),
)
COLUMNS = (
    *FOR_SITE_ADMINISTRATORS,
    Choice("role", lazy_gettext("Role"), Role.name, ROLE_WORDS, render=_role),
    Sites("sites", lazy_gettext("Sites"), SITE_NAMES, width=28, sortable=False),
    Tags("id_tokens", lazy_gettext("RFID tags"), TOKENS, width=28, sortable=False),
    Boolean("alarm_email", lazy_gettext("Alarm mail"), PortalUser.alarm_email, render=_alarm),
    Date("last_here_at", lazy_gettext("Last here"), LAST_HERE, empty=lazy_gettext("never")),
    Boolean("active", lazy_gettext("Active"), PortalUser.active, default=False),
    Number("id", lazy_gettext("Id"), PortalUser.id, default=False),
)
EXTRAS = {"is_active": PortalUser.active}
