"""The template to download: headings, and an example of each role that is recognised and skipped if it stays in."""

import csv
import io

from flask_babel import gettext
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from domain.roles import RoleName
from portal.imports.columns import COLUMNS, ROLE_NAMES, Kind
from portal.imports.plan import EXAMPLE_DOMAIN
from portal.imports.sheets import MOST_ROWS

EXAMPLES = {
    RoleName.ADMINISTRATOR: {"first_name": "Ada", "last_name": "Berg", "alarm_email": True},
    RoleName.SITE_ADMINISTRATOR: {
        "first_name": "Bo",
        "last_name": "Dahl",
        "sites": "Harbour; Airport",
        "alarm_email": False,
    },
    RoleName.SUPPORT: {"first_name": "Eva", "last_name": "Falk"},
    RoleName.EV_USER: {"first_name": "Finn", "last_name": "Holm", "tags": "3735928559; DE AD BE EF 01 02 03"},
}
EXAMPLE_TAG = {
    "tag": "3735928559",
    "description": "Van 7",
    "valid_from_at": "2026-12-01 08:00",
    "expires_at": "2027-12-31",
    "blocked": False,
}
WIDTH = 22
TEXT = "@"
"""Excel's number format for text: long tags stay as they are typed."""

Rows = list[list[str]]


def csv_template(kind: Kind, language: str) -> str:
    """With a byte order mark, so that Excel reads its letters right; semicolons where Excel writes decimal commas."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if language == "da" else ",")
    writer.writerows([headings(kind, language), *examples(kind, language)])
    return f"\ufeff{buffer.getvalue()}"


def xlsx_template(language: str) -> bytes:
    """A sheet of users and one of tags."""
    book = Workbook()
    users = book.active
    users.title = gettext("Users")
    _fill(users, Kind.USERS, language)
    _fill(book.create_sheet(gettext("Tags")), Kind.TAGS, language)
    _offer_roles(users, language)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def headings(kind: Kind, language: str) -> list[str]:
    return [column.names[language][0] for column in COLUMNS[kind]]


def examples(kind: Kind, language: str) -> Rows:
    fields = [column.field for column in COLUMNS[kind]]
    if kind is Kind.TAGS:
        tag = EXAMPLE_TAG | {"owner": _email(RoleName.EV_USER)}
        return [[_cell(tag.get(field), language) for field in fields]]
    people = [person | {"email": _email(role), "role": ROLE_NAMES[role][language]} for role, person in EXAMPLES.items()]
    return [[_cell(person.get(field), language) for field in fields] for person in people]


def _email(role: RoleName) -> str:
    return f"{role.lower().replace(' ', '.')}{EXAMPLE_DOMAIN}"


def _cell(value: str | bool | None, language: str) -> str:
    if isinstance(value, bool):
        return {"en": ("no", "yes"), "da": ("nej", "ja")}[language][value]
    return value or ""


def _fill(sheet: Worksheet, kind: Kind, language: str) -> None:
    for row in (headings(kind, language), *examples(kind, language)):
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for position in range(1, len(COLUMNS[kind]) + 1):
        dimension = sheet.column_dimensions[get_column_letter(position)]
        dimension.width, dimension.number_format = WIDTH, TEXT
    sheet.freeze_panes = "A2"


def _offer_roles(users: Worksheet, language: str) -> None:
    """Excel offers the roles to choose from in their column."""
    names = ",".join(names[language] for names in ROLE_NAMES.values())
    choice = DataValidation("list", formula1=f'"{names}"', allow_blank=True)
    users.add_data_validation(choice)
    letter = get_column_letter([column.field for column in COLUMNS[Kind.USERS]].index("role") + 1)
    choice.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
