from itertools import islice
from random import Random

import pytest
from ocpp.v16.enums import Reason

from simulator.charger import AC_22, DC_150, Charger
from simulator.visits import DAY, HOUR, HOURLY_WEIGHTS, Breakdown, Visit, arrival_seconds, chance, happenings

TOKENS = ("11111111", "22222222", "33333333")


def days(seed: int, count: int, charger: Charger = AC_22, faults_per_day: float = 2) -> list[Visit | Breakdown]:
    return list(islice(happenings(chance(seed, "CB-1"), charger, TOKENS, faults_per_day, hour=8), count))


def test_the_same_seed_gives_the_same_days_and_another_gives_others() -> None:
    assert days(seed=7, count=200) == days(seed=7, count=200)
    assert days(seed=7, count=200) != days(seed=8, count=200)


@pytest.mark.parametrize("charger", [AC_22, DC_150])
def test_cars_are_believable(charger: Charger) -> None:
    visits = [visit for visit in days(seed=1, count=500, charger=charger) if isinstance(visit, Visit)]

    assert all(visit.wait_seconds >= 0 and visit.stay_seconds >= 0 for visit in visits)
    assert all(visit.curve.max_power_w <= charger.max_power_w for visit in visits)
    assert all(len(visit.id_tokens) in (1, 2) for visit in visits)
    assert {visit.reason for visit in visits} == {Reason.local, Reason.ev_disconnected, Reason.other}
    assert all((visit.fault is not None) == (visit.reason == Reason.other) for visit in visits)


def test_without_faults_nothing_breaks() -> None:
    happened = days(seed=1, count=500, faults_per_day=0)

    assert all(isinstance(happening, Visit) and happening.fault is None for happening in happened)


def test_arrivals_follow_the_rate_and_the_hours_of_the_day() -> None:
    random, per_day, number_of_days = Random(3), 20, 2_000
    seconds, per_hour = 0.0, [0] * 24
    while (seconds := seconds + arrival_seconds(random, seconds, per_day)) < number_of_days * DAY:
        per_hour[int(seconds % DAY // HOUR)] += 1

    expected = [weight / sum(HOURLY_WEIGHTS) * per_day * number_of_days for weight in HOURLY_WEIGHTS]
    assert per_hour == [pytest.approx(count, abs=5 * count**0.5) for count in expected]
