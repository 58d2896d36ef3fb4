"""The rows of a sheet, written as XML into the stream that openpyxl has open for them.

openpyxl makes an object of each cell and asks it for its type, its style and its place: of a million rows that alone
takes five minutes. Here a column's style is found once, and a cell is one string (ECMA-376, 18.3.1.4).
"""

import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet._writer import WorksheetWriter

LONGEST_TEXT = 32_767
AT_ONCE_ROWS = 200
EPOCH = datetime(1899, 12, 30)
"""Day 0 of Excel, which takes 1900 for a leap year."""
DAY_SECONDS = 86_400
MARKUP = re.compile(r"[&<>\r]")


class OpenWriter(WorksheetWriter):
    """openpyxl's writer of a sheet, into a temporary file that others may write to between two of its own rows."""

    def __init__(self, sheet: WriteOnlyWorksheet) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `cleanup`, and so deleted
        super().__init__(sheet, out=self.file)
        sheet._writer = self
        self.write_top()

    def write_row(self, xf: Any, row: Iterable[Any], row_idx: int) -> None:
        super().write_row(xf, row, row_idx)
        xf.flush()

    def cleanup(self) -> None:
        self.file.close()


class RowWriter:
    """Writes rows below those that openpyxl has written, until it is finished."""

    def __init__(self, sheet: WriteOnlyWorksheet, formats: Sequence[str]) -> None:
        self._file = sheet._writer.file
        self._heads = [
            f'<c r="{get_column_letter(position)}%d" s="{_style(sheet, number_format)}"'
            for position, number_format in enumerate(formats, 1)
        ]
        self._waiting: list[str] = []

    def write(self, number: int, values: Sequence[Any]) -> None:
        """The row of this number; texts, numbers, naive moments or nothing."""
        cells = [
            f"{head % number}{_body(value)}"
            for head, value in zip(self._heads, values, strict=True)
            if value is not None
        ]
        self._waiting.append(f'<row r="{number}">{"".join(cells)}</row>')
        if len(self._waiting) == AT_ONCE_ROWS:
            self.finish()

    def finish(self) -> None:
        """What still waits."""
        self._file.write("".join(self._waiting).encode())
        self._waiting.clear()


def _style(sheet: WriteOnlyWorksheet, number_format: str) -> int:
    """The number under which the workbook keeps the style of such a column."""
    cell = WriteOnlyCell(sheet)
    cell.number_format = number_format
    return cell.style_id


def _body(value: Any) -> str:
    # A text stays one even where Excel would see a formula (=1+1) or an error (#N/A): it stands inline, typed as text.
    if isinstance(value, str):
        return f' t="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is></c>'
    if isinstance(value, datetime):
        return f"><v>{_days(value)!r}</v></c>"
    if isinstance(value, bool):
        return f' t="b"><v>{value:d}</v></c>'
    if isinstance(value, int | float | Decimal):
        return f"><v>{value}</v></c>"
    raise TypeError(f"Excel has no cell for {type(value).__name__}")


def _text(value: str) -> str:
    plain = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_TEXT]
    # A lone CR would be read as LF (XML 1.0, 2.11).
    return escape(plain, {"\r": "&#13;"}) if MARKUP.search(plain) else plain


def _days(moment: datetime) -> float:
    since = moment - EPOCH
    return since.days + (since.seconds + since.microseconds / 1_000_000) / DAY_SECONDS
