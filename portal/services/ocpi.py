"""OCPI 2.2.1 for maps: versions, and the Locations of the operator, to be read (chapters 4, 6 and 8)."""

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, jsonify, request
from flask_limiter.util import get_remote_address

from config import get_settings
from domain import clock
from domain.models import Service, ServiceKind
from domain.services.map_feed import reading
from domain.services.map_feed.reading import Cursor, Query
from portal.database import database
from portal.services.coming import comes_too_often, let_in, strangers_come_too_often

VERSION = "2.2.1"
PREFIX = "/ocpi"
DEFAULT_LIMIT, LARGEST_LIMIT = 50, 100
LARGEST_OFFSET = 10**9
LONGEST_AUTHORIZATION = 1000
SUCCESS, CLIENT_ERROR, BAD_PARAMETERS, UNKNOWN_LOCATION = 1000, 2000, 2001, 2003
"""5.1."""
SCHEME = "token "
RETRY_SECONDS = 60

ocpi = Blueprint("ocpi", __name__, url_prefix=PREFIX)
Answer = Response | tuple[Response, int]


class WrongParameterError(Exception):
    """The text says which one, and what would be right."""


def _wrapped(data: Any, status_code: int = SUCCESS, message: str | None = None, http: int = 200) -> Response:
    """The envelope of every answer (4.1.7)."""
    body: dict[str, Any] = {"status_code": status_code, "timestamp": reading.moment(clock.now())}
    if data is not None:
        body["data"] = data
    if message is not None:
        body["status_message"] = message
    answer = jsonify(body)
    answer.status_code = http
    answer.cache_control.no_store = True
    for name in ("X-Request-ID", "X-Correlation-ID"):
        if name in request.headers:
            answer.headers[name] = request.headers[name][:100]
    return answer


def tokens_in(authorization: str) -> list[str]:
    """As which the header may be read: OCPI 2.2.1 writes the token in Base64 (4.1.1), and many write it as it is."""
    if len(authorization) > LONGEST_AUTHORIZATION or not authorization.lower().startswith(SCHEME):
        return []
    written = authorization[len(SCHEME) :].strip()
    try:
        decoded = base64.b64decode(written, validate=True).decode()
    except (binascii.Error, ValueError):
        return [written]
    return [decoded, written]


def for_maps(view: Callable[..., Response]) -> Callable[..., Response]:
    """Whoever comes with the token of a map feed, and not too often."""

    @wraps(view)
    def guarded(**values: str) -> Response:
        service = let_in(ServiceKind.MAP_FEED, tokens_in(request.headers.get("Authorization", "")))
        if service is None:
            return _refused_stranger()
        if comes_too_often(service):
            return _slowly()
        g.map_feed = service
        try:
            return view(**values)
        except WrongParameterError as error:
            return _wrapped(None, BAD_PARAMETERS, str(error), 400)
        finally:
            # Publishers wait for those who read.
            database().rollback()

    return guarded


def _refused_stranger() -> Response:
    if strangers_come_too_often(get_remote_address()):
        return _slowly()
    answer = _wrapped(None, CLIENT_ERROR, "No such token, or the service is not enabled", 401)
    answer.headers["WWW-Authenticate"] = "Token"
    return answer


def _slowly() -> Response:
    answer = _wrapped(None, CLIENT_ERROR, "Too many requests", 429)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def service() -> Service:
    """The map feed of this request."""
    found: Service = g.map_feed
    return found


def url_of(path: str) -> str:
    """What others are told, whatever name they came by."""
    return f"{get_settings().portal_url}{PREFIX}{path}"


@ocpi.get("/versions", strict_slashes=False)
@for_maps
def versions() -> Response:
    return _wrapped([{"version": VERSION, "url": url_of(f"/{VERSION}")}])


@ocpi.get(f"/{VERSION}", strict_slashes=False)
@for_maps
def details() -> Response:
    endpoint = {"identifier": "locations", "role": "SENDER", "url": url_of(f"/{VERSION}/locations")}
    return _wrapped({"version": VERSION, "endpoints": [endpoint]})


@ocpi.get(f"/{VERSION}/locations", strict_slashes=False)
@for_maps
def locations() -> Response:
    query = _query()
    page = reading.page(database(), service(), query)
    answer = _wrapped(page.locations)
    answer.headers["X-Total-Count"] = str(page.total)
    answer.headers["X-Limit"] = str(LARGEST_LIMIT)
    if page.cursor is not None:
        answer.headers["Link"] = f'<{_next_url(query, page.cursor)}>; rel="next"'
    return answer


def _next_url(query: Query, cursor: Cursor) -> str:
    """By the cursor; the offset beside it is for those who count."""
    dates = {"date_from": query.date_from, "date_to": query.date_to}
    told = {name: reading.moment(at) for name, at in dates.items() if at is not None}
    told |= {"offset": str(query.offset + query.limit), "limit": str(query.limit), "cursor": str(cursor)}
    return f"{url_of(f'/{VERSION}/locations')}?{urlencode(told)}"


@ocpi.get(f"/{VERSION}/locations/<location_id>", strict_slashes=False)
@for_maps
def location(location_id: str) -> Response:
    return _found(location_id)


@ocpi.get(f"/{VERSION}/locations/<location_id>/<evse_uid>", strict_slashes=False)
@for_maps
def evse(location_id: str, evse_uid: str) -> Response:
    return _found(location_id, ("evses", "uid", evse_uid))


@ocpi.get(f"/{VERSION}/locations/<location_id>/<evse_uid>/<connector_id>", strict_slashes=False)
@for_maps
def connector(location_id: str, evse_uid: str, connector_id: str) -> Response:
    return _found(location_id, ("evses", "uid", evse_uid), ("connectors", "id", connector_id))


def _found(location_id: str, *steps: tuple[str, str, str]) -> Response:
    """A Location, or what stands within it."""
    found = None if "\0" in location_id else reading.location(database(), service(), location_id)
    for many, key, wanted in steps:
        found = next((each for each in found[many] if each[key] == wanted), None) if found else None
    if found is None:
        return _wrapped(None, UNKNOWN_LOCATION, "Not found", 404)
    return _wrapped(found)


# What is asked for


def _query() -> Query:
    return Query(
        limit=min(_number("limit", DEFAULT_LIMIT, least=1), LARGEST_LIMIT),
        date_from=_moment("date_from"),
        date_to=_moment("date_to"),
        offset=_number("offset", 0, least=0),
        cursor=_cursor(),
    )


def _number(name: str, otherwise: int, least: int) -> int:
    written = request.args.get(name, "")
    if not written:
        return otherwise
    if not (written.isascii() and written.isdigit() and least <= int(written[:20]) <= LARGEST_OFFSET):
        raise WrongParameterError(f"{name} must be a whole number of at least {least}")
    return int(written)


def _moment(name: str) -> datetime | None:
    """A time without a zone is in UTC (14.7)."""
    written = request.args.get(name, "")
    if not written:
        return None
    try:
        # A plus sign that nobody encoded has become a blank.
        at = datetime.fromisoformat(written.replace(" ", "+") if "T" in written else written)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise WrongParameterError(f"{name} must be a time such as 2026-11-28T20:21:57Z") from None


def _cursor() -> Cursor | None:
    written = request.args.get("cursor", "")
    if not written:
        return None
    try:
        cursor = Cursor.read(written)
    except ValueError:
        raise WrongParameterError("cursor must be that of a Link") from None
    if cursor.updated_at.tzinfo is None or "\0" in cursor.location_id:
        raise WrongParameterError("cursor must be that of a Link")
    return cursor
