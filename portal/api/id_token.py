"""/api/v1/id_tokens/"""

from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from marshmallow import Schema, ValidationError

from domain.id_tokens import TagError, checked, identity_of
from domain.models import IdToken, PortalUser
from portal.api.base import Api
from portal.api.fields import Flag, Key, Moment, Name, Text, Whole


class Tag(Name):
    """A tag as a person writes it."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        try:
            return checked(super()._deserialize(value, *args, **options))
        except TagError as error:
            raise ValidationError(str(error)) from error


class Identity(Text):
    """What a tag is in all its writings; whoever looks for one may use any."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        return identity_of(super()._deserialize(value, *args, **options))


class IdTokenSchema(Schema):
    """What a driver identifies with: an RFID tag or an app identity."""

    id = Whole(dump_only=True, metadata={"example": 1})
    token = Tag(
        IdToken.token,
        required=True,
        metadata={
            "example": "77705923",
            "description": "decimal or hexadecimal (04A1B2C3, 04:A1:B2:C3), in capital or small letters;"
            " digits alone are decimal, unless written 04:12:34:56",
        },
    )
    identity = Identity(
        IdToken.identity,
        dump_only=True,
        metadata={"example": "77705923", "description": "the same for every writing of a tag"},
    )
    description = Text(IdToken.description, metadata={"example": "Van 7"})
    user = Key(PortalUser, attribute="user_id", allow_none=True, metadata={"example": 1})
    parent_token = Text(
        IdToken.parent_token,
        metadata={"example": "FLEET-7", "description": "the group: one of it may stop what another started"},
    )
    blocked = Flag()
    valid_from_at = Moment(allow_none=True, metadata={"example": "2027-01-01T00:00:00Z"})
    expires_at = Moment(allow_none=True, metadata={"example": "2027-12-31T23:00:00Z"})


class IdTokenApi(Api):
    resource_name = "id_tokens"
    datamodel = SQLAInterface(IdToken)
    schema = IdTokenSchema
    broken_rules = {
        "uq_id_token_identity": ("token", "This tag is registered already, in this or another writing."),
        "ck_id_token_validity": ("expires_at", "Must be after valid_from_at."),
        "id_token_user_id_fkey": ("user", "The user is gone."),
    }
