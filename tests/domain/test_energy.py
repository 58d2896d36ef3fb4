"""How much a charge took, from credible and incredible figures."""

from datetime import timedelta

import pytest

from domain.energy import Evidence, Finding, Point, settle
from domain.review_reasons import ReviewReason
from tests.domain.conftest import NINE

R = ReviewReason


def points(*shown: tuple[float, float]) -> list[Point]:
    """Points from (minutes, Wh)."""
    return [Point(NINE + timedelta(minutes=minutes), wh) for minutes, wh in shown]


CASES = {
    "both registers": (1000, 8000, [], None, 7000, ()),
    "nothing taken": (1000, 1000, [], None, 0, ()),
    "a meter that begins each charge at 0": (0, 7000, [(10, 1000)], None, 7000, ()),
    "readings in kWh round down": (1049, 8000, [(10, 1000), (20, 8000)], None, 6951, ()),
    "the stop never came": (1000, None, [(10, 2000), (20, 3500)], None, 2500, (R.STOP_MISSING,)),
    "no stop and no reading": (1000, None, [], None, None, (R.STOP_MISSING, R.ENERGY_UNKNOWN)),
    "begin 0 after offline, told by the meter before": (0, 12_600, [(10, 12_100)], 12_000, 600, (R.METER_START_ZERO,)),
    "begin 0 after offline, without readings": (0, 12_600, [], 12_000, 600, (R.METER_START_ZERO,)),
    "begin 0, the meter was exchanged": (0, 900, [(10, 300)], 12_000, 900, ()),
    "begin 0, told by a reading too far away": (
        0, 5_020_000, [(10, 5_001_000), (50, 5_019_000)], None, 19_000, (R.ENERGY_TOO_LARGE,),
    ),
    "end 0": (1000, 0, [(10, 2000), (20, 3500)], None, 2500, (R.METER_STOP_SMALLER,)),
    "smaller end without readings": (1000, 900, [], None, None, (R.METER_STOP_SMALLER, R.ENERGY_UNKNOWN)),
    "end below the last reading": (1000, 2000, [(10, 2000), (20, 3500)], None, 2500, (R.METER_STOP_SMALLER,)),
    "the meter begins anew during the charge": (
        1000, 310, [(10, 1200), (20, 0), (30, 300)], None, 510, (R.METER_STOP_SMALLER,),
    ),
    "begin above the first reading": (5000, 7010, [(10, 1000), (50, 7000)], None, 6010, (R.METER_START_LARGER,)),
    "more than an outlet delivers": (
        1000, 9_000_000_000, [(10, 2000), (20, 3500)], None, 2500, (R.ENERGY_TOO_LARGE,),
    ),
    "more than an outlet delivers, without readings": (
        1000, 9_000_000_000, [], None, None, (R.ENERGY_TOO_LARGE, R.ENERGY_UNKNOWN),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("start_wh", "stop_wh", "readings", "known_before_wh", "energy_wh", "doubts"), CASES.values(), ids=CASES.keys()
)
def test_energy_of_a_charge_of_an_hour(start_wh, stop_wh, readings, known_before_wh, energy_wh, doubts):
    [start] = points((0, start_wh))
    stop = None if stop_wh is None else points((60, stop_wh))[0]

    found = settle(Evidence(start, stop, points(*readings), known_before_wh))

    assert found == Finding(energy_wh, doubts)
