"""The profile SmartCharging."""

from collections.abc import Mapping
from typing import Any

from domain.command_parameters import Purpose
from domain.reports import Order
from engine.ocpp1.commands import core
from engine.ocpp1.commands.question import Payload, Verdict, by_status, connector, renamed, times

TX_PROFILE = "TxProfile"
PURPOSES = {
    Purpose.STATION: "ChargePointMaxProfile",
    Purpose.DEFAULT: "TxDefaultProfile",
    Purpose.CHARGE: TX_PROFILE,
}


def remote_start(order: Order) -> Payload:
    """RemoteStartTransaction (5.11). A profile that comes with it must be one for the charge (5.11.1)."""
    payload = core.remote_start(order)
    if profile := order.parameters.get("profile"):
        payload["chargingProfile"] = {
            **charging_profile(profile, order.command_id),
            "chargingProfilePurpose": TX_PROFILE,
        }
    return payload


def set_charging_profile(order: Order) -> Payload:
    """SetChargingProfile (5.16)."""
    profile = charging_profile(order.parameters["profile"], order.command_id)
    transaction = renamed(order.parameters, {"charging_session": "transactionId"})
    return {"connectorId": connector(order), "csChargingProfiles": {**profile, **transaction}}


def charging_profile(profile: Mapping[str, Any], command_id: int) -> Payload:
    """ChargingProfile (7.8); one without a number takes that of its command."""
    return {
        "chargingProfileId": profile.get("id", command_id),
        "stackLevel": profile["stack_level"],
        "chargingProfilePurpose": PURPOSES[profile["purpose"]],
        "chargingProfileKind": profile["kind"].capitalize(),
        **{wire: word.capitalize() for wire, word in renamed(profile, {"recurs": "recurrencyKind"}).items()},
        **times(profile, {"valid_from": "validFrom", "valid_to": "validTo"}),
        "chargingSchedule": {
            **renamed(profile, {"duration_seconds": "duration"}),
            **times(profile, {"start_at": "startSchedule"}),
            "chargingRateUnit": profile["unit"],
            "chargingSchedulePeriod": [_period(period) for period in profile["periods"]],
            **{wire: _rate(rate) for wire, rate in renamed(profile, {"lowest_rate": "minChargingRate"}).items()},
        },
    }


def _period(period: Mapping[str, Any]) -> Payload:
    return {
        "startPeriod": period["start_seconds"],
        "limit": _rate(period["limit"]),
        **renamed(period, {"phases": "numberPhases"}),
    }


def _rate(rate: float) -> float:
    """One digit after the point at most (7.14)."""
    return round(rate, 1)


def clear_charging_profile(order: Order) -> Payload:
    """ClearChargingProfile (5.5)."""
    purpose = renamed(order.parameters, {"purpose": "chargingProfilePurpose"})
    return {
        **renamed(order.parameters, {"profile_id": "id", "outlet": "connectorId", "stack_level": "stackLevel"}),
        **{wire: PURPOSES[word] for wire, word in purpose.items()},
    }


def get_composite_schedule(order: Order) -> Payload:
    """GetCompositeSchedule (5.7)."""
    return {
        "connectorId": connector(order),
        "duration": order.parameters["duration_seconds"],
        **renamed(order.parameters, {"unit": "chargingRateUnit"}),
    }


def composite_schedule_verdict(answer: Payload) -> Verdict:
    """The schedule in the words of `ChargingProfile` in domain/command_parameters.py."""
    verdict = by_status()(answer)
    schedule = answer.get("chargingSchedule")
    if schedule is None:
        return verdict
    told = {
        **renamed(answer, {"connectorId": "outlet", "scheduleStart": "start_at"}),
        **renamed(
            schedule,
            {"startSchedule": "start_at", "duration": "duration_seconds", "minChargingRate": "lowest_rate"},
        ),
        "unit": schedule["chargingRateUnit"],
        "periods": [
            renamed(period, {"startPeriod": "start_seconds", "limit": "limit", "numberPhases": "phases"})
            for period in schedule["chargingSchedulePeriod"]
        ],
    }
    return Verdict(verdict.state, {**verdict.outcome, "schedule": told})
