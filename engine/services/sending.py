"""One message to the address of a service, over HTTP and no longer than ten seconds.

The way there is that to a station (engine/calls/connecting.py): each address that the name leads to is judged, and that
very one is connected to. No redirect is followed and no proxy asked.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, responses
from time import monotonic

from config import get_settings
from domain import endpoints
from domain.models import CommandReason
from domain.services.outbox import Answer
from engine.calls.connecting import PORTS, connect, place_of
from engine.calls.errors import NotCalledError

SECONDS = 10.0
"""From when the connection is there."""
READ_BYTES = 2000
LONGEST_RETRY_AFTER = timedelta(hours=1)
REDIRECTION = range(300, 400)


def post(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """What the service says; or why nothing came, which is never raised."""
    try:
        place = place_of(url)
        line = connect(place, partial(endpoints.is_callable, loopback_allowed=get_settings().services_allow_loopback))
    except NotCalledError as error:
        return Answer(None, _why(error))
    line.settimeout(SECONDS)
    line.ends_at = monotonic() + SECONDS
    connection = HTTPConnection(place.host, place.port)
    connection.default_port = PORTS[place.scheme]
    connection.sock = line
    try:
        connection.request("POST", place.path, body, {**headers, "Connection": "close"})
        return _answer(connection.getresponse())
    except TimeoutError:
        return Answer(None, f"no answer within {SECONDS:.0f} s")
    except HTTPException as error:
        return Answer(None, f"this is no HTTP: {error!r}")
    except OSError as error:
        return Answer(None, f"the connection broke: {error.strerror or error}")
    finally:
        connection.close()
        line.close()


def _why(error: NotCalledError) -> str:
    if error.reason is CommandReason.FORBIDDEN_ADDRESS:
        return f"this address is never called: {error.detail}"
    return error.detail or "it cannot be reached"


def _answer(response: HTTPResponse) -> Answer:
    words = " ".join(response.read(READ_BYTES).decode(errors="replace").split()).replace("\0", "")
    if response.status in REDIRECTION:
        words = f"it leads elsewhere, which is not followed: {response.headers.get('Location', '')}"
    return Answer(response.status, words or responses.get(response.status, ""), _retry_after(response))


def _retry_after(response: HTTPResponse) -> timedelta:
    """In seconds, as those say it who limit a rate."""
    told = response.headers.get("Retry-After", "")
    seconds = int(told[:6]) if told.isascii() and told.isdigit() else 0
    return min(timedelta(seconds=seconds), LONGEST_RETRY_AFTER)
