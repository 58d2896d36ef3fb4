"""What all resources have in common.

Flask-AppBuilder's `ModelRestApi` gives the routes, the sign-in and the permissions. Its methods are replaced, because
they keep a list's filters on the object that serves all requests, take a reference to a row that one may not see, and
answer a wrong value with a fault or with silence. Which rows one may see is told in domain/scope.py.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Response
from flask_appbuilder import Model
from flask_appbuilder.api import ModelRestApi, expose
from flask_appbuilder.security.decorators import permission_name, protect
from marshmallow import Schema, ValidationError
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Query, Session

from domain.errors import HasChildrenError
from domain.models.columns import LARGEST_KEY
from domain.scope import visible
from portal.api import filters, versions
from portal.api.body import json_body
from portal.api.errors import Reasons, refuse
from portal.api.fields import Key
from portal.api.query import LARGEST_PAGE_SIZE, read_query
from portal.viewer import scoped, viewer

Values = dict[str, Any]


class Api(ModelRestApi):
    """One resource: list, one, create, change, delete."""

    schema: type[Schema]
    """What is sent and answered; fields that only the portal writes are `dump_only`."""
    form: type[Schema] | None = None
    """What is sent as a form in place of JSON to make a row, where a file comes along."""
    fixed: tuple[str, ...] = ()
    """Fields that are given when a row is made and stay."""
    broken_rules: Mapping[str, tuple[str, str]] = {}
    """For each constraint of the database that what is sent can break: the field, and the reason in words."""
    largest_key = LARGEST_KEY
    allow_browser_login = False

    def __init__(self) -> None:
        whole = self.schema()
        given = [name for name, field in whole.fields.items() if not field.dump_only]
        self.list_model_schema = self.show_model_schema = whole
        self.add_model_schema = self.schema(only=given)
        self.edit_model_schema = self.schema(only=[name for name in given if name not in self.fixed], partial=True)
        self.list_columns = self.show_columns = [name for name, field in whole.fields.items() if not field.load_only]
        self.add_columns, self.edit_columns = given, list(self.edit_model_schema.fields)
        self.search_columns = self.order_columns = [name for name in whole.fields if self.column(name) is not None]
        super().__init__()

    @property
    def db(self) -> Session:
        return self.datamodel.session

    def column(self, name: str) -> ColumnElement[Any] | None:
        """The column behind a field of the answer; None where there is none to filter or sort by."""
        field = self.schema._declared_fields[name]
        return getattr(self.datamodel.obj, field.attribute or name, None)

    def offers(self, _name: str) -> bool:
        """Whether this user may filter and sort by a field."""
        return True

    # Which rows

    def rows(self) -> Query[Any]:
        """The rows that this user may see, for each method alike."""
        model = self.datamodel.obj
        return self.db.query(model).filter(visible(model, viewer()))

    def row(self, pk: int, for_update: bool = False) -> Model:
        """One of them, locked until the commit if it is to change; 404 for any other."""
        found = None
        if pk <= self.largest_key:
            query = self.rows().filter(self.datamodel.obj.id == pk)
            found = (query.with_for_update(of=self.datamodel.obj) if for_update else query).one_or_none()
        return found or refuse(404, "Not found")

    def related(self, model: type[Model], pk: int) -> Model | None:
        """The row that a body refers to, if there is one and this user may see it."""
        return self.db.scalar(scoped(select(model).where(model.id == pk), model))

    # What is sent

    def values(self, schema: Schema) -> Values:
        """The body by column, checked; 400 for what is no JSON, 422 with each field's reasons otherwise."""
        try:
            values = schema.load(json_body())
        except ValidationError as error:
            refuse(422, self._explain(error.messages_dict))
        self._check_references(schema, values)
        return values

    def _explain(self, reasons: Reasons) -> Reasons:
        """Tell a field that exists, but is not for the writer, from one that does not exist."""
        known = self.schema._declared_fields
        for name, reason in reasons.items():
            if reason == ["Unknown field."] and name in known:
                reasons[name] = ["Read-only." if known[name].dump_only else "Cannot be changed."]
        return reasons

    def _check_references(self, schema: Schema, values: Values) -> None:
        missing = {
            name: [f"There is no {name} {values[field.attribute]}."]
            for name, field in schema.fields.items()
            if isinstance(field, Key)
            and values.get(field.attribute) is not None
            and self.related(field.model, values[field.attribute]) is None
        }
        if missing:
            refuse(422, missing)

    # What is written

    def create(self, item: Model) -> None:
        """Add a row; where there is a rule about that, ask the domain."""
        self.db.add(item)

    def remove(self, item: Model) -> None:
        """Delete a row; where there is a rule about that, ask the domain."""
        self.db.delete(item)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Commits in the end, or says which rule of the database speaks against it.

        No look-up before the writing could be sure: others write at the same time.
        """
        try:
            yield
            self.db.commit()
        except IntegrityError as error:
            self.db.rollback()
            rule = error.orig.diag.constraint_name
            if rule not in self.broken_rules:
                raise
            field, reason = self.broken_rules[rule]
            refuse(422, {field: [reason]})

    # The methods

    @expose("/", methods=["GET"])
    @protect()
    @permission_name("get")
    def get_list(self) -> Response:
        query = read_query()
        rows = self.rows().filter(*self._conditions(query["filters"]))
        count = rows.with_entities(func.count(self.datamodel.obj.id)).scalar()
        schema = self._pruned(query["columns"])
        size = min(query["page_size"], LARGEST_PAGE_SIZE)
        page = self._ordered(rows, query).offset(query["page"] * size).limit(size).all()
        return self.response(200, count=count, ids=[row.id for row in page], result=schema.dump(page, many=True))

    def _conditions(self, wanted: list[dict[str, Any]]) -> list[ColumnElement[bool]]:
        conditions, reasons = [], {}
        for index, each in enumerate(wanted):
            try:
                field = self._searchable(each["col"])
                column = self.column(each["col"])
                conditions.append(filters.condition(field, column, each["opr"], each["value"]))
            except ValidationError as error:
                reasons[index] = error.messages_dict
        return refuse(400, {"filters": reasons}) if reasons else conditions

    def _searchable(self, name: str) -> Any:
        names = [each for each in self.search_columns if self.offers(each)]
        if name not in names:
            raise ValidationError({"col": [f"Must be one of: {', '.join(names)}."]})
        return self.list_model_schema.fields[name]

    def _ordered(self, rows: Query[Any], query: dict[str, Any]) -> Query[Any]:
        """In the order asked for and then by id, so that pages never overlap."""
        names = [each for each in self.order_columns if self.offers(each)]
        if query["order_column"] not in names:
            refuse(400, {"order_column": [f"Must be one of: {', '.join(names)}."]})
        columns = [self.column(query["order_column"]), self.datamodel.obj.id]
        return rows.order_by(*(c.desc() if query["order_direction"] == "desc" else c.asc() for c in columns))

    def _pruned(self, columns: list[str]) -> Schema:
        if unknown := [name for name in columns if name not in self.list_columns]:
            refuse(400, {"columns": [f"There is no {unknown[0]}."]})
        return self.schema(only=columns) if columns else self.list_model_schema

    @expose("/<int:pk>", methods=["GET"])
    @protect()
    @permission_name("get")
    def get(self, pk: int) -> Response:
        return self._answer(200, self.row(pk))

    @expose("/", methods=["POST"])
    @protect()
    @permission_name("post")
    def post(self) -> Response:
        item = self.datamodel.obj(**self.values(self.add_model_schema))
        self.pre_add(item)
        with self.writing():
            self.create(item)
        self.post_add(item)
        return self._answer(201, item)

    @expose("/<int:pk>", methods=["PUT"])
    @protect()
    @permission_name("put")
    def put(self, pk: int) -> Response:
        values = self.values(self.edit_model_schema)
        item = self.row(pk, for_update=True)
        versions.expect_read(self.db, item, self.edit_model_schema)
        with self.writing():
            for name, value in values.items():
                setattr(item, name, value)
            self.pre_update(item)
        self.post_update(item)
        return self._answer(200, item)

    @expose("/<int:pk>", methods=["DELETE"])
    @protect()
    @permission_name("delete")
    def delete(self, pk: int) -> Response:
        item = self.row(pk, for_update=True)
        versions.expect_read(self.db, item, self.edit_model_schema)
        self.pre_delete(item)
        try:
            with self.writing():
                self.remove(item)
        except HasChildrenError as error:
            refuse(409, f"Remove first: {', '.join(error.children)}")
        self.post_delete(item)
        return self.response(200, message="OK")

    @expose("/_info", methods=["GET"])
    @protect()
    @permission_name("info")
    def info(self) -> Response:
        """What one may do here, and with which fields."""
        fields = self.list_model_schema.fields
        access = self.appbuilder.sm.has_access
        return self.response(
            200,
            permissions=sorted(p for p in self.base_permissions if access(p, self.class_permission_name)),
            add_columns=self.add_columns,
            edit_columns=self.edit_columns,
            order_columns=[name for name in self.order_columns if self.offers(name)],
            filters={name: list(filters.operators(fields[name])) for name in self.search_columns if self.offers(name)},
        )

    def _answer(self, status: int, item: Model) -> Response:
        return self.tagged(item, self.response(status, id=item.id, result=self.show_model_schema.dump(item)))

    def tagged(self, item: Model, response: Response) -> Response:
        """With the state of the row that it tells, where there is something to change."""
        if self.edit_model_schema.fields:
            response.set_etag(versions.tag_of(item, self.edit_model_schema))
        return response
