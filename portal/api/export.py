"""The data team's way in: all rows as a file, or those that changed since the last one (docs/data-teams.md).

Each file comes with a cursor, with which the next one begins (domain/changes.py).
"""

from collections.abc import Sequence
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask import Response, request
from flask_appbuilder.api import expose
from flask_appbuilder.security.decorators import permission_name, protect
from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import ColumnElement, Select, select

from domain import changes, clock
from domain.changes import Cursor, CursorError, Pull, Source, StaleCursorError, Stamped
from domain.roles import RoleName
from domain.scope import visible
from portal import audit, limits
from portal.api.base import Api
from portal.api.errors import refuse
from portal.api.export_columns import column_of
from portal.api.export_files import FORMATS, answer
from portal.api.query import MOST_FILTERS, FilterSchema, parse
from portal.exports import Content
from portal.table.column import Expression
from portal.viewer import viewer

LARGEST_LIMIT = 1_000_000
NEXT, IS_LAST, SCHEMA_VERSION = "X-Next-Changed-Since", "X-Is-Last", "X-Schema-Version"


class CursorField(fields.Field[Cursor]):
    """Where the pull before ended."""

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> Cursor:
        try:
            return Cursor.read(value)
        except CursorError:
            raise ValidationError(f"Not a cursor: send what the file before told as {NEXT}.") from None


class ExportQuerySchema(Schema):
    """What may stand in the address."""

    format = fields.String(load_default="json", validate=validate.OneOf(list(FORMATS)))
    q = fields.String(load_default="")
    changed_since = CursorField(load_default=None)
    limit = fields.Integer(load_default=None, validate=validate.Range(1, LARGEST_LIMIT))


class FiltersSchema(Schema):
    """Of the parameter `q` of a list, what an export takes: it has no pages, and its rows come in no order."""

    filters = fields.List(fields.Nested(FilterSchema), load_default=[], validate=validate.Length(max=MOST_FILTERS))


class ExportApi(Api):
    """A resource whose rows are also had as a file."""

    schema_version: ClassVar[int] = 1
    """One more with each change of a file's fields that a program must know of (docs/data-teams.md)."""
    export_schema: ClassVar[type[Schema]]

    @expose("/export", methods=["GET"])
    @protect()
    @permission_name("export")
    def export(self) -> Response:
        limits.count_export(viewer().user_id)
        asked = _load(ExportQuerySchema(), request.args)
        filters = _load(FiltersSchema(), parse(asked["q"]))["filters"]
        conditions = [*self._conditions(filters), *self.narrowing(filters)]
        pull = self._pull(filters, conditions, asked["changed_since"], asked["limit"])
        names = list(self.export_schema._declared_fields)
        audit.exported(self.datamodel.obj, None, asked["format"], names, [each["col"] for each in filters])
        content = self._content(pull, conditions)
        about = {
            "resource": self.resource_name,
            "schema_version": self.schema_version,
            "made_at": content.made_at.isoformat(),
            "next_changed_since": str(pull.until),
            "is_last": pull.is_last,
        }
        response = answer(content, asked["format"], about)
        response.headers[NEXT], response.headers[IS_LAST] = str(pull.until), str(pull.is_last).lower()
        response.headers[SCHEMA_VERSION] = str(self.schema_version)
        return response

    def narrowing(self, filters: Sequence[dict[str, Any]]) -> list[ColumnElement[bool]]:
        """What follows from the filters and helps the database to find the rows."""
        return []

    def sources(self, conditions: Sequence[ColumnElement[bool]], after: Cursor | None) -> list[Source]:
        """Where the rows are: those of the resource, and what tells that one is no more."""
        model = self.datamodel.obj
        return [Source(model, self.joined().where(visible(model, viewer()), *conditions))]

    def joined(self) -> Select[Any]:
        """The rows with what else their columns need."""
        return select(self.datamodel.obj)

    def exported(self, model: type[Stamped], name: str) -> Expression:
        """What a field is made of, where the rows are."""
        raise NotImplementedError

    def _pull(
        self, filters: Any, conditions: Sequence[ColumnElement[bool]], after: Cursor | None, most: int | None
    ) -> Pull:
        try:
            pull = changes.begin(self.db, self._subject(filters), after)
        except StaleCursorError as error:
            refuse(410, f"This cursor is of no use any more: {error}. Begin anew, without changed_since.")
        return pull if most is None else changes.first_rows(self.db, pull, self.sources(conditions, after), most)

    def _subject(self, filters: Any) -> str:
        """What is pulled and by whom, as far as other rows would be let through."""
        whoever = viewer()
        own = whoever.user_id if whoever.role is RoleName.EV_USER else None
        return changes.digest(self.resource_name, filters, whoever.role, sorted(whoever.site_ids), own)

    def _content(self, pull: Pull, conditions: Sequence[ColumnElement[bool]]) -> Content:
        fields = self.export_schema._declared_fields
        selected = changes.rows(
            pull,
            [
                (source, [self.exported(source.model, name).label(name) for name in fields])
                for source in self.sources(conditions, pull.after)
            ],
        ).subquery()
        columns = [column_of(name, field, selected.c[name]) for name, field in fields.items()]
        title = f"{self.resource_name}-v{self.schema_version}"
        return Content(title, select(selected), columns, ZoneInfo("UTC"), clock.now(), filters="")


def _load(schema: Schema, sent: Any) -> Any:
    try:
        return schema.load(sent)
    except ValidationError as error:
        refuse(400, error.messages_dict)
