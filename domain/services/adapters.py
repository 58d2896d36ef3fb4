"""The one table of services: what a kind hears of, is told, may ask for, and wants to know of each outlet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from domain.models import ChangeKind, Service, ServiceChange, ServiceKind
from domain.services import webhook
from domain.services.configuration import (
    Configuration,
    MapFeedConfiguration,
    ParkingConfiguration,
    WebhookConfiguration,
)
from domain.services.map_feed import publishing as map_feed
from domain.services.outlet_value import EVSE_UID, NOBIL_STATION, PROVIDER_OUTLET, OutletValue
from domain.services.parking import following as parking


class Ask(StrEnum):
    """What a service may ask for, of an outlet named by its UUID."""

    START = "start"
    STOP = "stop"


def _nothing(_db: Session, _service: Service, _now: datetime) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Adapter:
    """One kind. Its functions write what follows; they deliver nothing and never commit."""

    configuration: type[Configuration]
    hears: frozenset[ChangeKind]
    """Of which changes `tell` is given those that happened."""
    tell: Callable[[Session, Service, Sequence[ServiceChange], datetime], None]
    tend: Callable[[Session, Service, datetime], None] = _nothing
    """What it does every few seconds, whatever changes."""
    check: Callable[[Session, Service, datetime], None] = _nothing
    """Looks through everything: when it is enabled, and now and then for what was missed."""
    outlet_values: tuple[OutletValue, ...] = ()
    may_ask: frozenset[Ask] = frozenset()
    is_called: bool = False
    """Whether it has an address of its own to which messages go, signed with a secret."""
    comes: bool = False
    """Whether it comes to us, with a token."""


ADAPTERS: Mapping[ServiceKind, Adapter] = {
    ServiceKind.MAP_FEED: Adapter(
        configuration=MapFeedConfiguration,
        hears=map_feed.KINDS,
        tell=map_feed.tell,
        check=map_feed.check,
        outlet_values=(OutletValue(NOBIL_STATION, 36), OutletValue(EVSE_UID, 36, is_unique=True)),
        comes=True,
    ),
    ServiceKind.PARKING: Adapter(
        configuration=ParkingConfiguration,
        hears=parking.KINDS,
        tell=parking.tell,
        tend=parking.tend,
        check=parking.check,
        outlet_values=(OutletValue(PROVIDER_OUTLET, 64, is_unique=True),),
        may_ask=frozenset({Ask.START, Ask.STOP}),
        is_called=True,
        comes=True,
    ),
    ServiceKind.WEBHOOK: Adapter(
        configuration=WebhookConfiguration,
        hears=frozenset(webhook.KINDS),
        tell=webhook.tell,
        is_called=True,
    ),
}
