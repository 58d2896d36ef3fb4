"""The exported files, read back and compared row by row with the database."""

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from domain.models import ChargingSession
from domain.roles import RoleName
from portal import exports
from portal.exports import sheet_rows, xlsx
from portal.views.charging_session_words import GRADES
from tests.portal.table import oracle
from tests.portal.table.asking import NAMES, questions
from tests.portal.table.sample import SESSIONS

HEADINGS = [
    "Start (time in Europe/Copenhagen)",
    "Duration",
    "End (time in Europe/Copenhagen)",
    "Node id",
    "Site",
    "Station",
    "Outlet",
    "Energy kWh",
    "Authorisation",
    "E-mail",
    "Session id",
    "Server log date (time in Europe/Copenhagen)",
    "Meter kWh",
    "Grade",
    "Review",
]
CSV_HEADINGS = [name if name != "duration" else "duration_seconds" for name in NAMES]
ALL = {"columns": ",".join(NAMES)}


def excel_of(client: FlaskClient, params: dict[str, str]) -> Worksheet:
    response = client.get("/statistics/export/xlsx", query_string=params, buffered=True)
    assert (response.status_code, response.mimetype) == (200, xlsx.MIME_TYPE)
    return load_workbook(io.BytesIO(response.data)).active


def csv_of(client: FlaskClient, params: dict[str, str]) -> list[list[str]]:
    response = client.get("/statistics/export/csv", query_string=params, buffered=True)
    assert (response.status_code, response.mimetype) == (200, "text/csv")
    return list(csv.reader(io.StringIO(response.data.decode("utf-8"), newline="")))


def in_tenths(moment: datetime | None) -> datetime | None:
    """As Excel is to have it: local, without a zone, cut to the tenth of a second."""
    if moment is None:
        return None
    local = moment.astimezone(oracle.ZONE).replace(tzinfo=None)
    return local.replace(microsecond=local.microsecond // 100_000 * 100_000)


def iso(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(oracle.ZONE).isoformat()


def days(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def excel_row(row: ChargingSession) -> list[Any]:
    return [
        in_tenths(row.started_at),
        days(row.duration_seconds),
        in_tenths(row.ended_at),
        row.node_id,
        row.site_name,
        row.station_name,
        row.outlet_number,
        None if row.energy_wh is None else row.energy_wh / 1000,
        ("Anonymous (0)", "RFID (1)")[row.authorization],
        row.email or None,
        row.id,
        in_tenths(row.logged_at),
        row.meter_wh / 1000,
        row.grade and GRADES[row.grade],
        "yes" if row.review_reasons else "no",
    ]


def csv_row(row: ChargingSession) -> list[str]:
    def text(value: str | None) -> str:
        return f"'{value}" if value and value[0] in "=+-@" else value or ""

    return [
        iso(row.started_at),
        "" if row.duration_seconds is None else str(row.duration_seconds),
        iso(row.ended_at),
        str(row.node_id),
        text(row.site_name),
        text(row.station_name),
        str(row.outlet_number),
        "" if row.energy_wh is None else f"{row.energy_wh / 1000:.3f}",
        str(row.authorization),
        text(row.email),
        str(row.id),
        iso(row.logged_at),
        f"{row.meter_wh / 1000:.3f}",
        row.grade or "",
        "yes" if row.review_reasons else "no",
    ]


def near(made: list[Any], wanted: list[Any]) -> bool:
    """Excel keeps moments as a number of days, which is exact to some microseconds."""
    return all(
        abs(one - other) < timedelta(milliseconds=1)
        if isinstance(one, datetime | timedelta) and isinstance(other, type(one))
        else one == other
        for one, other in zip(made, wanted, strict=True)
    )


def seen_by(role: RoleName, rows: list[ChargingSession]) -> list[ChargingSession]:
    match role:
        case RoleName.EV_USER:
            return []
        case RoleName.SITE_ADMINISTRATOR:
            return [row for row in rows if row.site_id == 1]
        case _:
            return rows


def masked(line: list[Any], of_csv: bool) -> list[Any]:
    """As support is to have it."""
    position = NAMES.index("email")
    email = line[position]
    if email:
        plain = email.removeprefix("'") if of_csv else email
        email = re.sub(r"^(.)[^@]*", r"\1•••", plain)
        email = f"'{email}" if of_csv and email[0] in "=+-@" else email
    return [*line[:position], email, *line[position + 1 :]]


@given(question=questions(), role=st.sampled_from(RoleName))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_files_hold_just_what_is_filtered_in_its_order_and_seen_by_the_role(
    clients: dict[RoleName, FlaskClient], rows: list[ChargingSession], question: Any, role: RoleName
) -> None:
    texts, tests, sort, descending, _size = question
    is_support = role is RoleName.SUPPORT
    # What support sees masked it filters and sorts otherwise (tests/portal/test_users_seen_by_others.py).
    assume(not (is_support and ("email" in texts or sort == "email")))
    params = {**texts, **ALL, "sort": f"-{sort}" if descending else sort}
    by_id = {row.id: row for row in rows}
    wanted = [by_id[key] for key in oracle.expected(seen_by(role, rows), tests, sort, descending)]
    header, *lines = ([cell.value for cell in line] for line in excel_of(clients[role], params).rows)
    assert header == HEADINGS
    assert len(lines) == len(wanted)
    for line, row in zip(lines, wanted, strict=True):
        right = masked(excel_row(row), of_csv=False) if is_support else excel_row(row)
        assert near(line, right), (line, right)
    right_lines = [masked(csv_row(row), of_csv=True) if is_support else csv_row(row) for row in wanted]
    assert csv_of(clients[role], params) == [CSV_HEADINGS, *right_lines]


def test_the_node_and_the_chosen_columns_hold_for_the_files(client: FlaskClient, rows: list[ChargingSession]) -> None:
    params = {"node": "site-3", "columns": "id,site", "sort": "id"}
    kept = [[str(row.id), row.site_name] for row in sorted(rows, key=lambda row: row.id) if row.site_id == 3]
    assert csv_of(client, params) == [["id", "site"], *kept]


def test_excel_gets_a_bold_frozen_header_filters_widths_and_real_types(client: FlaskClient) -> None:
    sheet = excel_of(client, {**ALL, "sort": "-energy_kwh", "energy_kwh": ">0", "ended_at": "not empty"})
    assert sheet.title == "Statistics"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:O{sheet.max_row}"
    assert all(cell.font.bold for cell in sheet[1])
    assert sheet.column_dimensions["A"].width >= len("2026-11-22 16:43:02.9")
    formats = [cell.number_format for cell in sheet[2]]
    moment = "yyyy-mm-dd hh:mm:ss.0"
    words, whole = "General", "0"
    assert formats[:6] == [moment, "[h]:mm:ss", moment, whole, words, words]
    assert formats[6:] == [whole, "0.000", words, words, whole, moment, "0.000", words, words]


def test_a_text_that_begins_like_a_formula_stays_a_text(client: FlaskClient) -> None:
    params = {"columns": "station,email", "station": '="=1+1"'}
    stations = [(line[0].value, line[0].data_type) for line in excel_of(client, params).iter_rows(min_row=2)]
    assert set(stations) == {("=1+1", "s")}
    sheet = excel_of(client, {"columns": "station,email"})
    assert {cell.data_type for line in sheet.rows for cell in line} == {"s", "n"}
    texts = {text for line in csv_of(client, {"columns": "station,email"}) for text in line}
    assert {"'=1+1", "'+45 12", "'@home", "'-x@example.com"} < texts
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_every_start_of_a_formula_is_defused_in_csv(start: str) -> None:
    assert exports.csv.safe(f"{start}1") == f"'{start}1"


def test_numbers_below_zero_are_no_formulas() -> None:
    assert exports.csv.safe(-5) == -5


def test_the_file_says_what_and_when(client: FlaskClient) -> None:
    disposition = client.get("/statistics/export/csv", buffered=True).headers["Content-Disposition"]
    made_at = datetime.now(UTC).astimezone(oracle.ZONE)
    assert disposition.startswith(f"attachment; filename=Statistics-{made_at:%Y-%m-%d-}")


@pytest.mark.parametrize("file_type", ["csv", "xlsx"])
def test_a_filter_that_is_not_understood_gives_no_file(client: FlaskClient, file_type: str) -> None:
    response = client.get(f"/statistics/export/{file_type}?energy_kwh=much", buffered=True)
    assert (response.status_code, response.mimetype) == (400, "text/html")
    assert "Write a number" in response.text


def test_other_kinds_of_file_are_not_found(client: FlaskClient) -> None:
    assert client.get("/statistics/export/pdf", buffered=True).status_code == 404


def test_a_new_sheet_begins_where_one_is_full(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS_PER_SHEET", 100)
    response = client.get("/statistics/export/xlsx?columns=id&sort=id", buffered=True)
    book = load_workbook(io.BytesIO(response.data))
    assert book.sheetnames == ["Statistics", "Statistics 2", "Statistics 3"]
    assert [sheet.max_row for sheet in book] == [101, 101, SESSIONS - 200 + 1]
    found = [cell.value for sheet in book for cell in sheet["A"][1:]]
    assert found == sorted(found) and len(set(found)) == SESSIONS


def test_a_sheet_that_is_just_full_has_none_behind_it(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS_PER_SHEET", SESSIONS)
    book = load_workbook(io.BytesIO(client.get("/statistics/export/xlsx?columns=id", buffered=True).data))
    assert [sheet.max_row for sheet in book] == [SESSIONS + 1]


def test_the_temporary_file_is_gone_with_the_answer(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    files: list[Any] = []
    make: Callable[..., Any] = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: files.append(make()) or files[-1])
    client.get("/statistics/export/xlsx", buffered=True)
    assert [file.closed for file in files] == [True, True]


def test_signs_that_excel_cannot_hold_are_left_out() -> None:
    assert sheet_rows.ILLEGAL_CHARACTERS_RE.sub("", "a\x0bb") == "ab"


def test_an_export_that_fails_leaves_no_file_behind(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def breaks_off(content: exports.Content) -> Iterator[Any]:
        yield from [(1,)] * 10
        raise RuntimeError("the database is gone")

    monkeypatch.setattr(exports.Content, "rows", breaks_off)
    response = client.get("/statistics/export/xlsx?columns=id", buffered=True)
    assert response.status_code == 500
    assert list(tmp_path.iterdir()) == []
