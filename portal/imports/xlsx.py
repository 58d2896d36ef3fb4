"""An Excel workbook becomes sheets of values. Formulas count as the value that Excel has saved with them."""

import io
import re
import time
import zlib
from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile, ZipFile

from flask_babel import gettext
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from portal.imports.pauses import paused
from portal.imports.problems import UnreadableFileError
from portal.imports.sheets import MOST_COLUMNS, MOST_ROWS, Read, Sheet
from portal.imports.values import Flaw, Value, is_empty

MOST_UNPACKED_BYTES = 40 * 1024 * 1024
"""Twenty times what 10,000 rows need. zipfile never unpacks more than a member's declared size."""
MOST_MEMBERS = 500
MOST_SHEETS = 20
LAST_ROW = 1_048_576
"""Excel's own limit: a row that calls itself a later one would make the reader count up to it."""
CHUNK_BYTES = 256 * 1024

FORMULA = re.compile(rb"<(\w+:)?f[\s/>]")
DOCTYPE = b"<!DOCTYPE"
"""Excel never writes one; entities that swell are declared in it."""

BROKEN = (
    BadZipFile,
    InvalidFileException,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    SyntaxError,  # XML that is none
    TypeError,
    ValueError,
    zlib.error,
)
"""What zipfile and openpyxl raise where a workbook is not what it should be."""


def read_xlsx(file_name: str, content: bytes) -> Read:
    """
    Raises:
        UnreadableFileError: it is broken, no workbook, or too large.
    """
    try:
        has_formulas = _inspect(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        with_formulas = load_workbook(io.BytesIO(content), read_only=True) if has_formulas else None
        if len(book.worksheets) > MOST_SHEETS:
            raise UnreadableFileError(gettext("This workbook has more than %(most)s sheets.", most=MOST_SHEETS))
        left, sheets = MOST_ROWS, []
        for position, sheet in enumerate(book.worksheets):
            formulas = _formulas(with_formulas.worksheets[position]) if with_formulas else frozenset()
            rows = list(_rows(sheet, formulas, left))
            left -= max(len(rows) - 1, 0)
            sheets.append(Sheet(file_name, sheet.title, rows))
    except BROKEN as error:
        raise UnreadableFileError(
            gettext("This Excel workbook is broken. Open it in Excel, save it anew, and try again.")
        ) from error
    return Read(file_name, sheets)


def _inspect(content: bytes) -> bool:
    """Refuse what swells when unpacked; says whether there are formulas."""
    with ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        names = {member.filename for member in members}
        if "[Content_Types].xml" not in names or not any(name.startswith("xl/workbook.") for name in names):
            raise UnreadableFileError(
                gettext("This is no Excel workbook. Save it as “Excel workbook (.xlsx)” or as “CSV UTF-8”.")
            )
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED_BYTES:
            raise UnreadableFileError(
                gettext("Unpacked, this workbook is too large. Keep only the sheets that are to be imported.")
            )
        # Every XML part is read to its end, which also finds a file that was cut off.
        found = [_has_formulas(archive, name) for name in names if name.endswith((".xml", ".rels"))]
        return any(found)


def _has_formulas(archive: ZipFile, name: str) -> bool:
    found, before = False, b""
    with archive.open(name) as part:
        while chunk := part.read(CHUNK_BYTES):
            seen = before + chunk
            if DOCTYPE in seen.replace(b"\0", b""):  # In UTF-16 too.
                raise UnreadableFileError(gettext("This workbook holds what Excel never writes, and is not read."))
            found = found or (name.startswith("xl/worksheets/") and FORMULA.search(seen) is not None)
            before = chunk[-32:]
            time.sleep(0)
    return found


def _rows(sheet: Any, formulas: frozenset[tuple[int, int]], most: int) -> Iterator[tuple[int, list[Value]]]:
    # What a sheet says of its own size need not be true.
    sheet.reset_dimensions()
    taken = 0
    rows = sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS + 1, values_only=True)
    for number, row in enumerate(paused(rows), 1):
        values: list[Value] = list(row)
        if formulas:
            values = [
                Flaw.UNCALCULATED if value is None and (number, position) in formulas else value
                for position, value in enumerate(values)
            ]
        if all(map(is_empty, values)):
            continue
        if len(values) > MOST_COLUMNS and not is_empty(values[MOST_COLUMNS]):
            raise UnreadableFileError(
                gettext("%(sheet)s has more than %(most)s columns.", sheet=sheet.title, most=MOST_COLUMNS)
            )
        if taken > most:
            raise UnreadableFileError(too_many_rows())
        taken += 1
        yield number, values


def too_many_rows() -> str:
    return gettext("There are more than %(most)s rows. Share them among several files.", most=f"{MOST_ROWS:,}")


def _formulas(sheet: Any) -> frozenset[tuple[int, int]]:
    """In which row and column a formula stands."""
    sheet.reset_dimensions()
    return frozenset(
        (number, position)
        for number, row in enumerate(paused(sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS + 1)), 1)
        for position, cell in enumerate(row)
        if cell.data_type == "f"
    )
