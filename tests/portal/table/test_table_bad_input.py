"""Whatever stands in the URL, the table answers, and says what it did not understand."""

import pytest
from flask import Flask

from portal.views.charging_session import COLUMNS, ChargingSessionView
from tests.portal.table.asking import ids, load

KINDS = {column.name: column.kind for column in COLUMNS}
NUMBER = "Write a number, such as 10, >10, <=5 or 10..20."
DATE = "Write a date, such as 2026-11, 2026-11-22, >2026-11-22 16:30 or 2026-11-01..2026-11-15."
DURATION = "Write a duration, such as >1:30, 0:10..0:45:30 or <90 min."
RANGE = "Write one range, such as from..to."
BACKWARDS = "The range ends before it begins."
CHOICE = "Choose one of: Anonymous (0), RFID (1), App (2), Service (3)."

BAD = [
    ("energy_kwh", "abc", NUMBER),
    ("energy_kwh", ">", NUMBER),
    ("energy_kwh", "1.204.377", NUMBER),
    ("energy_kwh", "1e5", NUMBER),
    ("energy_kwh", "NaN", NUMBER),
    ("energy_kwh", "1..2..3", RANGE),
    ("energy_kwh", "..", RANGE),
    ("energy_kwh", "20..10", BACKWARDS),
    ("energy_kwh", "9" * 40, NUMBER),
    ("id", "99999999999999999999", "That number is too large."),
    ("id", "-9999999999999999999", "That number is too large."),
    ("started_at", "yesterday", DATE),
    ("started_at", "2026-13", DATE),
    ("started_at", "2026-02-30", DATE),
    ("started_at", "2026-11-22 25:00", DATE),
    ("started_at", "0000", DATE),
    ("started_at", "9999", DATE),
    ("started_at", "0001-01-01", DATE),
    ("started_at", "22.11.2026", DATE),
    ("started_at", "2026-12..2026-11", BACKWARDS),
    ("duration", "90", DURATION),
    ("duration", "1:60", DURATION),
    ("duration", "long", DURATION),
    ("authorization", "9", CHOICE),
    ("review", "perhaps", "Choose yes or no."),
    ("email", "a\0b", "A text cannot contain this character."),
    ("email", "x" * 201, "At most 200 characters."),
]


@pytest.mark.parametrize(("column", "text", "advice"), BAD)
def test_a_bad_filter_is_marked_explained_and_not_applied(
    portal: Flask, statistics: ChargingSessionView, column: str, text: str, advice: str
) -> None:
    page = load(portal, statistics, {column: text, "outlet": "1"})
    assert page.query.errors == {column: advice}
    assert ids(page) == ids(load(portal, statistics, {"outlet": "1"}))


@pytest.mark.parametrize("name", list(KINDS))
@pytest.mark.parametrize(
    "text", ["'", "%", "\\", "()", "<script>", "ﬀ", "٣", "-", ">", "=", '"', "😀", ">=>=1", "1-", "\ud800"]
)
def test_no_text_in_any_filter_breaks_the_page(
    portal: Flask, statistics: ChargingSessionView, name: str, text: str
) -> None:
    page = load(portal, statistics, {name: text.encode("utf-8", "replace").decode()})
    assert page.count.rows >= 0


@pytest.mark.parametrize(
    ("params", "note"),
    [
        ({"sort": "password"}, "There is no column “password” to sort by."),
        ({"sort": "--id"}, "There is no column “-id” to sort by."),
        ({"rows": "many"}, "“many” is not a number of rows."),
        ({"rows": "-5"}, "“-5” is not a number of rows."),
        ({"after": "!!!"}, "The link to this page is damaged; this is the first page."),
        ({"after": "bnVsbA"}, "The link to this page is damaged; this is the first page."),
        ({"after": "WyJ4IiwxXQ"}, "The link to this page is damaged; this is the first page."),
        ({"before": "WzEsIngiXQ"}, "The link to this page is damaged; this is the first page."),
        ({"after": "W251bGwsMWU5OTld"}, "The link to this page is damaged; this is the first page."),
    ],
)
def test_other_nonsense_is_said_and_the_first_page_shown(
    portal: Flask, statistics: ChargingSessionView, params: dict[str, str], note: str
) -> None:
    page = load(portal, statistics, params)
    assert page.query.notes == [note]
    assert ids(page) == ids(load(portal, statistics, {}))


@pytest.mark.parametrize(("rows", "size"), [("1", 15), ("40", 50), ("1000000", 200), ("", 25)])
def test_the_size_of_a_page_is_bounded(portal: Flask, statistics: ChargingSessionView, rows: str, size: int) -> None:
    page = load(portal, statistics, {"rows": rows})
    assert (page.query.page_size, len(page.lines)) == (size, size)


def test_unknown_columns_are_left_out(portal: Flask, statistics: ChargingSessionView) -> None:
    page = load(portal, statistics, {"columns": "station,nonsense,started_at,station"})
    assert [column.name for column in page.columns] == ["station", "started_at"]


def test_a_filtered_column_is_never_hidden(portal: Flask, statistics: ChargingSessionView) -> None:
    page = load(portal, statistics, {"columns": "station", "site": "Copenhagen"})
    assert [column.name for column in page.columns] == ["station", "site"]
