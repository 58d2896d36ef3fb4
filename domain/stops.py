"""Why a charge stopped."""

from enum import StrEnum


class StopReason(StrEnum):
    """The reasons of OCPP 1.6 (7.36), and those for which the portal itself ends a charge whose stop never came."""

    DEAUTHORIZED = "deauthorized"
    EMERGENCY_STOP = "emergency_stop"
    EV_DISCONNECTED = "ev_disconnected"
    HARD_RESET = "hard_reset"
    LOCAL = "local"
    OTHER = "other"
    POWER_LOSS = "power_loss"
    REBOOT = "reboot"
    REMOTE = "remote"
    SOFT_RESET = "soft_reset"
    UNLOCK_COMMAND = "unlock_command"

    STATION_BOOTED = "station_booted"
    NEXT_CHARGE_STARTED = "next_charge_started"
    STATION_GONE = "station_gone"
