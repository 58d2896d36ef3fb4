"""The values of outlets that services want to know, and the query for them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import ServiceOutletValue

EVSE_UID = "evse_uid"
"""Of a map feed: how the map calls the outlet."""
NOBIL_STATION = "nobil_station_id"
"""Of a map feed: to which of the map's stations it belongs."""

PROVIDER_OUTLET = "provider_outlet_id"
"""Of parking payment: how the provider calls the outlet."""

Key = tuple[int, str]
"""A service, and which of its values."""


@dataclass(frozen=True, slots=True)
class OutletValue:
    """Something that an outlet is called at the service."""

    name: str
    longest: int
    is_unique: bool = False
    """Whether no two outlets have the same."""


def of_outlets(db: Session, outlet_ids: Collection[int]) -> Mapping[int, dict[Key, str]]:
    """What many outlets are called, in one query; nothing for those that have no values."""
    found: dict[int, dict[Key, str]] = defaultdict(dict)
    columns = (ServiceOutletValue.outlet_id, ServiceOutletValue.service_id, ServiceOutletValue.name)
    rows = select(*columns, ServiceOutletValue.value).where(ServiceOutletValue.outlet_id.in_(outlet_ids))
    for outlet_id, service_id, name, value in db.execute(rows):
        found[outlet_id][service_id, name] = value
    return found
