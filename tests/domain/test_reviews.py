"""A person looks at a session: what is in force, what was found, and what comes late."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from domain import charging_sessions, reviews
from domain.energy import Evidence, Point, settle
from domain.models import ChargingSession, ChargingSessionReview, MeterValue
from domain.reports import StopReport
from domain.reviews import LARGEST_ENERGY_WH, Look, ReviewError, ReviewFault
from domain.stops import StopReason
from tests.domain.conftest import after
from tests.domain.test_charging_sessions import Story, reading


@pytest.fixture
def story(db, station, outlet, tag):
    return Story(db, station, tag)


@pytest.fixture
def look(user):
    return Look(user.id, after(500), "Read on the meter itself.")


def cut_off(story):
    """A charge whose stop never came: 2500 Wh until minute 20."""
    started = story.start()
    story.meter(10, 2000, started)
    story.meter(20, 3500, started)
    story.boot(30)
    return story.session(started)


def in_force(row):
    return row.energy_wh, row.ended_at, row.grade, row.needs_review


def test_what_is_confirmed_stays_as_it_is_and_leaves_the_list(story, db, look):
    row = cut_off(story)
    assert in_force(row) == (2500, after(20), "C", True)

    reviews.confirm(db, row, look)

    assert in_force(row) == (2500, after(20), "C", False)
    assert (row.is_corrected, row.review_reasons) == (False, ["stop_missing"])
    db.flush()
    [kept] = reviews.of_session(db, row.id)
    assert (kept.verdict, kept.energy_before_wh, kept.energy_wh, kept.note) == ("confirmed", 2500, 2500, look.note)


def test_a_correction_lies_over_the_original(story, db, look):
    row = cut_off(story)
    reviews.correct(db, row, look, 4000, after(45))
    assert in_force(row) == (4000, after(45), "C", False)
    assert (reviews.original_energy_wh(row), reviews.original_ended_at(row)) == (2500, after(20))

    reviews.correct(db, row, look, 5000)
    db.flush()
    assert in_force(row)[:2] == (5000, after(45))
    assert (row.original_energy_wh, row.original_ended_at) == (2500, after(20))
    told = [(kept.energy_before_wh, kept.energy_wh) for kept in reviews.of_session(db, row.id)]
    assert told == [(4000, 5000), (2500, 4000)]


def test_a_correction_to_what_was_found_takes_the_correction_back(story, db, look):
    row = cut_off(story)
    reviews.correct(db, row, look, 4000, after(45))
    reviews.correct(db, row, look, 2500, after(20))
    assert (row.energy_wh, row.is_corrected, row.original_energy_wh, row.original_ended_at) == (2500, False, None, None)


def test_a_late_stop_after_a_correction_is_kept_as_the_original_and_asks_again(story, db, look):
    row = cut_off(story)
    reviews.correct(db, row, look, 4000, after(45))

    story.stop(row.id, 60, 8000)

    assert in_force(row) == (4000, after(45), "C", True)
    assert (row.original_energy_wh, row.original_ended_at, row.meter_stop_wh) == (7000, after(60), 8000)
    assert row.review_reasons == ["stop_after_review"]

    reviews.correct(db, row, look, 7000)
    assert (row.energy_wh, row.is_corrected, row.needs_review) == (7000, False, False)


def test_a_late_stop_after_a_confirmation_holds_and_asks_again(story, db, look):
    row = cut_off(story)
    reviews.confirm(db, row, look)
    story.stop(row.id, 60, 8000)
    assert in_force(row) == (7000, after(60), "C", True)


def test_a_car_that_leaves_moves_no_end_that_a_person_told(story, db, look):
    row = cut_off(story)
    reviews.correct(db, row, look, 4000, after(45))
    db.flush()
    charging_sessions.end_as_cars_leave(db, [charging_sessions.CarLeft(row.outlet_id, after(0), after(50))])
    db.refresh(row)
    assert row.ended_at == after(45)


def test_a_second_stop_that_differs_asks_for_a_look(story, db, look):
    started = story.start()
    story.stop(started, 60, 8000)
    story.stop(started, 60, 8000)
    row = story.session(started)
    assert in_force(row) == (7000, after(60), "B", False)

    story.stop(started, 61, 9000)
    assert (row.energy_wh, row.review_reasons, row.needs_review) == (7000, ["stop_differed"], True)
    reviews.confirm(db, row, look)
    story.stop(started, 61, 9000)
    assert not row.needs_review


def test_a_start_that_is_told_twice_and_otherwise_marks_both(story):
    first, second = story.start(0, 1000), story.start(0, 1500)
    assert story.session(first).review_reasons == ["stop_missing", "energy_unknown", "start_differed"]
    story.stop(second, 60, 8000)
    assert story.session(second).review_reasons == ["start_differed"]


def test_samples_make_it_certain(story):
    started = story.start()
    story.stop(started, 60, 8000, readings=(reading(20, 3000), reading(40, 5500)))
    row = story.session(started)
    assert (row.energy_source, row.grade) == ("both", "A")


def test_the_maximum_current_of_the_outlet_counts(story, outlet):
    outlet.max_current_a = 10
    started = story.start()
    story.stop(started, 60, 12_000)
    assert story.session(started).review_reasons == ["power_implausible"]


WRONG = {
    ReviewFault.NOTE_MISSING: {"note": "  "},
    ReviewFault.ENERGY_OUT_OF_RANGE: {"energy_wh": -1},
    ReviewFault.END_OUT_OF_RANGE: {"ended_at": after(-1)},
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_no_correction_may_say(story, db, user, fault):
    row = cut_off(story)
    given = {"note": "Why", "energy_wh": 10, "ended_at": None} | WRONG[fault]
    with pytest.raises(ReviewError) as refused:
        reviews.correct(db, row, Look(user.id, after(99), given["note"]), given["energy_wh"], given["ended_at"])
    assert refused.value.fault is fault
    assert in_force(row) == (2500, after(20), "C", True)


def test_an_end_that_the_station_told_and_a_charge_that_runs_are_left_alone(story, db, look):
    started = story.start()
    row = story.session(started)
    with pytest.raises(ReviewError, match="still_charging"):
        reviews.confirm(db, row, look)
    story.stop(started)
    with pytest.raises(ReviewError, match="end_is_known"):
        reviews.correct(db, row, look, 1, after(30))


# Whatever is told

wh = st.integers(0, 10**10)
shown = st.lists(st.tuples(st.integers(0, 600), wh), max_size=8)


@given(start=wh, stop=st.none() | wh, readings=shown, known=st.none() | wh)
def test_energy_is_never_negative(start, stop, readings, known):
    points = [Point(after(minutes), value) for minutes, value in sorted(readings)]
    found = settle(Evidence(Point(after(0), start), None if stop is None else Point(after(600), stop), points, known))
    assert found.energy_wh is None or found.energy_wh >= 0


deeds = st.lists(
    st.one_of(
        st.tuples(st.just("confirm"), st.none()),
        st.tuples(st.just("correct"), st.integers(0, LARGEST_ENERGY_WH)),
        st.tuples(st.just("stop"), st.integers(0, 50_000)),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=deeds)
def test_what_was_found_is_never_lost(story, db, look, deeds):
    """Beside any looks, in any order, the original is what it would be without them; each look is kept."""
    story.db.execute(delete(ChargingSession))
    story.db.execute(delete(MeterValue))
    row, found, told, looks = cut_off(story), 2500, None, 0
    for deed, value in deeds:
        if deed == "confirm":
            reviews.confirm(db, row, look)
        elif deed == "correct":
            reviews.correct(db, row, look, value)
            assert row.energy_wh == value
        else:
            report = StopReport(row.node_id, after(60), row.id, None, value, after(60), StopReason.LOCAL, ())
            charging_sessions.stop(db, report)
            if told is None:
                told = value
                found = value - 1000 if value >= 3400 else 2500
        looks += deed != "stop"
        assert reviews.original_energy_wh(row) == found
        assert row.is_corrected == (row.energy_wh != found)
        assert deed == "stop" or not row.needs_review
    db.flush()
    kept = select(func.count()).where(ChargingSessionReview.charging_session_id == row.id)
    assert db.scalar(kept) == looks
    assert row.ended_at >= row.started_at
