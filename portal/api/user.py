"""/api/v1/users/

What may be said of a user is for the domain to say (domain/user_details.py); here it is said in English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from apispec import APISpec
from flask import Response
from flask_appbuilder.api import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import permission_name, protect
from flask_appbuilder.security.sqla.models import Role, assoc_user_role
from marshmallow import Schema, fields, validate
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Query, selectinload

from domain import own_account, users
from domain.models import PortalUser
from domain.models.columns import LARGEST_KEY
from domain.privacy import sees_all_of_users
from domain.roles import RoleName
from domain.user_details import Reason, Refusal, UserDetails, UserError
from domain.users import NoSuchUserError
from portal import personal_data
from portal.api import versions
from portal.api.base import Api
from portal.api.errors import refuse
from portal.api.fields import Flag, Moment, Name, Text, Whole
from portal.api.openapi_parts import as_json, key_in_path, reference
from portal.viewer import viewer

MOST_TAGS = 100
MOST_SITES = 1000
SHOWN_TO_SITE_ADMINISTRATORS = ("id", "first_name", "last_name", "email")

WORDS = {
    Reason.NEEDED: "Missing data for required field.",
    Reason.TOO_LONG: "Longer than maximum length {value}.",
    Reason.UNWRITABLE: "Contains a character that cannot be stored.",
    Reason.NOT_AN_EMAIL: "Not an e-mail.",
    Reason.EMAIL_TAKEN: "{owner} has this e-mail already.",
    Reason.OF_ANOTHER_ROLE: "The role {value} does not have this field.",
    Reason.NO_SUCH_SITE: "There is no site {value}.",
    Reason.TAG_TAKEN: "{owner} has the tag {value} already.",
    Reason.TAG_TWICE: "The tag {value} stands here twice, in this or another writing.",
    Reason.LAST_ADMINISTRATOR: "This is the last administrator.",
    Reason.OWN_ACCOUNT: "Your own is changed in the user settings only.",
    Reason.OWN_DELETION: "This is your own account; another administrator deletes it.",
}


def in_words(refusal: Refusal) -> str:
    """What a program reads; the faults of a password and of a tag are in English words themselves."""
    if refusal.fault is not None:
        return refusal.fault.value
    return WORDS[refusal.reason].format(value=refusal.value, owner=refusal.owner)


class Numbers(fields.List):
    """The ids of what belongs to a user."""

    def _serialize(self, value: Any, *args: Any, **options: Any) -> list[int]:
        return [each.id for each in value]


class LastHere(Moment):
    """Flask-AppBuilder's column says no zone; it is UTC."""

    def _serialize(self, value: datetime | None, *args: Any, **options: Any) -> str | None:
        return super()._serialize(value and value.replace(tzinfo=UTC), *args, **options)


class UserSchema(Schema):
    """Somebody who may sign in. A role has fields of its own; those of another role stay empty."""

    id = Whole(dump_only=True, metadata={"example": 1})
    first_name = Name(PortalUser.first_name, required=True, metadata={"example": "Mads"})
    last_name = Name(PortalUser.last_name, required=True, metadata={"example": "Krogh"})
    email = Name(
        PortalUser.username,
        attribute="email",
        required=True,
        metadata={"example": "mads.krogh@example.com", "description": "the login; unique, in small letters"},
    )
    password = Text(
        PortalUser.password,
        required=True,
        allow_none=False,
        load_only=True,
        metadata={"format": "password", "description": "8 characters or more with letters and digits; never answered"},
    )
    role = fields.Enum(RoleName, by_value=fields.String(), required=True, metadata={"example": "EV user"})
    sites = Numbers(
        Whole(1, LARGEST_KEY),
        validate=validate.Length(max=MOST_SITES),
        metadata={"description": "ids; of a site administrator, at least one"},
    )
    alarm_email = Flag(metadata={"description": "e-mail on alarm; of administrators and site administrators"})
    id_tokens = fields.List(
        fields.String(),
        validate=validate.Length(max=MOST_TAGS),
        metadata={"description": "tags in any writing; of an EV user", "example": ["3735928559"]},
    )
    active = Flag(metadata={"description": "who is not can neither sign in nor charge"})
    last_here_at = LastHere(attribute="last_login", dump_only=True, allow_none=True)


class UserApi(Api):
    """For administrators; site administrators read names and e-mails of those who charged at their sites."""

    resource_name = "users"
    datamodel = SQLAInterface(PortalUser)
    schema = UserSchema

    def column(self, name: str) -> ColumnElement[Any] | None:
        match name:
            case "password" | "sites" | "id_tokens":
                return None
            case "role":
                of_user = (assoc_user_role.c.role_id == Role.id) & (assoc_user_role.c.user_id == PortalUser.id)
                return select(Role.name).where(of_user).correlate(PortalUser).scalar_subquery()
            case "last_here_at":
                return func.timezone("UTC", PortalUser.last_login)
        return super().column(name)

    def row(self, pk: int, for_update: bool = False) -> PortalUser:
        """Locked by the domain, in an order in which no two wait for each other."""
        user = super().row(pk)
        if for_update:
            try:
                users.lock(self.db, user)
            except NoSuchUserError:
                refuse(404, "Not found")
        return user

    def offers(self, name: str) -> bool:
        return sees_all_of_users(viewer()) or name in SHOWN_TO_SITE_ADMINISTRATORS

    def _ordered(self, rows: Query[Any], query: dict[str, Any]) -> Query[Any]:
        everything = (PortalUser.roles, PortalUser.sites, PortalUser.id_tokens)
        return (
            super()._ordered(rows, query).options(*map(selectinload, everything if sees_all_of_users(viewer()) else ()))
        )

    def _pruned(self, columns: list[str]) -> Schema:
        schema = super()._pruned(columns)
        if sees_all_of_users(viewer()):
            return schema
        return self.schema(only=[name for name in schema.fields if name in SHOWN_TO_SITE_ADMINISTRATORS])

    def _answer(self, status: int, item: PortalUser) -> Response:
        response = self.response(status, id=item.id, result=self._pruned([]).dump(item))
        return self.tagged(item, response) if sees_all_of_users(viewer()) else response

    @expose("/", methods=["POST"])
    @protect()
    @permission_name("post")
    def post(self) -> Response:
        details = UserDetails(**self.values(self.add_model_schema))
        with self._refusing():
            user = users.add(self.db, details)
        return self._answer(201, user)

    @expose("/<int:pk>", methods=["PUT"])
    @protect()
    @permission_name("put")
    def put(self, pk: int) -> Response:
        details = UserDetails(**self.values(self.edit_model_schema))
        user = self.row(pk, for_update=True)
        versions.expect_read(self.db, user, self.edit_model_schema)
        with self._refusing():
            if user.id == viewer().user_id:
                own_account.refuse_elsewhere(user, details)
            users.change(self.db, user, details)
        return self._answer(200, user)

    def remove(self, item: PortalUser) -> None:
        try:
            users.delete(self.db, item, viewer().user_id)
        except UserError as error:
            refuse(409, " ".join(in_words(refusal) for found in error.refusals.values() for refusal in found))
        except NoSuchUserError:
            refuse(404, "Not found")

    @expose("/<int:pk>/data", methods=["GET"])
    @protect()
    @permission_name("data")
    def data(self, pk: int) -> Response:
        """All that is kept about a person: the file that they get themselves."""
        return personal_data.answer(self.row(pk).id, f"personal-data-{pk}")

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """Commits in the end, or says what the domain has against it."""
        try:
            yield
            self.db.commit()
        except UserError as error:
            self.db.rollback()
            refuse(422, {name: [in_words(refusal) for refusal in found] for name, found in error.refusals.items()})
        except NoSuchUserError:
            refuse(404, "Not found")


def describe(spec: APISpec) -> None:
    """What users have and other resources have not."""
    faults = {str(fault): reference("responses", str(fault)) for fault in (401, 403, 404)}
    whole = {"description": "Account, tags, sessions, commands and so on", **as_json({"type": "object"})}
    operation = {
        "tags": ["users"],
        "operationId": "users.data",
        "summary": "All that is kept about one person, as one file",
        "responses": {"200": whole} | faults,
    }
    spec.path("/api/v1/users/{pk}/data", operations={"get": operation}, parameters=[key_in_path()])
