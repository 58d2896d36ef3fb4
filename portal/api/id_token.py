"""/api/v1/id_tokens/"""

from flask_appbuilder.models.sqla.interface import SQLAInterface
from marshmallow import Schema

from domain.models import IdToken, PortalUser
from portal.api.base import Api
from portal.api.fields import Flag, Key, Moment, Name, Text, Whole


class IdTokenSchema(Schema):
    """What a driver identifies with: an RFID tag or an app identity."""

    id = Whole(dump_only=True, metadata={"example": 1})
    token = Name(
        IdToken.token,
        required=True,
        metadata={"example": "04A1B2C3", "description": "capital and small letters are the same"},
    )
    description = Text(IdToken.description, metadata={"example": "Van 7"})
    user = Key(PortalUser, attribute="user_id", allow_none=True, metadata={"example": 1})
    blocked = Flag()
    expires_at = Moment(allow_none=True, metadata={"example": "2027-12-31T23:00:00Z"})


class IdTokenApi(Api):
    resource_name = "id_tokens"
    datamodel = SQLAInterface(IdToken)
    schema = IdTokenSchema
    broken_rules = {
        "uq_id_token_token": ("token", "This token exists already."),
        "id_token_user_id_fkey": ("user", "The user is gone."),
    }
