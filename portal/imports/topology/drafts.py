"""Nodes as the rows of a file tell of them."""

from dataclasses import dataclass, field
from typing import Any

from domain.models import Floor, Outlet, Site, Station
from portal.imports.topology.columns import ATTRIBUTES, MODELS, SUPPLY_CONTROLLER, Level

Node = Site | Floor | Station | Outlet
Key = tuple[Any, ...]


def station_key(charge_box_id: str) -> Key:
    return Level.STATION, charge_box_id


@dataclass
class Draft:
    """A node as the rows tell of it."""

    key: Key
    level: Level
    node: Node | None
    """None as long as it is new."""
    name: str | int
    """What it is found by: a name, a charge box id, a number."""
    above: "Draft | None" = None
    values: dict[str, Any] = field(default_factory=dict)
    """By column; None empties what is there."""
    said_in: dict[str, str] = field(default_factory=dict)
    """By column, the place of the row that says so; under the level's own name that of the first row."""
    uuid: str | None = None
    """That a new outlet brings along."""
    fed_by: str | None = None
    """The charge box id of the supply controller that a station stands behind now."""
    controller: "Draft | None" = None
    """The one that it will stand behind, once all rows are known and if a row says so."""

    def before(self, column: str) -> Any:
        """What is there now, as a file would say it; None where nothing is."""
        if column == SUPPLY_CONTROLLER:
            return self.fed_by
        value = None if self.node is None else getattr(self.node, ATTRIBUTES[self.level][column])
        return (value.replace("\r\n", "\n").strip() or None) if type(value) is str else value

    @property
    def changed(self) -> dict[str, Any]:
        """By attribute what is to be written of the node itself: not where it stands, nor behind what."""
        return {
            ATTRIBUTES[self.level][column]: self._kept(column, value)
            for column, value in self.values.items()
            if column != SUPPLY_CONTROLLER and value != self.before(column)
        }

    def _kept(self, column: str, value: Any) -> Any:
        """Nothing is an empty text in a column that must not be NULL."""
        kept_in = MODELS[self.level].__table__.c[ATTRIBUTES[self.level][column]]
        return "" if value is None and not kept_in.nullable else value

    @property
    def leaves_its_site(self) -> bool:
        site = self.at(Level.SITE)
        return isinstance(self.node, Station) and site is not None and site.node is not self.node.site

    def at(self, level: Level) -> "Draft | None":
        """The node of a level at this one or above it."""
        here: Draft | None = self
        while here is not None and here.level is not level:
            here = here.above
        return here
