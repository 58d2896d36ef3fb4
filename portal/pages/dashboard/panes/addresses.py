"""What is entered in a station so that it calls here."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from domain.protocols import IN_WORDS, SOAP, Protocol
from domain.scope import Viewer
from portal import ocpp_addresses
from portal.pages.dashboard.pane import OPERATORS, Figures, Pane


@dataclass(frozen=True, kw_only=True)
class Addresses(Figures):
    ocpp16: str
    """Over WebSocket."""
    over_soap: Mapping[str, str]
    """By the version in words."""


def read(_db: Session, _viewer: Viewer) -> Addresses:
    all_of_them = {address.key: address.url for address in ocpp_addresses.addresses()}
    over_soap = {IN_WORDS[each]: all_of_them[each] for each in Protocol if each in SOAP}
    return Addresses(ocpp16=all_of_them[Protocol.OCPP16], over_soap=over_soap)


PANE = Pane(
    "addresses",
    lazy_gettext("Point a station at the portal"),
    OPERATORS,
    read,
    lazy_gettext("All stations"),
    "StationView.list",
)
