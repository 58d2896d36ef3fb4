"""How much may be drawn when, as the central system set it (OCPP 1.6, 3.13 and 7.8).

Pure functions of the profiles and the time. A limit is in watts; one in amperes counts for the phases that it names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from ocpp.v16.enums import ChargingProfilePurposeType, ChargingRateUnitType

from simulator.charger import Charger

Profile = dict[str, Any]
MAX, DEFAULT, TX = (
    ChargingProfilePurposeType.charge_point_max_profile,
    ChargingProfilePurposeType.tx_default_profile,
    ChargingProfilePurposeType.tx_profile,
)
WATTS = ChargingRateUnitType.watts
WHOLE_STATION = 0
USUAL_PHASES = 3
"""A period that names none is for three (7.14)."""
RECURRENCE = {"Daily": timedelta(days=1), "Weekly": timedelta(weeks=1)}


@dataclass(frozen=True)
class Installed:
    connector: int
    profile: Profile

    def is_same_place(self, other: "Installed") -> bool:
        """What a new one replaces: the same number, or the same purpose and level at the same connector (5.16)."""
        if self.profile["charging_profile_id"] == other.profile["charging_profile_id"]:
            return True
        keys = ("stack_level", "charging_profile_purpose")
        return self.connector == other.connector and all(self.profile[key] == other.profile[key] for key in keys)


class ChargingProfiles:
    def __init__(self) -> None:
        self.installed: list[Installed] = []

    def set(self, connector: int, profile: Profile) -> None:
        new = Installed(connector, profile)
        self.installed = [*(old for old in self.installed if not old.is_same_place(new)), new]

    def clear(self, profile_id: int | None, connector: int | None, purpose: str | None, level: int | None) -> bool:
        """Whether there was any; a criterion that is not given fits all (5.3 of the errata)."""

        def fits(one: Installed) -> bool:
            if profile_id is not None:
                return bool(one.profile["charging_profile_id"] == profile_id)
            return (
                connector in (None, one.connector)
                and purpose in (None, one.profile["charging_profile_purpose"])
                and level in (None, one.profile["stack_level"])
            )

        kept = [one for one in self.installed if not fits(one)]
        found = len(kept) < len(self.installed)
        self.installed = kept
        return found

    def end_of_charge(self, connector: int) -> None:
        """The profiles of a charge end with it (3.13.1)."""
        self.installed = [
            one for one in self.installed if (one.connector, one.profile["charging_profile_purpose"]) != (connector, TX)
        ]

    def limit_w(self, connector: int, charger: Charger, at: datetime, began_at: datetime | None) -> float | None:
        """The most that an outlet may draw; None without any limit. `began_at` is when its charge began."""
        own = self._winning((TX,), (connector,), at, began_at) if began_at else None
        own = own or self._winning((DEFAULT,), (connector,), at, began_at)
        own = own or self._winning((DEFAULT,), (WHOLE_STATION,), at, began_at)
        whole = self._winning((MAX,), (WHOLE_STATION,), at, began_at)
        limits = [in_watts(period, unit, charger) for period, unit in filter(None, (own, whole))]
        return min(limits, default=None)

    def composite(
        self, connector: int, charger: Charger, at: datetime, seconds: int, unit: str, began_at: datetime | None
    ) -> list[dict[str, Any]]:
        """The steps of the coming seconds (5.7); the charger's own limit where there is no other."""
        steps: list[dict[str, Any]] = []
        for second in sorted({0, *self._changes(at, seconds, began_at or at)}):
            watts = self.limit_w(connector, charger, at + timedelta(seconds=second), began_at or at)
            most_w = charger.max_power_w if watts is None else min(watts, charger.max_power_w)
            limit = round(most_w if unit == WATTS else most_w / (charger.volts * charger.phases), 1)
            if not steps or steps[-1]["limit"] != limit:
                steps.append({"start_period": second, "limit": limit})
        return steps

    def _winning(
        self, purposes: Iterable[str], connectors: Iterable[int], at: datetime, began_at: datetime | None
    ) -> tuple[dict[str, Any], str] | None:
        """The period in force of the highest level (3.13.2)."""
        found = [
            (one.profile["stack_level"], period, one.profile["charging_schedule"]["charging_rate_unit"])
            for one in self.installed
            if one.profile["charging_profile_purpose"] in purposes
            and one.connector in connectors
            and (period := _period(one.profile, at, began_at)) is not None
        ]
        if not found:
            return None
        _, period, unit = max(found, key=lambda each: each[0])
        return period, unit

    def _changes(self, at: datetime, seconds: int, began_at: datetime) -> Iterable[int]:
        """The seconds from `at` on at which some period or profile begins or ends."""
        for one in self.installed:
            schedule = one.profile["charging_schedule"]
            start_at = _start(one.profile, at, began_at)
            steps = [period["start_period"] for period in schedule["charging_schedule_period"]]
            if schedule.get("duration") is not None:
                steps.append(schedule["duration"])
            moments = [start_at + timedelta(seconds=step) for step in steps]
            if (every := RECURRENCE.get(one.profile.get("recurrency_kind", ""))) is not None:
                moments = [
                    moment + every * turn
                    for moment in moments
                    for turn in range(seconds // int(every.total_seconds()) + 2)
                ]
            moments += [_time(one.profile[end]) for end in ("valid_from", "valid_to") if one.profile.get(end)]
            for moment in moments:
                second = ceil((moment - at).total_seconds())
                if 0 < second < seconds:
                    yield second


def in_watts(period: dict[str, Any], unit: str, charger: Charger) -> float:
    if unit == WATTS:
        return float(period["limit"])
    phases = min(period.get("number_phases") or USUAL_PHASES, charger.phases)
    return float(period["limit"]) * charger.volts * phases


def _period(profile: Profile, at: datetime, began_at: datetime | None) -> dict[str, Any] | None:
    """The period of a profile that is in force; None outside of its validity or of its schedule."""
    if profile.get("valid_from") and at < _time(profile["valid_from"]):
        return None
    if profile.get("valid_to") and at >= _time(profile["valid_to"]):
        return None
    schedule = profile["charging_schedule"]
    elapsed = (at - _start(profile, at, began_at or at)).total_seconds()
    duration = schedule.get("duration")
    if elapsed < 0 or (duration is not None and elapsed >= duration):
        return None
    begun = [period for period in schedule["charging_schedule_period"] if period["start_period"] <= elapsed]
    return begun[-1] if begun else None


def _start(profile: Profile, at: datetime, began_at: datetime) -> datetime:
    """When the schedule began: at its own time, at the latest turn of it, or with the charge (7.9)."""
    told = profile["charging_schedule"].get("start_schedule")
    if profile["charging_profile_kind"] == "Relative" or not told:
        return began_at
    start_at = _time(told)
    every = RECURRENCE.get(profile.get("recurrency_kind", ""))
    if profile["charging_profile_kind"] == "Recurring" and every is not None:
        start_at += every * ((at - start_at) // every)
    return start_at


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
