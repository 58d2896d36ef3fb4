"""Files as they come: of many programs, broken, too large, hostile."""

import io
import re
import zipfile
from datetime import datetime

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.models import IdToken, PortalUser
from tests.portal.browser_like import Visitor, notes
from tests.portal.imports.conftest import TAGS, USERS, csv_text, outcomes, send, send_users, workbook

SHEET = "xl/worksheets/sheet1.xml"
EVA = ("Eva", "Falk", "eva@example.com", "Support")
ROWS = [("First name", "Last name", "E-mail", "Role"), EVA]


def refusal(visitor: Visitor, content: bytes, name: str = "file.xlsx") -> str:
    """What the page says of a file that it cannot read."""
    answer = send(visitor, (name, content))
    assert answer.status_code == 422, answer.text
    [(kind, text)] = notes(answer)
    assert kind == "bad"
    return text.removeprefix(f"{name}: ")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_file_is_read_whatever_writes_it(administrator: Visitor, delimiter: str, encoding: str) -> None:
    rows = [("FORNAVN", "efternavn", "E_MAIL *", "Rolle"), ("Søren", "Å", "s@example.com", "Support")]
    preview = send(administrator, ("users.csv", csv_text(rows, delimiter).encode(encoding)))
    assert outcomes(preview) == {"2": "created"}
    assert "Søren Å" in preview.text
    assert ("Are these words right?" in preview.text) is (encoding == "cp1252")


def test_a_guess_of_the_encoding_is_shown_with_words_to_judge_it_by(administrator: Visitor) -> None:
    rows = [*ROWS, ("Søren", "Ærø", "s@example.com", "Support")]
    wrong = csv_text(rows).encode("mac_roman")
    preview = send(administrator, ("users.csv", wrong))
    assert "It was read as Windows-1252. Are these words right?" in " ".join(preview.text.split())
    assert "<b>S¿ren, ®r¿</b>" in preview.text


def test_letters_that_an_earlier_program_lost_are_refused(administrator: Visitor) -> None:
    preview = send(administrator, ("users.csv", csv_text([*ROWS, ("S�ren", "B", "s@example.com", "Support")]).encode()))
    assert outcomes(preview) == {"2": "created", "3": "refused"}
    assert "Letters were lost when the file was saved" in preview.text


def test_excel_says_which_separator_it_used(administrator: Visitor) -> None:
    preview = send(administrator, ("users.csv", b"sep=;\r\n" + csv_text(ROWS, ";").encode()))
    assert outcomes(preview) == {"3": "created"}


def test_a_cell_may_hold_several_lines(administrator: Visitor) -> None:
    preview = send(administrator, ("users.csv", csv_text([ROWS[0], ("Eva\nMaria", *EVA[1:])]).encode()))
    assert outcomes(preview) == {"2": "created"}
    assert "Eva Maria Falk" in preview.text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "This file is empty."),
        (b"  \n\n", "This file is empty."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is neither an Excel workbook (.xlsx) nor a CSV file."),
        (b"First name,E-mail\nA\x81,b", "The letters of this file are in neither UTF-8 nor Windows-1252."),
        (b'E-mail,Role\n"a@example.com,Support\n', "Line 2 is no CSV: look for a quotation mark that nothing closes."),
        (b"E-mail,E mail\na,b\n", "The column E mail stands there twice."),
        (b"E-mail,Role\n", "There is no row below the headings."),
        (b"name,address\na,b\n", "The headings are not known."),
        (b"E-mail\n" + b"a@example.com\n" * 10_001, "There are more than 10,000 rows."),
        (b"E-mail" + b",x" * 200 + b"\n", "Line 1 has more than 50 columns."),
        (b"x" * (5 * 1024 * 1024 + 1), "This file is larger than 5 MB."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "This is a file of an older Excel (.xls)."),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100) + "EncryptedPackage".encode("utf-16-le"),
            "This workbook is protected with a password.",
        ),
    ],
)
def test_what_cannot_be_read_is_said_in_words(administrator: Visitor, content: bytes, reason: str) -> None:
    assert refusal(administrator, content).startswith(reason)


def test_a_workbook_that_was_cut_off(administrator: Visitor) -> None:
    content = workbook(ROWS)
    for length in (10, len(content) // 2, len(content) - 30):
        assert refusal(administrator, content[:length]).startswith("This Excel workbook is broken.")


def test_a_workbook_with_garbage_where_xml_should_be(administrator: Visitor) -> None:
    for member in (SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"):
        assert refusal(administrator, rewritten(workbook(ROWS), member, b"<nonsense")).startswith(
            "This Excel workbook is broken."
        )


def test_a_zip_that_is_no_workbook(administrator: Visitor) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert refusal(administrator, buffer.getvalue()).startswith("This is no Excel workbook.")


def test_a_zip_that_swells(administrator: Visitor) -> None:
    sheet = b"<worksheet><sheetData>" + b" " * (41 * 1024 * 1024)
    content = rewritten(workbook(ROWS), SHEET, sheet)
    assert len(content) < 100_000
    assert refusal(administrator, content).startswith("Unpacked, this workbook is too large.")


def test_entities_are_not_even_looked_at(administrator: Visitor) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><sst>&b;</sst>'
    content = rewritten(workbook(ROWS), "xl/sharedStrings.xml", bomb)
    assert refusal(administrator, content) == "This workbook holds what Excel never writes, and is not read."


def test_a_row_that_claims_to_be_the_billionth(administrator: Visitor) -> None:
    content = workbook(ROWS)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read(SHEET)
    far = sheet.replace(b'<row r="2"', b'<row r="2000000000"').replace(b'r="A2"', b'r="A2000000000"')
    assert refusal(administrator, rewritten(content, SHEET, far)) == ("There is no row below the headings.")


def test_too_many_rows_and_columns_in_a_workbook(administrator: Visitor) -> None:
    many = [("E-mail",), *((f"a{number}@example.com",) for number in range(10_001))]
    assert refusal(administrator, workbook(many)).startswith("There are more than 10,000 rows.")
    wide = [tuple(f"x{number}" for number in range(200))]
    assert refusal(administrator, workbook(wide)).startswith("Sheet 1 has more than 50 columns.")
    half = [("E-mail",), *((f"a{number}@example.com",) for number in range(6_000))]
    assert refusal(administrator, workbook(half, half)).startswith("There are more than 10,000 rows.")


def test_nothing_was_chosen(administrator: Visitor) -> None:
    answer = send(administrator)
    assert (answer.status_code, notes(answer)) == (422, [("bad", "Choose a file first.")])
    answer = send(administrator, *[(f"{number}.csv", b"E-mail\na\n") for number in range(6)])
    assert (answer.status_code, notes(answer)) == (422, [("bad", "At most 5 files at once.")])


def test_formulas_count_as_their_value_and_are_not_executed(administrator: Visitor) -> None:
    content = workbook([USERS[:4], ('=CONCATENATE("E","va")', *EVA[1:]), ("Bo", "Dahl", "bo@example.com", "Support")])
    preview = send(administrator, ("users.xlsx", content))
    assert outcomes(preview) == {"2": "refused", "3": "created"}
    assert "This formula has no value yet." in preview.text
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read(SHEET)
    cell = re.compile(rb'<c r="A2"[^>]*><f>(.*?)</f><v ?/?>(</v>)?</c>')
    calculated, count = cell.subn(rb'<c r="A2" t="str"><f>\1</f><v>Eva</v></c>', sheet)
    assert count == 1
    preview = send(administrator, ("users.xlsx", rewritten(content, SHEET, calculated)))
    assert outcomes(preview) == {"2": "created", "3": "created"}
    assert "Eva Falk" in preview.text


def test_what_excel_could_not_calculate_is_refused(administrator: Visitor) -> None:
    preview = send_users(administrator, ("#REF!", *EVA[1:]))
    assert outcomes(preview) == {"2": "refused"}
    assert "Excel could not calculate this (#REF!)." in preview.text


@pytest.mark.parametrize(
    ("cell", "tag"),
    [
        (3735928559, "3735928559"),
        (3735928559.0, "3735928559"),
        ("3735928559.0", "3735928559"),
        ("DE AD BE EF", "DE AD BE EF"),
        (0, "0"),
        (999_999_999_999_999, "999999999999999"),
    ],
)
def test_numbers_of_excel_are_tags(administrator: Visitor, cell: object, tag: str) -> None:
    preview = send_users(administrator, ("F", "H", "f@example.com", "EV user", None, None, None, cell))
    assert outcomes(preview) == {"2": "created"}
    assert f"<b>RFID tags</b> {tag}</li>" in preview.text


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (12345678901234567890, "Excel has rounded this number (1.23457E+19): it keeps 15 digits."),
        (10**300, "Excel has rounded this number (1.00000E+300)"),
        (1.5, "1.5 is no tag."),
        (-3, "-3 is no tag."),
        (True, "TRUE is no tag."),
        ("1.23457E+19", "1.23457E+19 was rounded by a spreadsheet and has lost digits."),
        ("1,23E+19", "1,23E+19 was rounded by a spreadsheet and has lost digits."),
        (datetime(2026, 1, 1), "A date stands here."),
        ("12, 13", "12, 13: put semicolons between tags."),
    ],
)
def test_what_is_no_tag_any_more_is_refused(administrator: Visitor, cell: object, reason: str) -> None:
    preview = send_users(administrator, ("F", "H", "f@example.com", "EV user", None, None, None, cell))
    assert outcomes(preview) == {"2": "refused"}
    assert reason in preview.text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (datetime(2027, 7, 1), "2027-07-02 00:00:00.0"),
        (datetime(2027, 7, 1, 14, 30), "2027-07-01 14:30:00.0"),
        ("2027-07-01", "2027-07-02 00:00:00.0"),
        ("1-7-2027", "2027-07-02 00:00:00.0"),
        ("01.07.2027 14.30", "2027-07-01 14:30:00.0"),
        ("2027-07-01T14:30+00:00", "2027-07-01 16:30:00.0"),
    ],
)
def test_dates_are_in_the_zone_of_whoever_imports(administrator: Visitor, written: object, shown: str) -> None:
    users, tags = [USERS, ("F", "H", "f@example.com", "EV user")], [TAGS, ("77", "f@example.com", None, None, written)]
    preview = send(administrator, ("users.xlsx", workbook(users, tags)))
    assert set(outcomes(preview).values()) == {"created"}
    assert f"<b>Expires</b> {shown}</li>" in preview.text


@pytest.mark.parametrize("written", ["01/02/2027", "31-02-2027", "soon", 5, "9999-12-31"])
def test_what_is_no_date_or_could_be_two_is_refused(administrator: Visitor, written: object) -> None:
    rows = [TAGS, ("77", "ida.holm@example.com", None, None, written)]
    preview = send(administrator, ("tags.xlsx", workbook(rows)))
    assert outcomes(preview) == {"2": "refused"}
    assert f"{written} is not understood." in preview.text


def test_unknown_columns_and_sheets_are_told(administrator: Visitor) -> None:
    content = workbook([("E-mail", "Shoe size"), ("ida.holm@example.com", 43)], [("Notes",), ("x",)])
    preview = send(administrator, ("users.xlsx", content))
    assert "Not known, and so not read: the column Shoe size, the sheet Sheet 2." in preview.text
    assert outcomes(preview) == {"2": "unchanged"}


@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("name", ["users.xlsx", "users.csv", "tags.csv"])
def test_a_template_that_comes_back_as_it_was_brings_nothing(
    administrator: Visitor, db: Session, language: str, name: str
) -> None:
    administrator.get(f"/lang/{language}")
    template = administrator.get(f"/users/import/template/{name}")
    assert template.headers["Content-Disposition"] == f"attachment; filename={name}"
    preview = send(administrator, (name, template.data))
    rows = {"users.xlsx": 5, "users.csv": 4, "tags.csv": 1}[name]
    assert list(outcomes(preview).values()) == ["skipped"] * rows
    assert (db.scalar(select(func.count(PortalUser.id))), db.scalar(select(func.count(IdToken.id)))) == (1, 0)


def test_the_excel_template_offers_the_roles(administrator: Visitor) -> None:
    book = load_workbook(io.BytesIO(administrator.get("/users/import/template/users.xlsx").data))
    [choice] = book.worksheets[0].data_validations.dataValidation
    assert choice.formula1 == '"Administrator,Site administrator,Support,EV user"'
    assert str(choice.sqref) == "D2:D10001"
    assert administrator.get("/users/import/template/roles.csv").status_code == 404


def rewritten(content: bytes, name: str, member: bytes) -> bytes:
    """The workbook with other bytes in one of its parts."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        names = source.namelist()
        for each in names if name in names else [*names, name]:
            target.writestr(each, member if each == name else source.read(each))
    return buffer.getvalue()
