"""Where stations find the portal: what a person enters in a station, for each version of OCPP and for files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import url_for
from flask_babel import gettext

from config import get_settings
from domain.models import Station
from domain.protocols import IN_WORDS, Protocol
from portal.node import key_of
from portal.record import Fact

FILES, FTP = "files", "ftp"


@dataclass(frozen=True)
class Address:
    """One address as it is entered; `key` names it in a URL of ours."""

    key: str
    label: str
    url: str
    hint: str = ""


def addresses(station: Station | None = None) -> Sequence[Address]:
    """All of them, the newest version first; for a station, complete as it needs them."""
    return [*_of_protocols(station), *_of_files()]


def find(key: str, station: Station | None) -> Address | None:
    return next((address for address in addresses(station) if address.key == key), None)


def _of_protocols(station: Station | None) -> Iterator[Address]:
    settings = get_settings()
    urls = {
        Protocol.OCPP16: settings.ocpp16_url,
        Protocol.OCPP16_SOAP: settings.ocpp16_soap_url,
        Protocol.OCPP15: settings.ocpp15_url,
        Protocol.OCPP12: settings.ocpp12_url,
    }
    for protocol, url in urls.items():
        hint = gettext("The charge box id is entered in the station beside it.")
        if protocol is Protocol.OCPP16 and station is None:
            hint = gettext("A station appends / and its charge box id, by itself or in what is entered.")
        elif protocol is Protocol.OCPP16 and station is not None:
            url = f"{url}/{quote(station.charge_box_id, safe='')}"
            hint = gettext("With the charge box id at its end. Some stations append that by themselves.")
        yield Address(protocol, gettext("Address for %(protocol)s", protocol=IN_WORDS[protocol]), url, hint)


def _of_files() -> Iterator[Address]:
    settings = get_settings()
    yield Address(FILES, gettext("Address for files (HTTP)"), settings.file_url)
    if settings.ftp_port:
        yield Address(FTP, gettext("FTP address"), settings.ftp_url)


def facts() -> list[Fact]:
    return [_fact(address, None) for address in addresses()]


def facts_of(station: Station) -> list[Fact]:
    """The address for the version that it speaks, or for all where none is known yet."""
    return [
        _fact(address, station)
        for address in _of_protocols(station)
        if station.protocol in (None, address.key) or station.protocol not in set(Protocol)
    ]


def _fact(address: Address, station: Station | None) -> Fact:
    node = key_of(station) if station else None
    return Fact(address.label, address.url, True, url_for("AddressCodeView.show", address=address.key, node=node))
