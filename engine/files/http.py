"""Files over HTTP, beside OCPP: a station fetches its firmware (GET, also in parts) and leaves its logs (PUT, POST).

Name, password, folders and limits are those of the FTP server. A body goes to the disk as it comes in, a piece at a
time, and between two pieces it is the turn of the other stations of this process.
"""

import re
from contextlib import ExitStack
from dataclasses import replace

import gevent
from flask import Blueprint, Response, g, request, send_file
from gunicorn.http.errors import ParseException
from werkzeug.formparser import FormDataParser

from config import get_settings
from domain import clock, file_access, file_paths, firmware_images, station_files
from domain.db import session_factory
from domain.file_access import AccessError, Guest, LockedError
from domain.file_paths import NAMELESS, BadPathError, Folder, Place
from domain.station_files import UploadError, UploadFault
from engine.files.receiving import STALLS_AFTER_SECONDS, Upload

PIECE_BYTES = 64 * 1024
FORM = "multipart/form-data"
MOST_PARTS = 20
FOLDERS = re.compile(r".*[/\\]", re.DOTALL)
"""What a form's file brings along of the sender's own disk."""
STATUS = {
    UploadFault.TOO_LARGE: 413,
    UploadFault.OVER_QUOTA: 507,
    UploadFault.TOO_MANY: 429,
    UploadFault.TOO_MANY_AT_ONCE: 429,
    UploadFault.BROKEN_OFF: 400,
    UploadFault.STALLED: 408,
    UploadFault.NOT_KEPT: 503,
    UploadFault.ABANDONED: 409,
}

files = Blueprint("files", __name__)


@files.before_request
def judge() -> Response | None:
    """Who asks, and for what."""
    try:
        g.place = file_paths.parse((request.view_args or {})["path"])
        with session_factory()() as db:
            given = request.authorization
            name, password = (given.username, given.password) if given and given.type == "basic" else (None, None)
            g.guest = file_access.sign_in(db, name or "", password or "", request.remote_addr or "")
    except BadPathError as error:
        return _say(404, str(error))
    except LockedError as error:
        return _say(429, str(error), {"Retry-After": str(file_access.LOCKED_SECONDS)})
    except AccessError as error:
        return _say(401, str(error), {"WWW-Authenticate": 'Basic realm="Files", charset="UTF-8"'})
    return None


@files.get("/files/<path:path>")
def fetch(path: str) -> Response:
    place: Place = g.place
    with session_factory()() as db:
        images = firmware_images.sent_to(db, g.guest.station_id, clock.now())
    wanted = (Folder.FIRMWARE, place.number, place.name)
    image = next((one for one in images if (Folder.FIRMWARE, one.id, one.file_name) == wanted), None)
    if image is None or not (file := firmware_images.path_of(image.sha256)).is_file():
        return _say(404, "There is no such file.")
    return send_file(
        file, "application/octet-stream", conditional=True, etag=image.sha256, last_modified=image.uploaded_at
    )


@files.route("/files/<path:path>", methods=["PUT", "POST"])
def leave(path: str) -> Response:
    place: Place = g.place
    if place.folder is not Folder.UPLOADS:
        return _say(403, "Files are left in the folder of the uploads.")
    try:
        with session_factory()() as db:  # Before a byte is read.
            room = station_files.usage(db, g.guest.station_id, clock.now()).room
        room.check(request.content_length or 1)
        if request.mimetype == FORM:
            _take_form(g.guest, place)
        else:
            _take_body(g.guest, place)
    except UploadError as error:
        return _say(STATUS[error.fault], str(error))
    return _say(201, "The file was kept.")


class Body:
    """What is sent, in pieces. Raises UploadError for one that stalls or ends too early."""

    def __init__(self) -> None:
        self._left_bytes = request.content_length

    def read(self, size: int = PIECE_BYTES) -> bytes:
        gevent.sleep(0)
        try:
            with gevent.Timeout(STALLS_AFTER_SECONDS, UploadError(UploadFault.STALLED)):
                piece = request.stream.read(size)
        except (OSError, ParseException):  # As gunicorn says it.
            raise UploadError(UploadFault.BROKEN_OFF) from None
        if self._left_bytes is not None:
            self._left_bytes -= len(piece)
        if not piece and self._left_bytes:
            raise UploadError(UploadFault.BROKEN_OFF)
        return piece


def _take_body(guest: Guest, place: Place) -> None:
    body = Body()
    with Upload(guest, _named(place, NAMELESS), _scheme()) as upload:
        while piece := body.read():
            upload.write(piece)


def _take_form(guest: Guest, place: Place) -> None:
    """Each file of a form; other fields are of no interest."""
    with ExitStack() as uploads:

        def stream_factory(filename: str | None, **_other: object) -> Upload:
            return uploads.enter_context(Upload(guest, _named(place, filename or NAMELESS), _scheme()))

        parser = FormDataParser(
            # It is written to and turned back, which is all that the parser does with it.
            stream_factory,  # type: ignore[arg-type]
            max_form_memory_size=PIECE_BYTES,
            max_form_parts=MOST_PARTS,
            silent=False,
        )
        try:
            parser.parse(Body(), FORM, request.content_length, request.mimetype_params)  # type: ignore[arg-type]
        except ValueError:
            raise UploadError(UploadFault.BROKEN_OFF) from None


def _named(place: Place, name: str) -> Place:
    """A file that is sent to a folder brings its name along, or has none."""
    if place.name:
        return place
    try:
        return replace(place, name=file_paths.checked(FOLDERS.sub("", name)))
    except BadPathError:
        return replace(place, name=NAMELESS)


def _scheme() -> str:
    """What the station speaks, also where a proxy of ours brings TLS."""
    return get_settings().file_url.partition(":")[0]


def _say(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return Response(text + "\n", status, headers, content_type="text/plain; charset=utf-8")
