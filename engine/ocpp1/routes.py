"""What becomes of a message: each version has a table of these, one line for every action that a station may call.

To serve one more action, write its two translations and add its line. An action of the version that stands in no line
is the central system's and refused as NotSupported, any other as NotImplemented (OCPP-J 1.6, table 7).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.reports import Report
from engine.ocpp1.tolerance import Read
from engine.rpc import CallError, ErrorCode

ToReport = Callable[[dict[str, Any], int, datetime], Report]
"""From the payload, the station and the time of arrival."""
ToAnswer = Callable[[Any, datetime], dict[str, Any]]
"""From what the domain's function returned and the time of arrival."""
Table = Mapping[str, tuple[ToReport | None, ToAnswer]]


@dataclass(frozen=True, slots=True)
class Route:
    """What becomes of one action: `report` is None where there is nothing to store."""

    read: Read
    report: ToReport | None
    answer: ToAnswer


class Routes:
    """All actions of a version."""

    def __init__(self, name: str, table: Table, reader: Callable[[str], Read], others: Iterable[str]) -> None:
        """`reader` reads the payloads of an action; `others` are those that a station does not call."""
        self._name = name
        self._others = frozenset(others) - table.keys()
        self.by_action = {action: Route(reader(action), *translations) for action, translations in table.items()}

    def find(self, action: str) -> Route:
        """The route of an action. Raises CallError."""
        route = self.by_action.get(action)
        if route is not None:
            return route
        if action in self._others:
            raise CallError(ErrorCode.NOT_SUPPORTED, f"{action} is for the central system to call")
        raise CallError(ErrorCode.NOT_IMPLEMENTED, f"{action[:50]} is no action of {self._name}")


def nothing(_outcome: None, _received_at: datetime) -> dict[str, Any]:
    return {}
