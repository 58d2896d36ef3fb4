"""Which limit is in force when (OCPP 1.6, 3.13): figures worked out by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulator.charger import AC_22, DC_50, Charger
from simulator.charging_profiles import ChargingProfiles

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)


def profile(
    *periods: tuple[int, float], purpose: str = "TxDefaultProfile", number: int = 1, level: int = 0, unit: str = "W",
    kind: str = "Absolute", start_at: datetime | None = NINE, duration: int | None = None, **more: Any,
) -> dict[str, Any]:  # fmt: skip
    schedule: dict[str, Any] = {
        "charging_rate_unit": unit,
        "charging_schedule_period": [{"start_period": start, "limit": limit} for start, limit in periods],
    }
    if start_at is not None:
        schedule["start_schedule"] = start_at.isoformat()
    if duration is not None:
        schedule["duration"] = duration
    return {
        "charging_profile_id": number, "stack_level": level, "charging_profile_purpose": purpose,
        "charging_profile_kind": kind, "charging_schedule": schedule, **more,
    }  # fmt: skip


def installed(*placed: tuple[int, dict[str, Any]]) -> ChargingProfiles:
    profiles = ChargingProfiles()
    for connector, one in placed:
        profiles.set(connector, one)
    return profiles


def limits(profiles: ChargingProfiles, *seconds: int, connector: int = 1, charger: Charger = AC_22) -> list[Any]:
    moments = [NINE + timedelta(seconds=second) for second in seconds]
    return [profiles.limit_w(connector, charger, moment, NINE) for moment in moments]


def test_the_periods_follow_each_other_until_the_schedule_ends() -> None:
    profiles = installed((1, profile((0, 11_000), (60, 6_000), duration=120)))
    assert limits(profiles, -1, 0, 59, 60, 119, 120) == [None, 11_000, 11_000, 6_000, 6_000, None]


def test_the_highest_level_wins_and_the_profile_of_the_charge_goes_before_the_default() -> None:
    profiles = installed(
        (1, profile((0, 9_000), number=1, level=0)),
        (1, profile((0, 8_000), number=2, level=3, duration=60)),
        (1, profile((0, 10_000), number=3, purpose="TxProfile", start_at=NINE + timedelta(seconds=90))),
    )
    assert limits(profiles, 0, 59, 60, 90) == [8_000, 8_000, 9_000, 10_000]


def test_the_station_as_a_whole_is_the_ceiling_and_gives_a_default_to_all() -> None:
    profiles = installed(
        (0, profile((0, 7_000), (60, 3_000), purpose="ChargePointMaxProfile", number=1)),
        (0, profile((0, 5_000), number=2)),
        (1, profile((0, 6_000), number=3)),
    )
    assert limits(profiles, 0, 60) == [6_000, 3_000]
    assert limits(profiles, 0, 60, connector=2) == [5_000, 3_000]


def test_a_relative_profile_begins_with_the_charge() -> None:
    profiles = installed((1, profile((0, 4_000), (30, 2_000), kind="Relative", start_at=None)))
    later = NINE + timedelta(hours=5)
    assert [profiles.limit_w(1, AC_22, later + timedelta(seconds=s), later) for s in (0, 30)] == [4_000, 2_000]


def test_a_recurring_profile_comes_again_each_day_or_week() -> None:
    daily = installed((1, profile((0, 1_000), kind="Recurring", recurrency_kind="Daily", duration=3600)))
    weekly = installed((1, profile((0, 1_000), kind="Recurring", recurrency_kind="Weekly", duration=3600)))
    day = 24 * 3600
    assert limits(daily, day, day + 3599, day + 3600) == [1_000, 1_000, None]
    assert limits(weekly, day, 7 * day, 7 * day + 3600) == [None, 1_000, None]


def test_a_profile_counts_only_while_it_is_valid() -> None:
    valid = {
        "valid_from": (NINE + timedelta(seconds=10)).isoformat(),
        "valid_to": (NINE + timedelta(seconds=20)).isoformat(),
    }
    assert limits(installed((1, profile((0, 1_000), **valid))), 9, 10, 19, 20) == [None, 1_000, 1_000, None]


@pytest.mark.parametrize(("charger", "watts"), [(AC_22, 11_040), (DC_50, 6_400)])
def test_amperes_are_of_each_phase(charger: Charger, watts: float) -> None:
    assert limits(installed((1, profile((0, 16), unit="A"))), 0, charger=charger) == [watts]


def test_a_new_profile_replaces_the_one_of_its_number_and_the_one_in_its_place() -> None:
    profiles = installed((1, profile((0, 1_000))), (2, profile((0, 2_000))))
    assert [one.connector for one in profiles.installed] == [2]
    profiles.set(2, profile((0, 3_000), number=9))
    assert limits(profiles, 0, connector=2) == [3_000]
    assert len(profiles.installed) == 1


def test_what_is_cleared() -> None:
    profiles = installed(
        (1, profile((0, 1), number=1)), (1, profile((0, 1), number=2, level=1)), (2, profile((0, 1), number=3))
    )
    assert profiles.clear(None, 1, None, 1)
    assert not profiles.clear(None, None, "TxProfile", None)
    assert [one.profile["charging_profile_id"] for one in profiles.installed] == [1, 3]
    assert profiles.clear(3, None, None, None)
    assert profiles.clear(None, None, None, None)
    assert not profiles.clear(None, None, None, None)


def test_the_composite_schedule_names_each_step_once() -> None:
    profiles = installed(
        (1, profile((0, 11_000), (60, 6_000), (90, 6_000), duration=120)),
        (0, profile((0, 50_000), (30, 8_000), purpose="ChargePointMaxProfile", number=2)),
    )
    assert profiles.composite(1, AC_22, NINE, 300, "W", None) == [
        {"start_period": 0, "limit": 11_000},
        {"start_period": 30, "limit": 8_000},
        {"start_period": 60, "limit": 6_000},
        {"start_period": 120, "limit": 8_000},
    ]
    assert profiles.composite(2, AC_22, NINE, 20, "A", None) == [{"start_period": 0, "limit": 31.9}]
