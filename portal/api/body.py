"""What was sent, as JSON."""

from typing import Any

from flask import request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import BadRequest

from portal.api.errors import refuse

LARGEST_BODY = 64 * 1024


class JsonProvider(DefaultJSONProvider):
    """Flask's, with one more way to be wrong."""

    def loads(self, text: str | bytes, **options: Any) -> Any:
        """Raises ValueError for what is no JSON, and for what nests deeper than Python follows."""
        try:
            return super().loads(text, **options)
        except RecursionError as error:
            raise ValueError("nested too deep") from error


def json_body() -> Any:
    """The body of this request; 400 for anything but JSON."""
    request.max_content_length = LARGEST_BODY
    if not request.is_json:
        refuse(400, "The request is not JSON")
    try:
        return request.get_json()
    except BadRequest:
        refuse(400, "The body is not JSON")
