"""Lines of JSON, for programs: each row an object of its own, named and valued as in CSV. It is streamed."""

from collections.abc import Generator
from contextlib import closing
from itertools import chain, islice

import orjson
from flask import Response

from portal.exports.content import CHUNK_ROWS, Content


def lines_file(content: Content) -> Response:
    """The response that streams the file."""
    chunks = _chunks(content)
    # The first chunk is made before the answer begins, so that an error is an error page and no broken file.
    first = next(chunks, b"")
    response = Response(chain([first], chunks), mimetype="application/jsonl")
    response.call_on_close(chunks.close)
    response.headers.set("Content-Disposition", "attachment", filename=content.file_name("jsonl"))
    return response


def _chunks(content: Content) -> Generator[bytes, None, None]:
    names = [column.csv_name for column in content.columns]
    makers = [column.csv for column in content.columns]
    with closing(content.rows()) as rows:
        while chunk := list(islice(rows, CHUNK_ROWS)):
            objects = (
                {name: make(value, content.zone) for name, make, value in zip(names, makers, row, strict=True)}
                for row in chunk
            )
            yield b"".join(orjson.dumps(each, default=str, option=orjson.OPT_APPEND_NEWLINE) for each in objects)
