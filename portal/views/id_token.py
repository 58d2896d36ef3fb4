"""ID tokens: the tags that drivers identify with. An EV user reads their own."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import has_request_context
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext, lazy_gettext, ngettext
from sqlalchemy import ColumnElement, Select, select
from wtforms import BooleanField, Field
from wtforms.validators import Optional, ValidationError

from domain.clock import begins_before_end
from domain.id_tokens import LONGEST_WRITTEN, TagError, checked, identity_of
from domain.models import IdToken, PortalUser
from domain.roles import RoleName
from portal import tag_words
from portal.choices import UserChoice
from portal.database import database
from portal.formats import at
from portal.forms import RecordForm, ZonedDateTimeField, text
from portal.record import Fact, RecordView
from portal.table.column import Column, Row
from portal.table.columns import Boolean, Date, Number, Text
from portal.viewer import viewer


class IdTokenForm(RecordForm):
    token = text(
        lazy_gettext("Token"),
        LONGEST_WRITTEN,
        required=True,
        description=lazy_gettext("As it is printed on the tag, in decimal if you can choose."),
    )
    description = text(lazy_gettext("Description"), 200)
    user_id = UserChoice(lazy_gettext("User"), description=lazy_gettext("The e-mail. Empty for nobody."))
    parent_token = text(
        lazy_gettext("Group"),
        20,
        description=lazy_gettext("Whoever has a tag of the same group may stop the charge."),
    )
    valid_from_at = ZonedDateTimeField(lazy_gettext("Valid from"), [Optional()])
    expires_at = ZonedDateTimeField(lazy_gettext("Expires"), [Optional()])
    blocked = BooleanField(lazy_gettext("Blocked"))

    def validate_token(self, field: Field) -> None:
        try:
            identity = identity_of(checked(field.data))
        except TagError as error:
            raise ValidationError(str(tag_words.FAULTS[error.fault])) from error
        same = database().scalar(select(IdToken).where(IdToken.identity == identity))
        if same is not None and same is not self.record:
            raise ValidationError(taken(same))

    def validate_expires_at(self, field: Field) -> None:
        if not begins_before_end(self.valid_from_at.data, field.data):
            raise ValidationError(gettext("This must be after the beginning."))


def taken(same: IdToken) -> str:
    """That a tag is there already: for administrators, who may know whose it is."""
    if same.user is None:
        return gettext("This tag is registered already, as %(token)s.", token=same.token)
    return gettext(
        "This tag is registered already, as %(token)s. %(email)s has it.", token=same.token, email=same.user.email
    )


@dataclass(frozen=True)
class TagColumn(Text):
    """As it was entered; the filter also finds it in any other writing."""

    def matches(self, text: str, zone: ZoneInfo) -> ColumnElement[bool]:
        return super().matches(text, zone) | (IdToken.identity == identity_of(text))


def _understood(row: Row) -> str:
    return tag_words.understood(row["identity"])


TOKEN = TagColumn("token", lazy_gettext("Token"), IdToken.token)
DESCRIPTION = Text("description", lazy_gettext("Description"), IdToken.description)
GROUP = Text("group", lazy_gettext("Group"), IdToken.parent_token)
VALID_FROM = Date("valid_from_at", lazy_gettext("Valid from"), IdToken.valid_from_at)
EXPIRES = Date("expires_at", lazy_gettext("Expires"), IdToken.expires_at)
BLOCKED = Boolean("blocked", lazy_gettext("Blocked"), IdToken.blocked)


class IdTokenView(RecordView):
    datamodel = SQLAInterface(IdToken)
    route_base = "/id_tokens"
    form = IdTokenForm
    add_title = lazy_gettext("Add ID token")
    edit_title = lazy_gettext("Edit ID token")
    default_sort = "token"
    columns = (
        TOKEN,
        Text("identity", lazy_gettext("Understood as"), IdToken.identity, render=_understood, width=30),
        DESCRIPTION,
        Text("user", lazy_gettext("User"), PortalUser.email),
        GROUP,
        BLOCKED,
        VALID_FROM,
        EXPIRES,
        Number("id", lazy_gettext("Id"), IdToken.id, default=False),
    )
    own_columns = (TOKEN, DESCRIPTION, GROUP, BLOCKED, VALID_FROM, EXPIRES)
    """Of those who see none but their own."""

    @property
    def list_title(self) -> str:
        return gettext("Your tags") if _reads_own() else gettext("ID tokens")

    @property
    def nothing_yet(self) -> str:
        if _reads_own():
            return gettext("You have no tag yet. Ask those who run the stations for one.")
        return gettext("There is no ID token yet. Add the tags whose owners may charge.")

    def offered(self) -> tuple[Column, ...]:
        return self.own_columns if _reads_own() else self.columns

    def base(self) -> Select:
        return select(self.key).outerjoin(IdToken.user)

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s ID token", "%(text)s ID tokens", number, text=text)

    def facts(self, record: IdToken) -> list[Fact]:
        owner = Fact(gettext("User"), record.user.email if record.user else gettext("Nobody"))
        return [
            Fact(gettext("Token"), record.token, copies=True),
            Fact(gettext("Understood as"), tag_words.understood(record.identity)),
            Fact(gettext("Description"), record.description),
            *(() if _reads_own() else (owner,)),
            Fact(gettext("Group"), record.parent_token),
            Fact(gettext("Valid from"), at(record.valid_from_at) or gettext("always")),
            Fact(gettext("Expires"), at(record.expires_at) or gettext("never")),
            Fact(gettext("Blocked"), gettext("yes") if record.blocked else gettext("no")),
        ]


def _reads_own() -> bool:
    """Whether all tags here are the viewer's. Views are made before there is any viewer."""
    return has_request_context() and viewer().role is RoleName.EV_USER
