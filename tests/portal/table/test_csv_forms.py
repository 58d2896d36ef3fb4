"""What the database writes in CSV, compared byte for byte with what Python writes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean as Bool
from sqlalchemy import ColumnElement, DateTime, Double, Integer, String, cast, column, insert, select, values

from domain.db import owner_session_factory, session_factory
from domain.models import Event, Station
from portal import exports
from portal.exports.csv import _by_python, csv_chunks, csv_text
from portal.table import Boolean, Choice, Column, Date, Duration, Number, TableView, Text
from tests.portal.table.asking import NAMES

MADE_AT = datetime(2026, 11, 29, tzinfo=UTC)
ZONES = ("Europe/Copenhagen", "Asia/Kolkata", "America/St_Johns", "Pacific/Chatham", "UTC")
# Zones whose rules both sides have alike: PostgreSQL brings a list of its own.
# PostgreSQL keeps no NUL and no half of a character.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12) | st.text(
    "=+-@\t\r\n',\";\\. a", max_size=8
)
MOMENTS = st.datetimes(datetime(1973, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)) | st.builds(
    lambda at, micro: at.replace(microsecond=micro),
    st.datetimes(datetime(2026, 3, 28), datetime(2026, 10, 26), timezones=st.just(UTC)),
    st.sampled_from((0, 1, 100_000, 120_000, 999_999)),
)
NUMBERS = st.integers(-(2**31) + 1, 2**31 - 1)
SECONDS = st.floats(0, 1e12) | st.integers(0, 10**10).map(float) | st.decimals(0, 10**6, places=6).map(float)


def _of(kind: Callable[[ColumnElement[Any]], Column], of_type: Any, value: st.SearchStrategy[Any]) -> Any:
    return kind(column("value", of_type)), of_type, value


KINDS = {
    "text": _of(lambda value: Text("value", "", value), String, TEXTS),
    "number": _of(lambda value: Number("value", "", value), Integer, NUMBERS),
    "kWh": _of(lambda value: Number("value", "", value, scale=1000, decimals=3), Integer, NUMBERS),
    "kWh with more decimals": _of(lambda value: Number("value", "", value, scale=100, decimals=4), Integer, NUMBERS),
    "moment": _of(lambda value: Date("value", "", value), DateTime(timezone=True), MOMENTS),
    "duration": _of(lambda value: Duration("value", "", value), Double, SECONDS),
    "word": _of(lambda value: Choice("value", "", value, {}), String, TEXTS),
    "code": _of(lambda value: Choice("value", "", value, {}), Integer, st.integers(-3, 9)),
    "boolean": _of(lambda value: Boolean("value", "", value), Bool, st.booleans()),
}


def content(columns: tuple[Column, ...], of_type: Any, given: list[Any], zone: str) -> exports.Content:
    """A table of one column, and of its twin where there are two."""
    told = values(column("place", Integer), column("value", of_type), name="told").data(list(enumerate(given)))
    rows = select(told.c.place, cast(told.c.value, of_type).label("value")).subquery()
    statement = select(*(each.expression for each in columns)).select_from(rows).order_by(rows.c.place)
    return exports.Content("Told", statement, columns, ZoneInfo(zone), MADE_AT, "")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("twice", [False, True])
def test_the_database_writes_each_kind_as_python_does(portal: Flask, kind: str, twice: bool) -> None:
    the_column, of_type, value = KINDS[kind]
    columns = (the_column,) * (1 + twice)

    @given(given=st.lists(st.none() | value, min_size=1, max_size=30), zone=st.sampled_from(ZONES))
    @settings(max_examples=40, deadline=None)
    def compare(given: list[Any], zone: str) -> None:
        asked = content(columns, of_type, given, zone)
        python = csv_text([[c.csv_name for c in columns]]) + b"".join(_by_python(asked))
        assert b"".join(csv_chunks(asked)) == python

    compare()


@given(columns=st.lists(st.sampled_from(NAMES), min_size=1, unique=True), zone=st.sampled_from(ZONES))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_statistics_are_the_same_both_ways(portal: Flask, statistics: TableView, columns: list[str], zone: str) -> None:
    with portal.test_request_context("/statistics/", query_string={"columns": ",".join(columns)}):
        g.user = portal.appbuilder.sm.get_all_users()[0]  # type: ignore[attr-defined]
        asked = statistics.content(statistics.query())
        assert all(each.csv_form() is not None for each in asked.columns)
        header = csv_text([[each.csv_name for each in asked.columns]])
        assert b"".join(csv_chunks(asked)) == header + b"".join(_by_python(asked))


def test_the_facts_of_an_event_are_the_same_both_ways(portal: Flask) -> None:
    told = {"id_token": "=1+1", "note": 'æ "quoted", and\nmore', "readings": [1, 2.5, None, {"a": True}], "none": {}}
    with owner_session_factory().begin() as db:
        station = db.get(Station, 1)
        assert station
        event = {"station_id": 1, "site_id": station.site_id, "kind": "data_transfer", "happened_at": MADE_AT}
        db.execute(insert(Event), [event | {"details": told}, event | {"details": {}}])
    view = next(v for v in portal.appbuilder.baseviews if type(v).__name__ == "EventView")  # type: ignore[attr-defined]
    with portal.test_request_context("/events/"):
        g.user = portal.appbuilder.sm.get_all_users()[0]  # type: ignore[attr-defined]
        asked = view.content(view.query())
        assert all(each.csv_form() is not None for each in asked.columns)
        made = b"".join(csv_chunks(asked))
        assert made.partition(b"\r\n")[2] == b"".join(_by_python(asked))
        assert b"readings" in made


def test_a_size_in_rounded_units_is_written_by_python(portal: Flask) -> None:
    size = Number("value", "", column("value", Integer), scale=1000, decimals=1)
    assert size.csv_form() is None
    asked = content((size,), Integer, [1050, 1150, 999, None], "UTC")
    assert b"".join(csv_chunks(asked)) == b'value\r\n1.0\r\n1.2\r\n1.0\r\n""\r\n'


def test_no_connection_stays_behind_an_export_that_is_left(portal: Flask) -> None:
    asked = content((Number("value", "", column("value", Integer)),), Integer, list(range(2000)), "UTC")
    chunks = csv_chunks(asked)
    next(chunks)
    chunks.close()
    with session_factory()() as db:
        assert db.scalar(select(1)) == 1
    engine = session_factory().kw["bind"]
    assert engine.pool.checkedout() == 0


def test_a_moment_of_the_hour_that_clocks_repeat_carries_its_offset(portal: Flask) -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    asked = content(
        (Date("value", "", column("value", DateTime(timezone=True))),),
        DateTime(timezone=True),
        [first, first + timedelta(hours=1)],
        "Europe/Copenhagen",
    )
    assert b"".join(csv_chunks(asked)).split() == [
        b"value",
        b"2026-10-25T02:30:00+02:00",
        b"2026-10-25T02:30:00+01:00",
    ]
