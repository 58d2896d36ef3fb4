"""The files of an export, as answers.

CSV and JSON are streamed: memory stays flat, and the first byte leaves with the first rows. An error after that ends
the answer before its end, so that a program notices: the connection breaks off, in JSON the last bracket is missing.
"""

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import replace
from itertools import chain
from threading import BoundedSemaphore
from typing import Any

import orjson
from flask import Response, request
from werkzeug.exceptions import ServiceUnavailable

from config import get_settings
from portal.api.export_columns import object_form
from portal.exports import KINDS, Content
from portal.exports import answer as answer_with
from portal.exports.csv import gzipped
from portal.exports.kinds import Chunks, Kind

BUSY_SECONDS = 10

running = BoundedSemaphore(max(1, get_settings().database_connections // 4))
"""Each has a connection of its own for as long as its reader takes: most are left to all others."""


def json_chunks(content: Content, about: Mapping[str, Any]) -> Generator[bytes, None, None]:
    """One object: what is said of the file, the rows, and at the end how many those were."""
    count = 0
    yield orjson.dumps(about)[:-1] + b',"rows":['
    with closing(content.lines([object_form(content.columns)])) as chunks:
        for lines in chunks:
            # Each object is one cell of CSV: in quotes, its own doubled.
            rows = b",\n".join([line[1:-2] for line in lines]).replace(b'""', b'"')
            yield (b",\n" if count else b"\n") + rows
            count += len(lines)
    yield b'],"count":%d}\n' % count


FORMATS: Mapping[str, Kind] = {
    "json": Kind("json", "JSON", "application/json"),
    "csv": KINDS["csv"],
    "parquet": KINDS["parquet"],
}
"""By the word that asks for it."""


def answer(content: Content, word: str, about: Mapping[str, Any]) -> Response:
    """The file, with what is said of it where the kind has a place for that."""
    if not running.acquire(blocking=False):
        raise ServiceUnavailable("Other exports run. Try again in a moment.", retry_after=BUSY_SECONDS)
    kind = FORMATS[word]
    if kind.whole is not None:
        try:
            return answer_with(replace(content, about={name: str(value) for name, value in about.items()}), kind.suffix)
        finally:
            running.release()
    return _streamed(kind, kind.chunks or (lambda content: json_chunks(content, about)), content)


def _streamed(kind: Kind, chunks_of: Chunks, content: Content) -> Response:
    chunks = _counted(chunks_of(content))
    try:
        # The first rows are there before the answer begins, so that an error is an answer and no broken file.
        first = next(chunks), next(chunks, b"")
    except BaseException:
        chunks.close()
        raise
    whole = _with(first, chunks)
    is_packed = request.accept_encodings["gzip"] > 0
    response = Response(gzipped(whole) if is_packed else whole, mimetype=kind.media_type)
    response.call_on_close(chunks.close)
    if is_packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers.set("Content-Disposition", "attachment", filename=content.file_name(kind.suffix))
    return response


def _with(first: tuple[bytes, ...], chunks: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    yield from chain(first, chunks)


def _counted(chunks: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """Lets the next one in when it is over, whichever way."""
    try:
        with closing(chunks):
            yield from chunks
    finally:
        running.release()
