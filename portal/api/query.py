"""What a list is asked for: `?q=(filters:!((col:name,opr:ct,value:CC)),order_column:name,page:0,page_size:25)`.

Rison as everywhere in Flask-AppBuilder, or the same as JSON. Nothing of it is kept on the API object, which serves
many requests at once.
"""

import json
from typing import Any

import prison
from flask import request
from marshmallow import Schema, ValidationError, fields, validate

from portal.api.errors import refuse
from portal.api.fields import Whole
from portal.api.filters import ALL

PAGE_SIZE = 25
LARGEST_PAGE_SIZE = 1000
LAST_PAGE = 2**31 - 1
MOST_FILTERS = 50


class FilterSchema(Schema):
    """One condition on the rows; all must hold."""

    col = fields.String(required=True, metadata={"description": "a field of the answer"})
    opr = fields.String(required=True, metadata={"enum": list(ALL)})
    value = fields.Raw(required=True, allow_none=True)


class QuerySchema(Schema):
    """The parameter `q` of a list."""

    filters = fields.List(fields.Nested(FilterSchema), load_default=[], validate=validate.Length(max=MOST_FILTERS))
    order_column = fields.String(load_default="id")
    order_direction = fields.String(load_default="asc", validate=validate.OneOf(["asc", "desc"]))
    page = Whole(0, LAST_PAGE, load_default=0)
    page_size = Whole(
        1,
        load_default=PAGE_SIZE,
        metadata={"description": f"at most {LARGEST_PAGE_SIZE} rows are answered, whatever is asked"},
    )
    columns = fields.List(fields.String(), load_default=[], metadata={"description": "only these fields of each row"})


def read_query() -> dict[str, Any]:
    """The parameter `q` of this request, checked but for the names of columns; refuses nonsense with a reason."""
    try:
        return QuerySchema().load(parse(request.args.get("q", "")))
    except ValidationError as error:
        refuse(400, error.messages_dict)


def parse(text: str) -> Any:
    """What was written as rison or as JSON; refuses anything else."""
    if not text:
        return {}
    try:
        return json.loads(text) if text.lstrip().startswith("{") else prison.loads(text)
    # Beside its own exception, the rison parser lets these escape where a text ends too early or nests too deep.
    except (prison.decoder.ParserException, ValueError, IndexError, TypeError, RecursionError):
        refuse(400, {"q": ["Neither rison nor JSON."]})
