"""The template to download: headings and examples, which are recognised and skipped if they stay in."""

import csv
import io
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from portal.imports.sheets import MOST_ROWS
from portal.imports.subject import Subject

WIDTH = 22
TEXT = "@"
"""Excel's number format for text: long tags stay as they are typed."""


def csv_template(subject: Subject[Any, Any], kind: str, language: str) -> str:
    """With a byte order mark, so that Excel reads its letters right; semicolons where Excel writes decimal commas."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if language == "da" else ",")
    writer.writerows([headings(subject, kind, language), *subject.examples(kind, language)])
    return f"\ufeff{buffer.getvalue()}"


def xlsx_template(subject: Subject[Any, Any], language: str) -> bytes:
    """A sheet of each kind."""
    book = Workbook()
    book.remove(book.active)
    for kind, name in subject.sheet_names().items():
        sheet = book.create_sheet(name)
        _fill(sheet, subject, kind, language)
        _offer_choices(sheet, subject, kind, language)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def headings(subject: Subject[Any, Any], kind: str, language: str) -> list[str]:
    return [column.names[language][0] for column in subject.layout.columns[kind]]


def _fill(sheet: Worksheet, subject: Subject[Any, Any], kind: str, language: str) -> None:
    for row in (headings(subject, kind, language), *subject.examples(kind, language)):
        sheet.append(list(row))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for position in range(1, len(subject.layout.columns[kind]) + 1):
        dimension = sheet.column_dimensions[get_column_letter(position)]
        dimension.width, dimension.number_format = WIDTH, TEXT
    sheet.freeze_panes = "A2"


def _offer_choices(sheet: Worksheet, subject: Subject[Any, Any], kind: str, language: str) -> None:
    """Excel offers the words to choose from in their columns."""
    fields = [column.field for column in subject.layout.columns[kind]]
    for field, words in subject.choices(kind, language).items():
        choice = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=True)
        sheet.add_data_validation(choice)
        letter = get_column_letter(fields.index(field) + 1)
        choice.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
