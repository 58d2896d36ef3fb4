"""A file as the answer to a request."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import BinaryIO

from flask import Response, send_file

from portal.exports.content import Content
from portal.exports.kinds import KINDS, Chunks, Kind


def answer(content: Content, suffix: str) -> Response:
    """The file itself: streamed, its first byte at once, or made in a temporary file that is deleted as it is sent."""
    kind = KINDS[suffix]
    if kind.chunks is not None:
        return _streamed(kind, kind.chunks, content)
    if kind.whole is not None:
        return _made(kind, kind.whole, content)
    raise ValueError(f"{suffix} is neither streamed nor made")


def _streamed(kind: Kind, chunks_of: Chunks, content: Content) -> Response:
    chunks = chunks_of(replace(content, rests=True))
    # The first chunk is made before the answer begins, so that an error is an error page and no broken file.
    first = next(chunks, b"")
    response = Response(chain([first], chunks), mimetype=kind.media_type)
    response.call_on_close(chunks.close)
    response.headers.set("Content-Disposition", "attachment", filename=content.file_name(kind.suffix))
    return response


def _made(kind: Kind, write: Callable[[Content, BinaryIO], None], content: Content) -> Response:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - sending it closes and so deletes it
    try:
        write(content, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return send_file(file, kind.media_type, as_attachment=True, download_name=content.file_name(kind.suffix))
