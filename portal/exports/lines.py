"""Lines of JSON, for programs: each row an object of its own, named and valued as in CSV."""

from collections.abc import Generator
from contextlib import closing
from itertools import islice

import orjson

from portal.exports.content import CHUNK_ROWS, Content


def line_chunks(content: Content) -> Generator[bytes, None, None]:
    """The file in pieces of some hundred rows."""
    names = [column.csv_name for column in content.columns]
    makers = [column.csv for column in content.columns]
    with closing(content.rows()) as rows:
        while chunk := list(islice(rows, CHUNK_ROWS)):
            objects = (
                {name: make(value, content.zone) for name, make, value in zip(names, makers, row, strict=True)}
                for row in chunk
            )
            yield b"".join(orjson.dumps(each, default=str, option=orjson.OPT_APPEND_NEWLINE) for each in objects)
