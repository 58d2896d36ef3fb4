"""/api/v1/security/: a token for an e-mail and a password.

How often one may try is counted where all doors are, in portal/limits.py.
"""

from flask import Response
from flask_appbuilder.api import expose
from flask_appbuilder.security.api import SecurityApi as FlaskAppBuilderSecurityApi
from flask_jwt_extended import create_access_token, create_refresh_token
from marshmallow import Schema, ValidationError, fields, validate

from domain.models import PortalUser
from portal.api.body import json_body
from portal.api.errors import refuse
from portal.api.fields import Flag, Text


class LoginSchema(Schema):
    """Who wants a token."""

    username = Text(
        PortalUser.email,
        required=True,
        metadata={"example": "admin@example.com", "description": "the e-mail, in capital or small letters"},
    )
    password = Text(PortalUser.password, required=True, allow_none=False, metadata={"format": "password"})
    provider = fields.String(load_default="db", validate=validate.OneOf(["db"]))
    refresh = Flag(load_default=False, metadata={"description": "also answer a token for /refresh"})


class SecurityApi(FlaskAppBuilderSecurityApi):
    """Flask-AppBuilder's, which demands a provider although there is one only."""

    @expose("/login", methods=["POST"])
    def login(self) -> Response:
        try:
            credentials = LoginSchema().load(json_body())
        except ValidationError as error:
            refuse(400, error.messages_dict)
        user = self.appbuilder.sm.auth_user_db(credentials["username"], credentials["password"])
        if user is None:
            refuse(401, "Wrong e-mail or password")
        tokens = {"access_token": create_access_token(identity=str(user.id), fresh=True)}
        if credentials["refresh"]:
            tokens["refresh_token"] = create_refresh_token(identity=str(user.id))
        return self.response(200, **tokens)
