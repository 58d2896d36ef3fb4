"""What is odd about a charge beside its energy, and how its energy is known."""

from datetime import timedelta

import pytest

from domain.energy import Evidence, Point, settle
from domain.evidence_checks import examine
from domain.grades import EnergySource as S
from domain.review_reasons import ReviewReason as R
from tests.domain.conftest import after


def points(*shown: tuple[float, float]) -> list[Point]:
    """Points from (minutes, Wh)."""
    return [Point(after(minutes), wh) for minutes, wh in shown]


STEADY = [(10, 2000), (20, 3000), (30, 4000), (40, 5000), (50, 6000)]

CASES = {
    "samples agree": (1000, 7000, STEADY, S.BOTH, (), None),
    "no samples": (1000, 7000, [], S.REGISTER, (), None),
    "samples at the ends alone are the register again": (1000, 7000, [(0, 1000), (60, 7000)], S.REGISTER, (), None),
    "no stop": (1000, None, STEADY, S.SAMPLES, (), None),
    "nothing": (1000, None, [], S.NOTHING, (), None),
    "stop at 0": (1000, 0, STEADY, S.SAMPLES, (), None),
    "a gap": (1000, 7000, [(5, 1500), (10, 2000), (15, 2500), (20, 3000), (55, 6500)], S.BOTH, (R.SAMPLE_GAP,), 2100),
    "read seldom is no gap": (1000, 7000, [(20, 3000), (40, 5000)], S.BOTH, (), None),
    "the meter begins anew": (1000, 7000, [(10, 2000), (20, 0), (30, 900)], S.REGISTER, (R.METER_RESET,), None),
    "the meter goes back": (1000, 7000, [(10, 3000), (20, 2000), (30, 4000)], S.REGISTER, (R.METER_DECREASED,), None),
    "rounding is no way back": (1000, 7000, [(10, 2050), (20, 2000), (30, 4000)], S.BOTH, (), None),
    "more than the maximum current": (
        1000, 39_000, [(10, 8000), (20, 15_000), (30, 22_000), (40, 29_000), (50, 36_000)], S.BOTH,
        (R.POWER_IMPLAUSIBLE,), None,
    ),
    "the register runs away from the samples": (
        1000, 3500, [(10, 1100), (20, 1200), (30, 1300), (40, 1400), (50, 1500)], S.REGISTER,
        (R.SAMPLES_DISAGREE,), None,
    ),
    "a reading before the start": (1000, 7000, [(-5, 900), *STEADY], S.BOTH, (R.CLOCK_JUMPED,), None),
    "a reading after the stop": (1000, 7000, [*STEADY, (70, 7000)], S.BOTH, (R.CLOCK_JUMPED,), None),
}  # fmt: skip


@pytest.mark.parametrize(("start", "stop", "readings", "source", "reasons", "gap"), CASES.values(), ids=CASES.keys())
def test_a_charge_of_an_hour_at_16_amperes(start, stop, readings, source, reasons, gap):
    [began] = points((0, start))
    evidence = Evidence(began, None if stop is None else Point(after(60), stop), points(*readings), None)

    found = examine(evidence, settle(evidence), [(point.at, point) for point in evidence.readings], 16)

    assert (found.source, found.reasons, found.longest_gap_seconds) == (source, reasons, gap)


def test_an_outlet_whose_maximum_current_nobody_told_has_no_implausible_power():
    evidence = Evidence(*points((0, 0)), Point(after(60), 300_000), [], None)
    assert examine(evidence, settle(evidence), [], None).reasons == ()


def test_a_clock_that_is_put_back_tells_an_earlier_time_later():
    began, *readings = points((0, 1000), (20, 3000), (30, 4000), (25, 4500), (40, 5000))
    evidence = Evidence(began, Point(after(60), 7000), sorted(readings, key=lambda point: point.at), None)
    arrived = [(after(20 + number), point) for number, point in enumerate(readings)]
    assert R.CLOCK_JUMPED in examine(evidence, settle(evidence), arrived, None).reasons


def test_a_stop_that_brings_all_readings_again_is_no_jump():
    began, *readings = points((0, 1000), (20, 3000), (30, 4000), (40, 5000))
    stop = Point(after(60), 7000)
    evidence = Evidence(began, stop, readings, None)
    arrived = [*((point.at, point) for point in readings), *((stop.at, point) for point in [*readings, stop])]
    assert examine(evidence, settle(evidence), arrived, None).reasons == ()


def test_a_late_delivery_in_order_is_no_jump():
    began, *readings = points((0, 1000), (20, 3000), (30, 4000), (40, 5000))
    evidence = Evidence(began, Point(after(60), 7000), readings, None)
    arrived = [(after(900) + timedelta(seconds=number), point) for number, point in enumerate(readings)]
    assert examine(evidence, settle(evidence), arrived, None).reasons == ()
