"""In which protocol a station speaks."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from simulator.behaviour import Manner
from simulator.websocket_line import WebSockets

if TYPE_CHECKING:
    from simulator.line import Line
    from simulator.station import Station

WEBSOCKET = "ocpp1.6"
PROTOCOLS = (WEBSOCKET, "ocpp1.6-soap", "ocpp1.5", "ocpp1.2")
LOOPBACK = ("127.0.0.1", 0)


class Wire(Protocol):
    unknown_keys: frozenset[str]
    """Configuration keys that the protocol does not have."""
    manners: frozenset[Manner]
    """The wrong answers that can be given in it."""

    async def open(self, station: "Station") -> "Line":
        """Raises NoLine with the reason."""


def wire(protocol: str) -> Wire:
    """For stations of this protocol alone."""
    return wires([protocol])[protocol]


def wires(protocols: Iterable[str], listen: tuple[str, int] = LOOPBACK) -> Mapping[str, Wire]:
    """Each by its name. Those that speak SOAP are called at one server, which listens there; port 0 is any."""
    wanted = frozenset(protocols)
    made: dict[str, Wire] = {WEBSOCKET: WebSockets()} if WEBSOCKET in wanted else {}
    if over_soap := wanted - {WEBSOCKET}:
        # spyne and zeep take a while to load, and only these need them.
        from simulator.soap.callbacks import Callbacks
        from simulator.soap.line import Soap

        callbacks = Callbacks(*listen)
        made |= {protocol: Soap(protocol, callbacks) for protocol in over_soap}
    return made
