"""What the table lists, page by page, against the same by brute force."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings

from domain.models import ChargingSession
from portal.views.charging_session import ChargingSessionView
from tests.portal.table import oracle
from tests.portal.table.asking import NAMES, ids, links, load, questions


@given(question=questions())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_hold_every_row_once_in_order_forwards_and_backwards(
    portal: Flask, statistics: ChargingSessionView, rows: list[ChargingSession], question: Any
) -> None:
    texts, tests, sort, descending, size = question
    params = {**texts, "sort": f"-{sort}" if descending else sort, "rows": str(size)}
    wanted = oracle.expected(rows, tests, sort, descending)
    forwards = links(portal, statistics, load(portal, statistics, params), "next")
    assert forwards[0].query.errors == {}
    assert [key for page in forwards for key in ids(page)] == wanted
    assert {page.count.rows for page in forwards} == {len(wanted)}
    backwards = links(portal, statistics, forwards[-1], "previous")
    assert [ids(page) for page in reversed(backwards)] == [ids(page) for page in forwards]


@pytest.mark.parametrize(
    ("column", "text"), [(column, text) for column, filters in oracle.FILTERS.items() for text, _test in filters]
)
def test_each_filter_keeps_what_its_words_say(
    portal: Flask, statistics: ChargingSessionView, rows: list[ChargingSession], column: str, text: str
) -> None:
    test = dict(oracle.FILTERS[column])[text]
    page = load(portal, statistics, {column: text, "rows": "200", "sort": "id"})
    assert page.query.errors == {}
    assert ids(page) == oracle.expected(rows, {column: test}, "id", False)[:200]


@pytest.mark.parametrize("name", NAMES)
def test_filter_by_this_value_finds_its_own_row(
    portal: Flask, statistics: ChargingSessionView, rows: list[ChargingSession], name: str
) -> None:
    every = load(portal, statistics, {"columns": ",".join(NAMES), "rows": "200"})
    for line in every.lines[::3]:
        cell = next(cell for cell in line.cells if cell.column.name == name)
        page = load(portal, statistics, {name: cell.filter_text, "id": str(line.key)})
        assert page.query.errors == {}
        assert ids(page) == [line.key], cell.filter_text


def test_the_footer_sums_what_is_filtered(
    portal: Flask, statistics: ChargingSessionView, rows: list[ChargingSession]
) -> None:
    page = load(portal, statistics, {"site": "Copenhagen", "rows": "15"})
    kept = [row for row in rows if row.site_name == "Copenhagen Central"]
    assert page.count.rows == len(kept)
    assert page.count.sums == {"energy_kwh": sum(row.energy_wh or 0 for row in kept)}
    assert page.count_text == f"{len(kept)} sessions"


def test_the_selected_node_narrows_the_list(
    portal: Flask, statistics: ChargingSessionView, rows: list[ChargingSession]
) -> None:
    page = load(portal, statistics, {"node": "site-2", "rows": "200", "sort": "id"})
    assert ids(page) == [row.id for row in sorted(rows, key=lambda row: row.id) if row.site_id == 2]
    assert "node=site-2" in page.query.link(sort="station")


def test_more_rows_than_are_counted_are_said_to_be_more(
    portal: Flask, statistics: ChargingSessionView, rows: list[ChargingSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.table.count.CAP", 100)
    monkeypatch.setattr("portal.table.reading.CAP", 100)
    for params in ({}, {"id": ">0"}):
        page = load(portal, statistics, params | {"rows": "15"})
        assert (page.count_text, page.total_texts) == ("more than 100 sessions", [])
        walked = links(portal, statistics, page, "next")
        assert [key for part in walked for key in ids(part)] == oracle.expected(rows, {}, "started_at", True)
        exact = load(portal, statistics, params | {"count": "exact"})
        assert exact.count_text == f"{len(rows)} sessions"
        assert exact.count.sums == {"energy_kwh": sum(row.energy_wh or 0 for row in rows)}
