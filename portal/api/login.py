"""/api/v1/security/: a token for an e-mail and a password.

How often one may try is counted where all doors are, in portal/limits.py.
"""

from flask import Response
from flask_appbuilder.api import expose
from flask_appbuilder.security.api import SecurityApi as FlaskAppBuilderSecurityApi
from flask_jwt_extended import create_access_token, create_refresh_token
from marshmallow import Schema, ValidationError, fields, validate

from domain import clock, second_factor
from domain.models import PortalUser
from portal.api.body import json_body
from portal.api.errors import refuse
from portal.api.fields import Flag, Text
from portal.database import database
from portal.roles import may_sign_in

NEEDS_SECOND_FACTOR = "Your role signs in with a second factor; set it up in the portal first"
LONGEST_CODE = 64


class LoginSchema(Schema):
    """Who wants a token."""

    username = Text(
        PortalUser.email,
        required=True,
        metadata={"example": "admin@example.com", "description": "the e-mail, in capital or small letters"},
    )
    password = Text(PortalUser.password, required=True, allow_none=False, metadata={"format": "password"})
    code = fields.String(
        load_default=None,
        validate=validate.Length(1, LONGEST_CODE),
        metadata={"description": "of the second factor, for those who have one: from the app, or a recovery code"},
    )
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
        user = self._who(credentials["username"], credentials["password"], credentials["code"])
        self.appbuilder.sm.signed_in(user)
        tokens = {"access_token": create_access_token(identity=user.get_id(), fresh=True)}
        if credentials["refresh"]:
            tokens["refresh_token"] = create_refresh_token(identity=user.get_id())
        return self.response(200, **tokens)

    def _who(self, email: str, password: str, code: str | None) -> PortalUser:
        """Whoever may come in with these; only who knows the password learns of the second factor."""
        user: PortalUser | None = self.appbuilder.sm.check_password(email, password)
        if user is None:
            refuse(401, "Wrong e-mail or password")
        if not may_sign_in(user):
            self.appbuilder.sm.sign_in_failed(user.username)
            refuse(403, "Your account has no role yet")
        if second_factor.is_missing(database(), user):
            refuse(403, NEEDS_SECOND_FACTOR)
        if user.totp_secret is not None:
            self._check_code(user, code)
        return user

    def _check_code(self, user: PortalUser, code: str | None) -> None:
        if code is None:
            refuse(401, 'Send the code of your second factor too, as "code"')
        if not second_factor.accepts(database(), user, code, clock.now()):
            self.appbuilder.sm.sign_in_failed(user.username)
            refuse(401, "This code is not right, or it was used already")
