"""Uptime after the oldest changes of states were dropped: what sums tell stays, and the rest begins later."""

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from domain import state_rollups
from domain.charts import uptime, uptime_ranking
from domain.charts.periods import Periods, Unit, between
from domain.charts.ranking import Ranks
from domain.models import Kept, OutletStateChange, Retention, Site, System
from domain.statuses import OutletState
from tests.domain.charge_histories import NOW
from tests.domain.test_uptime import (
    ADMINISTRATOR,
    ANY_EXAMPLE,
    FIRST,
    LAST,
    ZONES,
    expected,
    lived,
    nodes,
    overlap,
    places,  # noqa: F401 - a fixture
    shares,
    sums,
)

SINCE = datetime(2026, 4, 1, tzinfo=UTC)


def drop(db: Session) -> None:
    """As a night does (domain/retention.py)."""
    state_rollups.fold(db)
    db.execute(delete(OutletStateChange).where(OutletStateChange.at < SINCE))
    db.add(Retention(kept=Kept.STATES, days=62, done_until=SINCE))
    db.flush()


def since_then(there: list, periods: Periods) -> list[dict[OutletState, float]]:
    """As `expected`, of what came after."""
    return [
        {
            state: pytest.approx(
                sum(
                    overlap(place, max(begin, SINCE), max(SINCE, min(end, NOW)))
                    for place in there
                    if place.state is state
                ),
                abs=0.01,
            )
            for state in OutletState
        }
        for begin, end in pairwise(periods.edges)
        if begin <= NOW
    ]


@settings(max_examples=25, **ANY_EXAMPLE)
@given(seed=st.integers(0, 100_000), zone=st.sampled_from(ZONES), unit=st.sampled_from(Unit))
def test_sites_keep_their_uptime_and_what_is_below_has_it_from_then_on(db, places, seed, zone, unit):  # noqa: F811
    periods = between(FIRST, LAST, unit, ZoneInfo(zone))
    with db.begin_nested() as example:
        history = lived(db, places, seed, 40)
        drop(db)
        for node, is_there in nodes(history):
            there = [place for place in history.places if is_there(place)]
            found = [dict(each.seconds) for each in uptime.read(db, ADMINISTRATOR, node, periods, NOW)]
            is_summed = isinstance(node, System | Site)
            assert found == (expected if is_summed else since_then)(there, periods), node
            known = uptime.recorded_since(db, ADMINISTRATOR, node)
            assert known < SINCE if is_summed else known == SINCE
        example.rollback()


@pytest.mark.parametrize(
    ("first", "last", "begin", "end"),
    [
        # As far back as the history goes, and further back by whole months.
        (date(2026, 4, 2), date(2026, 4, 8), None, None),
        (date(2026, 3, 1), date(2026, 4, 8), datetime(2026, 3, 1, tzinfo=UTC), None),
        (date(2026, 3, 1), date(2026, 3, 31), datetime(2026, 3, 1, tzinfo=UTC), SINCE),
        # Into a month of which there are sums alone.
        (date(2026, 3, 20), date(2026, 4, 8), SINCE, None),
        (date(2026, 3, 20), date(2026, 3, 25), SINCE, SINCE),
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_rankings_tell_of_whole_months_or_begin_with_the_history(db, places, seed, first, last, begin, end):  # noqa: F811
    with db.begin_nested() as example:
        history = lived(db, places, seed, 40)
        drop(db)
        for zone in ZONES:
            periods = between(first, last, Unit.DAY, ZoneInfo(zone))
            begins, ends = begin or periods.edges[0], max(end or SINCE, min(periods.edges[-1], NOW))
            found = uptime_ranking.read(db, ADMINISTRATOR, System(id=1), periods, NOW, Ranks.STATIONS, 9)
            wanted = {
                station.id: told["up"]
                for station in history.stations
                if begins < ends
                and (told := shares([each for each in history.places if each.station_id == station.id], begins, ends))
            }
            assert {each.node_id: each.up for each in found} == wanted, zone
            known = uptime_ranking.recorded_since(db, ADMINISTRATOR, System(id=1), periods, NOW)
            assert (known == SINCE) is (begin == SINCE)
        example.rollback()


def test_a_rebuild_keeps_the_sums_of_what_was_dropped(db, places):  # noqa: F811
    with db.begin_nested() as example:
        lived(db, places, 7, 60)
        drop(db)
        kept = sums(db)
        state_rollups.STATE.make_anew(db.connection())
        assert sums(db) == kept
        example.rollback()
