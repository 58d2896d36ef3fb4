"""The states of outlets and stations, and the four that a person sees.

A station speaks of nine states (OCPP 1.6, 4.9; 1.5 says Occupied for several of them). A person at the tree asks one
question: can I charge here? So each outlet and station is shown as available, charging, fault or offline, in that
order of rising concern; a branch shows the worst below it.
"""

from collections.abc import Iterable
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


CONCERN = (Shown.AVAILABLE, Shown.CHARGING, Shown.FAULT, Shown.OFFLINE)
"""In the order of rising concern."""

SHOWN = {
    OutletStatus.AVAILABLE: Shown.AVAILABLE,
    OutletStatus.PREPARING: Shown.CHARGING,
    OutletStatus.CHARGING: Shown.CHARGING,
    OutletStatus.SUSPENDED_EV: Shown.CHARGING,
    OutletStatus.SUSPENDED_EVSE: Shown.CHARGING,
    OutletStatus.FINISHING: Shown.CHARGING,
    OutletStatus.OCCUPIED: Shown.CHARGING,
    OutletStatus.RESERVED: Shown.CHARGING,
    OutletStatus.FAULTED: Shown.FAULT,
    OutletStatus.UNAVAILABLE: Shown.OFFLINE,
}
"""Blue is every outlet that somebody has taken; grey one that its operator took out of service."""

CABLE_IN = frozenset(
    {
        OutletStatus.PREPARING,
        OutletStatus.CHARGING,
        OutletStatus.SUSPENDED_EV,
        OutletStatus.SUSPENDED_EVSE,
        OutletStatus.FINISHING,
        OutletStatus.OCCUPIED,
    }
)
"""The states in which a car is at the cable."""

CABLE_OUT = frozenset({OutletStatus.AVAILABLE, OutletStatus.RESERVED})
"""The states in which none is. Unavailable and Faulted tell nothing about the cable."""


class OutletState(StrEnum):
    """What is recorded of an outlet over time: as `Shown`, with what was taken out of service told from what was lost.

    The rule is the database's function `outlet_state`, so that it holds for whoever writes.
    """

    AVAILABLE = "available"
    CHARGING = "charging"
    FAULT = "fault"
    OUT_OF_SERVICE = "out_of_service"
    OFFLINE = "offline"

    @property
    def shown(self) -> Shown:
        return Shown.OFFLINE if self is OutletState.OUT_OF_SERVICE else Shown(self.value)


UP = (OutletState.AVAILABLE, OutletState.CHARGING)
"""The states in which an outlet serves somebody, or would."""


def worst(shown: Iterable[Shown]) -> Shown:
    """What a branch of the tree shows; an empty one has nothing wrong."""
    return max(shown, key=CONCERN.index, default=Shown.AVAILABLE)


def shown_of_outlet(station_online: bool, station_status: StationStatus | None, status: OutletStatus | None) -> Shown:
    """A station that is out of order takes its outlets with it; an outlet that never spoke is taken as free."""
    return worst(_shown(station_online, state) for state in (station_status, status))


def shown_of_station(
    online: bool, status: StationStatus | None, outlet_statuses: Iterable[OutletStatus | None]
) -> Shown:
    """The worst of the station itself and its outlets; one outlet out of service does not make a station offline."""
    itself = _shown(online, status)
    outlets = [_shown(online, state) for state in outlet_statuses]
    serving = [shown for shown in outlets if shown is not Shown.OFFLINE]
    return worst([itself, *(serving or outlets)])


def _shown(online: bool, status: OutletStatus | None) -> Shown:
    if not online:
        return Shown.OFFLINE
    return Shown.AVAILABLE if status is None else SHOWN[status]
