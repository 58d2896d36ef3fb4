"""What happens at one outlet, drawn from a seeded random generator: who comes when, and what breaks.

Pure: the same generator and the same hour give the same days. All times are simulated.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from ocpp.v16.enums import ChargePointErrorCode, Reason

from simulator.charger import Charger
from simulator.charging_curve import ChargingCurve

HOUR = 3600.0
DAY = 24 * HOUR

HOURLY_WEIGHTS = (
    *(0.15, 0.1, 0.1, 0.1, 0.15, 0.3),
    *(0.8, 1.8, 2.4, 2.0, 1.4, 1.2),
    *(1.4, 1.3, 1.1, 1.1, 1.4, 1.9),
    *(1.7, 1.3, 0.9, 0.6, 0.5, 0.3),
)
"""How busy each hour of a day is; 1 is the mean: a morning peak, a lunch and an evening one."""

VISITS_PER_DAY = {"AC": 3.5, "DC": 12.0}
STAY_SECONDS = {"AC": (0.6 * HOUR, 9 * HOUR, 3 * HOUR), "DC": (0.2 * HOUR, 1.0 * HOUR, 0.5 * HOUR)}
"""Shortest, longest and likeliest stay."""

ERRORS = (
    ChargePointErrorCode.ground_failure,
    ChargePointErrorCode.high_temperature,
    ChargePointErrorCode.over_current_failure,
    ChargePointErrorCode.connector_lock_failure,
    ChargePointErrorCode.power_switch_failure,
    ChargePointErrorCode.reader_failure,
    ChargePointErrorCode.other_error,
)
STRANGERS = 0.02
"""The part of drivers whose first tag nobody knows."""
SECOND_TAGS = 0.4
"""The part of drivers who try another tag when the first is refused."""


@dataclass(frozen=True)
class Fault:
    error_code: ChargePointErrorCode
    repair_seconds: float


@dataclass(frozen=True)
class Visit:
    """One car: it comes `wait_seconds` after the outlet became free."""

    wait_seconds: float
    curve: ChargingCurve
    id_tokens: tuple[str, ...]
    """Shown in turn until one is accepted."""
    handling_seconds: float
    """How long the driver takes for each thing done by hand."""
    stay_seconds: float
    reason: Reason
    fault: Fault | None = None
    """What ends the stay before the driver does."""


@dataclass(frozen=True)
class Breakdown:
    """A fault at an outlet that nobody uses."""

    wait_seconds: float
    fault: Fault


def chance(*whose: object) -> Random:
    """A generator that is the same for the same words."""
    return Random("/".join(map(str, whose)))  # noqa: S311 (drivers need no secrets)


def happenings(
    random: Random, charger: Charger, id_tokens: tuple[str, ...], faults_per_day: float, hour: float
) -> Iterator[Visit | Breakdown]:
    """Without end, in the order in which they happen; `hour` is the time of day at which it begins."""
    elapsed = hour * HOUR
    wait = _first_wait_seconds(random, charger, hour)
    until_fault = _until_fault(random, faults_per_day)
    while True:
        if until_fault < wait:
            breakdown = Breakdown(until_fault, _fault(random))
            yield breakdown
            spent = until_fault + breakdown.fault.repair_seconds
            wait, until_fault = max(wait - spent, 0), _until_fault(random, faults_per_day)
        else:
            visit = _visit(random, charger, id_tokens, wait, until_fault - wait)
            yield visit
            spent = wait + visit.stay_seconds
            until_fault = _until_fault(random, faults_per_day) if visit.fault else until_fault - spent
            spent += visit.fault.repair_seconds if visit.fault else 0
            wait = arrival_seconds(random, elapsed + spent, _visits_per_day(charger))
        elapsed += spent


def arrival_seconds(random: Random, second_of_day: float, visits_per_day: float) -> float:
    """Until the next arrival of a Poisson process whose rate follows the hours of the day.

    The waiting time, measured in expected arrivals, is exponential with mean 1; it is spent hour by hour.
    """
    expected = random.expovariate(1)
    waited = 0.0
    while True:
        now = (second_of_day + waited) % DAY
        hour = int(now // HOUR)
        rate = HOURLY_WEIGHTS[hour] / sum(HOURLY_WEIGHTS) * visits_per_day / HOUR
        left_seconds = (hour + 1) * HOUR - now
        if expected <= rate * left_seconds:
            return waited + expected / rate
        expected -= rate * left_seconds
        waited += left_seconds


def _first_wait_seconds(random: Random, charger: Charger, hour: float) -> float:
    """A car park is not empty when one looks first: many cars are just arriving."""
    if random.random() < min(0.3 * HOURLY_WEIGHTS[int(hour) % 24] + 0.2, 0.7):
        return random.uniform(0, 120)
    return arrival_seconds(random, hour * HOUR, _visits_per_day(charger))


def _visit(
    random: Random, charger: Charger, id_tokens: tuple[str, ...], wait_seconds: float, until_fault: float
) -> Visit:
    stay = random.triangular(*STAY_SECONDS[_kind(charger)])
    leaves = Reason.local if random.random() < 0.8 else Reason.ev_disconnected
    visit = Visit(
        wait_seconds=wait_seconds,
        curve=_car(random, charger),
        id_tokens=_shown_tokens(random, id_tokens),
        handling_seconds=random.uniform(4, 20),
        stay_seconds=stay,
        reason=leaves,
    )
    if until_fault >= stay:
        return visit
    return replace(visit, stay_seconds=until_fault, reason=Reason.other, fault=_fault(random))


def _car(random: Random, charger: Charger) -> ChargingCurve:
    if charger.is_dc:
        car_w = random.choice((50_000, 75_000, 100_000, 150_000))
        taper, final = random.uniform(0.55, 0.8), 0.12
    else:
        car_w = random.choice((3_700, 7_400, 11_000, 11_000, 11_000, 22_000))
        taper, final = random.uniform(0.93, 0.97), 0.3
    return ChargingCurve(
        max_power_w=min(car_w, charger.max_power_w) * random.uniform(0.96, 1),
        capacity_wh=random.choice((28_000, 40_000, 52_000, 58_000, 64_000, 77_000, 100_000)),
        soc_at_start=random.triangular(0.08, 0.85, 0.4),
        taper_from_soc=taper,
        final_power_fraction=final,
    )


def _shown_tokens(random: Random, id_tokens: tuple[str, ...]) -> tuple[str, ...]:
    first = random.choice(id_tokens)
    if random.random() < STRANGERS:
        first = f"{random.randrange(10**9, 10**10)}"
    return (first, random.choice(id_tokens)) if random.random() < SECOND_TAGS else (first,)


def _fault(random: Random) -> Fault:
    return Fault(random.choice(ERRORS), repair_seconds=random.triangular(0.1 * HOUR, 4 * HOUR, 0.5 * HOUR))


def _until_fault(random: Random, faults_per_day: float) -> float:
    return random.expovariate(faults_per_day) * DAY if faults_per_day > 0 else math.inf


def _kind(charger: Charger) -> str:
    return "DC" if charger.is_dc else "AC"


def _visits_per_day(charger: Charger) -> float:
    return VISITS_PER_DAY[_kind(charger)]
