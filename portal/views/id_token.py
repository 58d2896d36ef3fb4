"""ID tokens: the tags that drivers identify with."""

from typing import Any
from zoneinfo import ZoneInfo

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext, lazy_gettext, ngettext
from sqlalchemy import Select, func, select
from wtforms import BooleanField, DateTimeLocalField
from wtforms.validators import Optional

from domain.models import IdToken, PortalUser
from portal.formats import at, user_time_zone
from portal.forms import RecordChoice, RecordForm, text, unique
from portal.node import database
from portal.record import Fact, RecordView
from portal.table.columns import Boolean, Date, Number, Text


class ZonedDateTimeField(DateTimeLocalField):
    """A moment, typed and shown in the user's time zone."""

    def process_data(self, value: Any) -> None:
        self.data = value.astimezone(user_time_zone()) if value else None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = self.data.replace(tzinfo=ZoneInfo(user_time_zone().key))


class IdTokenForm(RecordForm):
    token = text(
        lazy_gettext("Token"),
        64,
        unique(IdToken.token, lazy_gettext("This token is registered already."), folded=func.lower),
        required=True,
        description=lazy_gettext("As the station reads it from the tag. Capital and small letters are the same."),
    )
    description = text(lazy_gettext("Description"), 200)
    user_id = RecordChoice(lazy_gettext("User"), empty=lazy_gettext("Nobody"))
    expires_at = ZonedDateTimeField(
        lazy_gettext("Expires"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )
    blocked = BooleanField(lazy_gettext("Blocked"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        users = select(PortalUser.id, PortalUser.email).order_by(PortalUser.email)
        self.user_id.offer([(pk, email) for pk, email in database().execute(users)])


class IdTokenView(RecordView):
    datamodel = SQLAInterface(IdToken)
    route_base = "/id_tokens"
    form = IdTokenForm
    list_title = lazy_gettext("ID tokens")
    add_title = lazy_gettext("Add ID token")
    edit_title = lazy_gettext("Edit ID token")
    nothing_yet = lazy_gettext("There is no ID token yet. Add the tags whose owners may charge.")
    default_sort = "token"
    columns = (
        Text("token", lazy_gettext("Token"), IdToken.token),
        Text("description", lazy_gettext("Description"), IdToken.description),
        Text("user", lazy_gettext("User"), PortalUser.email),
        Boolean("blocked", lazy_gettext("Blocked"), IdToken.blocked),
        Date("expires_at", lazy_gettext("Expires"), IdToken.expires_at),
        Number("id", lazy_gettext("Id"), IdToken.id, default=False),
    )

    def base(self) -> Select:
        return select(self.key).outerjoin(IdToken.user)

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s ID token", "%(text)s ID tokens", number, text=text)

    def facts(self, record: IdToken) -> list[Fact]:
        return [
            Fact(gettext("Token"), record.token, copies=True),
            Fact(gettext("Description"), record.description),
            Fact(gettext("User"), record.user.email if record.user else gettext("Nobody")),
            Fact(gettext("Expires"), at(record.expires_at) or gettext("never")),
            Fact(gettext("Blocked"), gettext("yes") if record.blocked else gettext("no")),
        ]
