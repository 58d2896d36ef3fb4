"""Files as people bring them, and the whole way from a file to the database."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import pytest
from openpyxl import Workbook
from redis import Redis
from werkzeug.test import TestResponse

from tests.portal import jobs
from tests.portal.browser_like import TOKEN, Visitor

USERS = ("First name", "Last name", "E-mail", "Role", "Password", "Sites", "E-mail on alarm", "RFID tags")
TAGS = ("Tag", "E-mail of owner", "Description", "Valid from", "Expires", "Blocked")
START = "/users/import/"
PLACE = re.compile(r"<tr><td>(.*?)</td><td><span class=\"chip outcome (\w+)\"")


def workbook(*sheets: Sequence[Iterable[Any]]) -> bytes:
    """Each sheet a sequence of rows, the first with the headings."""
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def csv_text(rows: Iterable[Iterable[Any]], delimiter: str = ",") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return buffer.getvalue()


def send(visitor: Visitor, *files: tuple[str, bytes], start: str = START) -> TestResponse:
    """Upload files; the answer is the preview, or the page with the reason why there is none."""
    token = TOKEN.search(visitor.get(start).text)
    assert token
    sent = [(io.BytesIO(content), name) for name, content in files]
    return visitor.http.post(start, data={"csrf_token": token[1], "files": sent}, follow_redirects=True)


def send_users(visitor: Visitor, *rows: Iterable[Any]) -> TestResponse:
    return send(visitor, ("users.xlsx", workbook([USERS, *rows])))


def outcomes(preview: TestResponse) -> dict[str, str]:
    """What a preview says of each row."""
    assert preview.status_code == 200, preview.text
    return dict(PLACE.findall(preview.text))


@pytest.fixture
def work(valkey: Redis) -> Callable[[], None]:
    """Run what is queued, in this process."""

    return partial(jobs.work, valkey)


def confirm(visitor: Visitor, preview: TestResponse) -> str:
    """Press the button; returns the address of the progress page."""
    answer = visitor.send(f"{preview.request.path}/confirm", page=preview.request.path)
    assert answer.status_code == 302, answer.text
    return answer.location
