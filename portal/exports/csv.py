"""CSV, for programs: UTF-8 without a byte order mark, commas, ISO 8601 times with offset, points in numbers.

See docs/decisions for why; people who use Excel have the Excel file. The database writes the lines itself where every
column has a form that it can write; Python writes the same bytes in ten times the time.
"""

import csv
import io
import zlib
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, func

from portal.exports.content import CHUNK_ROWS, FORMULA, Content

GZIP = 16 + zlib.MAX_WBITS
QUICKLY = 4
"""Twice as quick as usual, and a twentieth larger."""


def csv_chunks(content: Content) -> Generator[bytes, None, None]:
    """The file in pieces of some hundred rows; the first comes with its header, so that what fails, fails before."""
    header = csv_text([[column.csv_name for column in content.columns]])
    forms = [column.csv_form() for column in content.columns]
    known = [form for form in forms if form is not None]
    with closing(_by_database(content, known) if len(known) == len(forms) else _by_python(content)) as rows:
        yield header + next(rows, b"")
        yield from rows


def _by_database(content: Content, forms: Sequence[ColumnElement[Any]]) -> Generator[bytes, None, None]:
    # As csv.writer has it, nothing is an empty text in quotes where it stands alone.
    cells = [func.coalesce(form, "") for form in forms] if len(forms) == 1 else forms
    with closing(content.lines(cells)) as chunks:
        for lines in chunks:
            # Line by line, since a text may hold the end of one.
            yield b"\r\n".join([line[:-1] for line in lines]) + b"\r\n"


def _by_python(content: Content) -> Generator[bytes, None, None]:
    makers = [column.csv for column in content.columns]
    zone = content.zone
    with closing(content.rows()) as rows:
        while chunk := list(islice(rows, CHUNK_ROWS)):
            yield csv_text([make(value, zone) for make, value in zip(makers, row, strict=True)] for row in chunk)


def csv_text(rows: Iterable[Iterable[Any]]) -> bytes:
    """These rows as they stand in each CSV file of the portal."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([safe(value) for value in row] for row in rows)
    return buffer.getvalue().encode()


def gzipped(chunks: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """The same, compressed as it passes (RFC 1952)."""
    packer = zlib.compressobj(QUICKLY, wbits=GZIP)
    with closing(chunks):
        for chunk in chunks:
            if packed := packer.compress(chunk):
                yield packed
    yield packer.flush()


def safe(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay what they are.

    One that has such an apostrophe already gets another, so that it can be told what was written (portal/imports).
    """
    if isinstance(value, str) and FORMULA.match(value):
        return f"'{value}"
    return value
