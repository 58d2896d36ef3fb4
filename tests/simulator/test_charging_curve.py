from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.charging_curve import ChargingCurve

curves = st.builds(
    ChargingCurve,
    max_power_w=st.floats(1_000, 400_000),
    capacity_wh=st.floats(1_000, 200_000),
    soc_at_start=st.floats(0, 0.999),
    taper_from_soc=st.floats(0, 0.99),
    final_power_fraction=st.floats(0.02, 0.95),
    ramp_seconds=st.just(0.0) | st.floats(1, 600),
)
parts = st.floats(0, 1.2)
"""Moments of a charge, as parts of the time until full."""


def integral_of_power_wh(curve: ChargingCurve, until_seconds: float, steps: int = 20_000) -> float:
    width = until_seconds / steps
    return sum(curve.power_w((step + 0.5) * width) for step in range(steps)) * width / 3600


def test_a_plain_charge_in_figures() -> None:
    curve = ChargingCurve(
        max_power_w=11_000,
        capacity_wh=50_000,
        soc_at_start=0.5,
        taper_from_soc=0.9,
        final_power_fraction=0.5,
        ramp_seconds=20,
    )

    assert curve.needed_wh == 25_000
    assert curve.power_w(0) == 0
    assert curve.power_w(10) == pytest.approx(5_500)
    assert curve.power_w(3600) == 11_000
    assert curve.energy_wh(3600) == pytest.approx(11_000 * (3600 - 10) / 3600)
    assert curve.soc(3600) == pytest.approx(0.5 + 11_000 * 3590 / 3600 / 50_000)
    just_before_full = curve.seconds_until_full - 0.001
    assert curve.power_w(just_before_full) == pytest.approx(5_500, rel=1e-5)
    assert (curve.power_w(1e6), curve.energy_wh(1e6), curve.soc(1e6)) == (0, 25_000, 1)


def test_a_car_that_comes_nearly_full_begins_with_less_power() -> None:
    curve = ChargingCurve(
        max_power_w=10_000,
        capacity_wh=50_000,
        soc_at_start=0.9,
        taper_from_soc=0.8,
        final_power_fraction=0.1,
        ramp_seconds=0,
    )

    assert curve.power_w(0) == pytest.approx(5_500)


@given(curves, parts)
def test_power_is_never_negative_and_never_above_the_maximum(curve: ChargingCurve, part: float) -> None:
    assert 0 <= curve.power_w(curve.seconds_until_full * part) <= curve.max_power_w * (1 + 1e-9)


@given(curves, parts)
def test_energy_is_the_integral_of_power(curve: ChargingCurve, part: float) -> None:
    until_seconds = curve.seconds_until_full * part

    measured = integral_of_power_wh(curve, until_seconds, steps=2_000)

    assert curve.energy_wh(until_seconds) == pytest.approx(measured, rel=1e-2, abs=curve.needed_wh * 2e-3)


@given(curves, parts, parts)
def test_energy_and_state_of_charge_never_fall(curve: ChargingCurve, one: float, other: float) -> None:
    earlier, later = sorted((one * curve.seconds_until_full, other * curve.seconds_until_full))

    assert curve.energy_wh(earlier) <= curve.energy_wh(later) * (1 + 1e-9)
    assert curve.soc_at_start <= curve.soc(earlier) <= curve.soc(later) * (1 + 1e-9) <= 1 + 1e-9


@given(curves)
def test_it_ends_full_and_draws_no_more(curve: ChargingCurve) -> None:
    end = curve.seconds_until_full

    assert (curve.soc(end), curve.energy_wh(end), curve.power_w(end)) == (1, curve.needed_wh, 0)
    assert curve.energy_wh(end * (1 - 1e-9)) == pytest.approx(curve.needed_wh, rel=1e-6)


@given(curves, parts, st.floats(1, 1000))
def test_a_smaller_battery_gives_the_same_power_in_a_shorter_time(
    curve: ChargingCurve, part: float, times: float
) -> None:
    shrunk = curve.shrunk(times)
    seconds = curve.seconds_until_full * min(part, 0.999)

    assert shrunk.seconds_until_full == pytest.approx(curve.seconds_until_full / times)
    assert shrunk.power_w(seconds / times) == pytest.approx(curve.power_w(seconds), rel=1e-5, abs=1e-3)
    assert shrunk.energy_wh(seconds / times) == pytest.approx(curve.energy_wh(seconds) / times, abs=1e-6)


@pytest.mark.parametrize("changed", [{"soc_at_start": 1}, {"soc_at_start": -0.1}, {"taper_from_soc": 1}])
def test_a_battery_that_cannot_be_is_refused(changed: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="at least 0 and below 1"):
        replace(ChargingCurve(11_000, 50_000, 0.5), **changed)


@given(curves, parts, st.floats(1, 20_000), st.floats(0, 60))
def test_a_car_that_is_held_back_takes_no_more_than_the_limit_and_never_goes_back(
    curve: ChargingCurve, part: float, limit_w: float, elapsed_seconds: float
) -> None:
    begins = min(part, 1) * curve.seconds_until_full
    after = curve.after(begins, elapsed_seconds, limit_w)
    taken_wh = curve.energy_wh(after) - curve.energy_wh(begins)
    assert -1e-6 <= taken_wh <= limit_w * elapsed_seconds / 3600 * (1 + 1e-6) + 1e-3
    assert curve.after(begins, elapsed_seconds, None) == begins + elapsed_seconds


def test_a_limit_in_figures() -> None:
    curve = ChargingCurve(11_000, capacity_wh=50_000, soc_at_start=0.2, ramp_seconds=0)
    halfway = curve.after(0, 1800, 4_000)
    assert curve.energy_wh(halfway) == pytest.approx(2_000, abs=0.01)
    assert curve.after(halfway, 600, 0) == pytest.approx(halfway)
    assert curve.after(halfway, 600, 12_000) == halfway + 600
