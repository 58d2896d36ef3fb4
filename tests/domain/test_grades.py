"""Which sessions may be billed without a look."""

import pytest

from domain.grades import EnergySource, Grade, grade_of
from domain.review_reasons import ReviewReason, Weight, ask_for_a_look, weight_of


@pytest.mark.parametrize(
    ("source", "reasons", "grade", "asks"),
    [
        ("both", [], "A", False),
        ("register", [], "B", False),
        ("both", ["sample_gap"], "B", False),
        ("both", ["token_refused"], "C", True),
        ("register", ["clock_wrong", "sample_gap"], "C", True),
        ("samples", ["stop_missing"], "C", True),
        ("nothing", ["stop_missing", "energy_unknown"], "D", True),
        ("both", ["a word of tomorrow"], "C", True),
    ],
)
def test_a_grade_is_the_worst_that_source_and_reasons_allow(source, reasons, grade, asks):
    assert (grade_of(source, reasons), ask_for_a_look(reasons)) == (grade, asks)


@pytest.mark.parametrize("source", EnergySource)
@pytest.mark.parametrize("reason", ReviewReason)
def test_a_reason_never_makes_a_grade_better(source, reason):
    assert grade_of(source, [reason]) >= grade_of(source, [])


def test_what_is_worse_than_sound_asks_for_a_look():
    for reason in ReviewReason:
        assert (grade_of(EnergySource.BOTH, [reason]) > Grade.SOUND) == (weight_of(reason) > Weight.NOTE)
