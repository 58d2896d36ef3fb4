"""CSV, for programs: UTF-8 without a byte order mark, commas, ISO 8601 times with offset, points in numbers.

See docs/decisions for why; people who use Excel have the Excel file. It is streamed: its first byte leaves at once.
"""

import csv
import io
from collections.abc import Generator
from contextlib import closing
from itertools import chain
from typing import Any

from flask import Response

from portal.exports.content import CHUNK_ROWS, FORMULA, Content


def csv_file(content: Content) -> Response:
    """The response that streams the file."""
    chunks = _chunks(content)
    # The first chunk is made before the answer begins, so that an error is an error page and no broken file.
    first = next(chunks)
    response = Response(chain([first], chunks), mimetype="text/csv")
    response.call_on_close(chunks.close)
    response.headers.set("Content-Disposition", "attachment", filename=content.file_name("csv"))
    return response


def _chunks(content: Content) -> Generator[str, None, None]:
    """The file in pieces of some hundred rows."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.csv_name for column in content.columns])
    makers = [column.csv for column in content.columns]
    zone = content.zone
    with closing(content.rows()) as rows:
        for number, row in enumerate(rows, 1):
            writer.writerow([safe(make(value, zone)) for make, value in zip(makers, row, strict=True)])
            if number % CHUNK_ROWS == 0:
                yield _emptied(buffer)
    yield _emptied(buffer)


def safe(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay what they are.

    One that has such an apostrophe already gets another, so that it can be told what was written (portal/imports).
    """
    if isinstance(value, str) and FORMULA.match(value):
        return f"'{value}"
    return value


def _emptied(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
