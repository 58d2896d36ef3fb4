"""Excel, for people: real dates and numbers, a bold header that stays in sight, filters on.

It is written to temporary files row by row (openpyxl, write-only), and the finished file is deleted as it is sent.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Response, send_file
from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.writer.excel import ExcelWriter

from portal.exports.content import Content

ROWS_PER_SHEET = 1_048_575
"""Excel's limit of 1,048,576 without the header."""
LONGEST_TEXT = 32_767
MIME_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COPY_BYTES = 64 * 1024


class PausingZipFile(ZipFile):
    """Packs a sheet in pieces and pauses after each: under gevent, other greenlets run meanwhile."""

    def write(self, filename: Any, arcname: Any = None, *args: Any, **kwargs: Any) -> None:
        with Path(filename).open("rb") as source, self.open(arcname or filename, "w", force_zip64=True) as target:
            while piece := source.read(COPY_BYTES):
                target.write(piece)
                time.sleep(0)


def xlsx_file(content: Content) -> Response:
    """The response with the finished file."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - sending it closes and so deletes it
    try:
        write(content, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return send_file(file, MIME_TYPE, as_attachment=True, download_name=content.file_name("xlsx"))


def write(content: Content, file: BinaryIO) -> None:
    """Write the workbook; a new sheet begins where Excel's limit is reached."""
    book = Workbook(write_only=True)
    book.properties.title = content.title
    book.properties.description = content.filters
    try:
        _write_sheets(book, content)
        with PausingZipFile(file, "w", ZIP_DEFLATED, allowZip64=True) as archive:
            ExcelWriter(book, archive).save()
    except BaseException:
        _discard(book)
        raise


def _write_sheets(book: Workbook, content: Content) -> None:
    with closing(content.rows()) as rows:
        first, number = next(rows, None), 0
        while first is not None or number == 0:
            sheet = _new_sheet(book, content, number)
            _write_rows(sheet, content, islice(chain([first] if first is not None else [], rows), ROWS_PER_SHEET))
            first, number = next(rows, None), number + 1


def _discard(book: Workbook) -> None:
    """Remove what openpyxl has written so far; by itself it would when the process ends."""
    for sheet in book:
        if not sheet.closed:
            sheet.close()
        if Path(sheet._writer.out).exists():
            sheet._writer.cleanup()


def _new_sheet(book: Workbook, content: Content, number: int) -> WriteOnlyWorksheet:
    title = "".join(" " if char in r"[]:*?/\'" else char for char in content.title)[:25]
    sheet = book.create_sheet(f"{title} {number + 1}" if number else title)
    sheet.freeze_panes = "A2"
    for position, column in enumerate(content.columns, 1):
        sheet.column_dimensions[get_column_letter(position)].width = max(
            column.width, len(_heading(column, content)) + 4
        )
    bold = Font(bold=True)
    header = [WriteOnlyCell(sheet, _heading(column, content)) for column in content.columns]
    for cell in header:
        cell.data_type = "s"
        cell.font = bold
    sheet.append(header)
    return sheet


def _heading(column: Any, content: Content) -> str:
    """With the zone where there are times, since a time in Excel carries none."""
    if column.kind == "date":
        return _("%(heading)s (time in %(zone)s)", heading=column.heading, zone=content.zone.key)
    return column.heading


def _write_rows(sheet: WriteOnlyWorksheet, content: Content, rows: Iterator[Sequence[Any]]) -> None:
    # Each append writes at once, so that one cell a column serves all rows.
    cells = [WriteOnlyCell(sheet) for _column in content.columns]
    for cell, column in zip(cells, content.columns, strict=True):
        cell.number_format = column.excel_format
    makers = [column.excel for column in content.columns]
    zone, last = content.zone, 1
    for row in rows:
        for cell, make, value in zip(cells, makers, row, strict=True):
            made = make(value, zone)
            if isinstance(made, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", made)[:LONGEST_TEXT]
                # A text stays one even where openpyxl would see a formula (=1+1) or an error (#N/A).
                cell.data_type = "s"
            else:
                cell.value = made
        sheet.append(cells)
        last += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(cells))}{last}"
