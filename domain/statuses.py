"""The states of outlets and stations, and the four that a person sees.

A station speaks of nine states (OCPP 1.6, 4.9; 1.5 says Occupied for several of them). A person at the tree asks one
question: can I charge here? So each outlet and station is shown as available, charging, fault or offline, in that
order of rising concern; a branch shows the worst below it.
"""

from enum import StrEnum


class OutletStatus(StrEnum):
    """What an outlet says of itself, in the words of OCPP 1.6."""

    AVAILABLE = "available"
    PREPARING = "preparing"
    CHARGING = "charging"
    SUSPENDED_EV = "suspended_ev"
    SUSPENDED_EVSE = "suspended_evse"
    FINISHING = "finishing"
    RESERVED = "reserved"
    UNAVAILABLE = "unavailable"
    FAULTED = "faulted"
    OCCUPIED = "occupied"
    """OCPP 1.5: in use, without saying how."""


StationStatus = OutletStatus
"""A station as a whole (connector 0) uses the words available, unavailable and faulted."""


class Shown(StrEnum):
    """The state as a person sees it: always with a colour, a symbol and a word."""

    AVAILABLE = "available"
    CHARGING = "charging"
    FAULT = "fault"
    OFFLINE = "offline"
