"""Where stations that speak over SOAP are called, and where nobody is called: no station, and no service either.

A station tells its address in each of its calls (WS-Addressing, From), and an operator may set another. Either is the
word of somebody who could mean a machine of ours: so what only this machine, its neighbours or the cloud that it runs
in answers to is never called. Private networks are: stations stand in them. A name is judged by what it resolves to
in the moment of the call, by `is_callable`.
"""

import re
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import get_settings
from domain.addressees import among
from domain.errors import DomainError
from domain.models import Station
from domain.protocols import SOAP, Protocol

LONGEST = 500
VISIBLE = re.compile(r"[\x21-\x5b\x5d-\x7e]+")
"""Without the backslash, which some take for a slash and others for a part of a name."""
NOWHERE = "http://www.w3.org/2005/08/addressing/"
"""What begins with this is a word for `no address` (WS-Addressing 1.0 Core, 2.1)."""
THIS_MACHINE = re.compile(r"(.+\.)?(localhost|ip6-loopback|localdomain)", re.IGNORECASE)

THIS_NETWORK = ip_network("0.0.0.0/8")
"""RFC 1122, 3.2.1.3; Linux takes the first of them for itself."""
METADATA = frozenset(
    map(ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"))
)
"""Where clouds tell their machines their secrets, besides the link-local 169.254.169.254."""
TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))
"""An address of IPv4 in the last 32 bits: RFC 6052, RFC 8215 and RFC 4291, 2.5.5.1."""
UNSPECIFIED_OR_LOOPBACK = 1
"""`::` and `::1` lie in the last of these networks and translate nothing."""

Address = IPv4Address | IPv6Address


class EndpointFault(StrEnum):
    """What is wrong with an address, as English words."""

    NOT_HTTP = "The address must begin with http:// or https:// and name a host."
    USER_INFO = "The address must not hold a user name or a password: the portal never signs in at a station."
    TOO_LONG = f"The address has at most {LONGEST} characters."
    UNWRITABLE = "The address must be made of letters without accents, digits and signs, without blanks."
    FORBIDDEN = "This address is never called: only this machine, its neighbours or its cloud answer to it."


class EndpointError(DomainError):
    """An address breaks the rule."""

    def __init__(self, fault: EndpointFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Callee:
    """A station that is called over SOAP."""

    station_id: int
    charge_box_id: str
    protocol: Protocol
    endpoint_url: str | None
    """Where: as somebody has set it, else as the station told."""
    connection_number: int


def callees(db: Session, station_ids: Iterable[int]) -> list[Callee]:
    """Those of the stations that are spoken to over SOAP, in the order of their ids."""
    endpoint_url = func.coalesce(Station.endpoint_url, Station.told_endpoint_url)
    statement = select(
        Station.id, Station.charge_box_id, Station.protocol, endpoint_url, Station.connection_number
    ).where(among(Station.id, station_ids), Station.protocol.in_(SOAP))
    return [
        Callee(station_id, charge_box_id, Protocol(str(protocol)), url, number)
        for station_id, charge_box_id, protocol, url, number in db.execute(statement.order_by(Station.id))
    ]


def check(url: str, *, loopback_allowed: bool | None = None) -> None:
    """Raises EndpointError for an address that cannot be a station's, or is never called.

    Whether this machine itself may be called is set for stations unless it is told.
    """
    fault = _fault_of_writing(url)
    if fault is None and not _may_be_called(str(urlsplit(url).hostname), _loopback(loopback_allowed)):
        fault = EndpointFault.FORBIDDEN
    if fault is not None:
        raise EndpointError(fault)


def told(url: str | None) -> str | None:
    """The address in a station's From, if it is one; whether it may be called is asked when it is."""
    if url is None or url.startswith(NOWHERE) or _fault_of_writing(url) is not None:
        return None
    return url


def is_callable(address: str | Address, *, loopback_allowed: bool | None = None) -> bool:
    """Whether this address of IPv4 or IPv6 may be called, as `check` has it. Raises ValueError for what is none."""
    ip = ip_address(address) if isinstance(address, str) else address
    allowed = _loopback(loopback_allowed)
    within = _within(ip)
    if within:
        return all(is_callable(each, loopback_allowed=allowed) for each in within)
    if ip.is_loopback:
        return allowed
    is_nobodys = ip.is_link_local or ip.is_unspecified or ip.is_multicast or ip.is_reserved
    return not (is_nobodys or ip in THIS_NETWORK or _plain(ip) in METADATA)


def _loopback(allowed: bool | None) -> bool:
    return get_settings().soap_allow_loopback if allowed is None else allowed


def _within(ip: Address) -> Sequence[IPv4Address]:
    """The addresses of IPv4 that an address of IPv6 stands for."""
    if isinstance(ip, IPv4Address):
        return ()
    if ip.ipv4_mapped is not None:
        return (ip.ipv4_mapped,)
    if ip.sixtofour is not None:
        return (ip.sixtofour,)
    if ip.teredo is not None:
        return ip.teredo
    is_translated = int(ip) > UNSPECIFIED_OR_LOOPBACK and any(ip in network for network in TRANSLATED)
    return (IPv4Address(int(ip) & 0xFFFFFFFF),) if is_translated else ()


def _plain(ip: Address) -> Address:
    """Without the name of a network card."""
    return IPv6Address(int(ip)) if isinstance(ip, IPv6Address) else ip


def _fault_of_writing(url: str) -> EndpointFault | None:
    if len(url) > LONGEST:
        return EndpointFault.TOO_LONG
    if not VISIBLE.fullmatch(url):
        return EndpointFault.UNWRITABLE
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # A port that is no number, or half of an address of IPv6.
        return EndpointFault.NOT_HTTP
    if not is_whole:
        return EndpointFault.NOT_HTTP
    return EndpointFault.USER_INFO if "@" in parts.netloc else None


def _may_be_called(host: str, loopback_allowed: bool) -> bool:
    """By its writing alone: what a name resolves to is looked at when it is called."""
    name = host.rstrip(".")
    if THIS_MACHINE.fullmatch(name):
        return loopback_allowed
    ip = _address_in(name)
    return ip is None or is_callable(ip, loopback_allowed=loopback_allowed)


def _address_in(host: str) -> Address | None:
    """Also of the old writings of IPv4, such as 127.1 and 0x7f000001, which resolvers take."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None
