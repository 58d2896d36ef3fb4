"""Excel, for people: real dates and numbers, a bold header that stays in sight, filters on.

openpyxl makes the workbook in its write-only mode, with everything around the rows; the rows themselves are written by
portal/exports/sheet_rows.py.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import chain, islice
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.writer.excel import ExcelWriter

from portal.exports.content import Content
from portal.exports.sheet_rows import OpenWriter, RowWriter

ROWS_PER_SHEET = 1_048_575
"""Excel's limit of 1,048,576 without the header."""
MIME_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COPY_BYTES = 64 * 1024
QUICKLY = 3
"""Half the time of the usual level of compression, and a tenth larger."""


class PausingZipFile(ZipFile):
    """Packs a sheet in pieces and pauses after each."""

    pause: Callable[[], None]

    def write(self, source: Any, arcname: Any = None, *args: Any, **kwargs: Any) -> None:
        """`source` is the file of an `OpenWriter`."""
        source.seek(0)
        with self.open(arcname, "w", force_zip64=True) as target:
            while piece := source.read(COPY_BYTES):
                target.write(piece)
                self.pause()


def write(content: Content, file: BinaryIO) -> None:
    """Write the workbook; a new sheet begins where Excel's limit is reached."""
    book = Workbook(write_only=True)
    book.properties.title = content.title
    book.properties.description = content.filters
    try:
        rows = _write_sheets(book, content)
        with PausingZipFile(file, "w", ZIP_DEFLATED, allowZip64=True, compresslevel=QUICKLY) as archive:
            archive.pause = partial(content.pause, rows, worked_seconds=0.0)
            ExcelWriter(book, archive).save()
    finally:
        for sheet in book:
            if not sheet.closed:
                sheet.close()
            sheet._writer.cleanup()


def _write_sheets(book: Workbook, content: Content) -> int:
    """Returns how many rows."""
    total = 0
    with closing(content.rows()) as rows:
        first, number = next(rows, None), 0
        while first is not None or number == 0:
            sheet = _new_sheet(book, content, number)
            of_sheet = islice(chain([first] if first is not None else [], rows), ROWS_PER_SHEET)
            total += _write_rows(sheet, content, of_sheet)
            first, number = next(rows, None), number + 1
    return total


def _new_sheet(book: Workbook, content: Content, number: int) -> WriteOnlyWorksheet:
    title = "".join(" " if char in r"[]:*?/\'" else char for char in content.title)[:25]
    sheet = book.create_sheet(f"{title} {number + 1}" if number else title)
    sheet.freeze_panes = "A2"
    for position, column in enumerate(content.columns, 1):
        sheet.column_dimensions[get_column_letter(position)].width = max(
            column.width, len(_heading(column, content)) + 4
        )
    OpenWriter(sheet)
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


def _write_rows(sheet: WriteOnlyWorksheet, content: Content, rows: Iterator[Sequence[Any]]) -> int:
    """Returns how many."""
    columns = [column.with_plain_words() for column in content.columns]
    writer = RowWriter(sheet, [column.excel_format for column in columns])
    makers = [column.excel for column in columns]
    zone, last = content.zone, 1
    for last, row in enumerate(rows, 2):
        writer.write(last, [make(value, zone) for make, value in zip(makers, row, strict=True)])
    writer.finish()
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    return last - 1
