"""The rules of supply controllers (domain/supply.py), asked of the stations as they would stand behind the file.

A station and its controller may be told in any order of rows, so that the rules are asked when all rows are known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain import supply
from domain.models import StationKind
from domain.supply import Standing, SupplyFault
from portal.imports.problems import Problem
from portal.imports.topology.columns import FUSE, SUPPLY_CONTROLLER, Level
from portal.imports.topology.drafts import Draft, Key, station_key
from portal.imports.topology.rows import NodeRow
from portal.imports.topology.surroundings import There


@dataclass(frozen=True)
class Feeds:
    """Which station would stand behind which."""

    there: There
    drafts: Mapping[Key, Draft]
    refused: Mapping[str, str]
    """By charge box id the place of a row that is refused."""

    def problems(self, row: NodeRow) -> Iterator[Problem]:
        """What the rules say against a row of a station: under each column by which it breaks them."""
        if row.charge_box_id is None or (station := self._standing(row.charge_box_id)) is None:
            return
        is_controller = station.kind == StationKind.SUPPLY_CONTROLLER
        if not is_controller:
            for column in FUSE:
                if getattr(row, column) is not None:
                    yield Problem(column, "only_supply_controller")
        if row.kind is not None and not is_controller and self._keeps_stations(row.charge_box_id):
            yield Problem.of_supply("kind", SupplyFault.HAS_STATIONS)
        if row.supply_controller is not None or (row.kind is not None and is_controller):
            yield from self._against(station, self._fed_by(self.drafts[station_key(row.charge_box_id)]))

    def _against(self, station: Standing, charge_box_id: str | None) -> Iterator[Problem]:
        """What speaks against a station behind the controller of this charge box id."""
        if charge_box_id is None:
            return
        controller = self._standing(charge_box_id)
        fault = supply.fault_behind(station, controller)
        if fault is SupplyFault.NO_SUPPLY_CONTROLLER and charge_box_id in self.refused:
            yield Problem(SUPPLY_CONTROLLER, "supply_controller_refused", {"row": self.refused[charge_box_id]})
        elif fault is SupplyFault.NO_SUPPLY_CONTROLLER and controller is None:
            yield Problem(SUPPLY_CONTROLLER, "unknown_supply_controller", {"value": charge_box_id})
        elif fault is not None:
            yield Problem.of_supply(SUPPLY_CONTROLLER, fault)

    def _standing(self, charge_box_id: str) -> Standing | None:
        """None for a station that is neither in the file nor in sight."""
        node = self.there.stations.get(charge_box_id)
        draft = self.drafts.get(station_key(charge_box_id))
        if draft is None:
            return Standing(node.kind, (Level.SITE, node.site_id)) if node else None
        site = draft.at(Level.SITE)
        kind = node.kind if node else StationKind.CHARGING_STATION
        return Standing(draft.values.get("kind", kind), site.key if site else None)

    def _fed_by(self, draft: Draft) -> str | None:
        """A station that leaves its site leaves its controller there, unless a row names one."""
        if SUPPLY_CONTROLLER in draft.values:
            return draft.values[SUPPLY_CONTROLLER]
        return None if draft.leaves_its_site else draft.fed_by

    def _keeps_stations(self, charge_box_id: str) -> bool:
        """Whether a station stands behind this one now and still would."""
        behind = self.there.behind.get(charge_box_id, ())
        drafts = (self.drafts.get(station_key(other)) for other in behind)
        return any(draft is None or self._fed_by(draft) == charge_box_id for draft in drafts)
